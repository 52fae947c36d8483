import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleaved, type Program, runOnce, type Timing } from './measure.ts';
import { type Page, ratio, time } from './page.ts';

/** VirtualServices per Gateway, as in the meshes of files. */
const ROUTES = 10;

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  listeners: ['listeners', '-q'],
  snapshot: ['snapshot', '-q'],
  doctor: ['doctor', '-q', '-o', 'json'],
};

const REFERENCE = 'fetch and parse';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly accept: string;
}

interface Step {
  readonly gateways: number;
  readonly timings: ReadonlyMap<string, Timing>;
  readonly requests: ReadonlyMap<string, number>;
}

async function startServer(root: string, gateways: number): Promise<{ child: ChildProcess; url: string }> {
  const args = [join(root, 'tools/run.mjs'), 'bench/api-server.ts', gateways, gateways * ROUTES].map(String);
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: line.toString().trim() };
}

/** Clusters of growing size, read from an API server on loopback; a bare program asks it the same in the same turns. */
export async function live(
  page: Page,
  root: string,
  folder: string,
  base: NodeJS.ProcessEnv,
  sizes: readonly number[],
  turns: (gateways: number) => number,
): Promise<void> {
  const env = { ...base, KUBECONFIG: join(folder, 'none') };
  const node = [process.execPath, '--require', join(root, 'bench/peak.cjs')] as const;
  const asked = join(folder, 'asked.json');

  const measure = async (gateways: number): Promise<Step> => {
    const { child, url } = await startServer(root, gateways);
    try {
      const programs = Object.entries(COMMANDS).map(
        ([name, args]): Program => ({
          name,
          command: [...node, join(root, 'bin/run.js'), ...args, '-s', url],
          expect: [0, 1],
          peak: true,
        }),
      );
      const requests = new Map<string, number>();
      // Counts, and lets the server make its answers before anything is measured.
      for (const program of programs) {
        runOnce(program, env);
        const seen = (await (await fetch(`${url}/asked`)).json()) as Request[];
        requests.set(program.name, seen.length);
        writeFileSync(asked, JSON.stringify(seen.filter((request) => request.method === 'GET')));
      }
      requests.set(REFERENCE, (JSON.parse(readFileSync(asked, 'utf8')) as Request[]).length);
      const reference: Program = {
        name: REFERENCE,
        command: [...node, join(root, 'bench/fetch-lists.mjs'), url, asked],
        peak: true,
      };
      return { gateways, requests, timings: interleaved([reference, ...programs], turns(gateways), env, false) };
    } finally {
      child.stdin?.end();
      await once(child, 'exit');
    }
  };

  const steps: Step[] = [];
  for (const gateways of sizes) steps.push(await measure(gateways));
  page.say(
    `## Live listing: Gateways, each with ${ROUTES} VirtualServices, and 50 Secrets, from an API server on loopback`,
  );
  page.table(
    ['cluster and command', 'requests', 'median', 'minimum', 'peak', 'to fetch and parse', 'of minima', 'exponent'],
    steps.flatMap((step, i) => [REFERENCE, ...Object.keys(COMMANDS)].map((name) => row(step, steps[i - 1], name))),
  );
  page.say(
    'fetch and parse: a bare Node program that makes the same requests, JSON.parse of each answer and nothing else.',
    '',
  );
}

function row(step: Step, before: Step | undefined, name: string): string[] {
  const timing = step.timings.get(name)!;
  const reference = step.timings.get(REFERENCE)!;
  const growth = timing.median / (before?.timings.get(name)?.median ?? Number.NaN);
  const exponent = Math.log(growth) / Math.log(step.gateways / (before?.gateways ?? Number.NaN));
  return [
    `${step.gateways} Gateways: ${name}`,
    String(step.requests.get(name)),
    time(timing.median),
    time(timing.min),
    `${timing.peakMb.toFixed(0)} MB`,
    ratio(timing.median / reference.median),
    ratio(timing.min / reference.min),
    Number.isNaN(exponent) ? '' : exponent.toFixed(2),
  ];
}
