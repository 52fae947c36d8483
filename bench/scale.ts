import { statSync } from 'node:fs';
import { join } from 'node:path';
import { interleaved, type Program, type Timing } from './measure.ts';
import { NOW, ROUTES, writeCertificates, writeMesh } from './mesh.ts';
import { type Page, ratio, time } from './page.ts';

interface Step {
  readonly gateways: number;
  readonly megabytes: number;
  readonly timings: ReadonlyMap<string, Timing>;
}

const COMMANDS = ['lint', 'listeners'] as const;

/** Meshes of growing size; js-yaml reads the same bytes in the same turns. */
export function scale(
  page: Page,
  root: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  sizes: readonly number[],
  turns: number,
): void {
  page.say(`## Scale: Gateways, each with ${ROUTES} VirtualServices and a Secret, in one file (${turns} turns)`);
  const steps = sizes.map((gateways): Step => {
    const file = join(folder, `mesh-${gateways}.yaml`);
    writeMesh(file, gateways);
    const timings = interleaved(programsFor(root, file), turns, env, gateways <= 1000);
    return { gateways, megabytes: statSync(file).size / 1e6, timings: withParseTime(timings) };
  });
  const before = (step: Step) => steps[steps.indexOf(step) - 1];
  const row = (step: Step, name: string) => {
    const timing = step.timings.get(name)!;
    const parse = step.timings.get('js-yaml')!;
    const growth = timing.median / (before(step)?.timings.get(name)?.median ?? Number.NaN);
    const factor = step.gateways / (before(step)?.gateways ?? Number.NaN);
    return [
      `${step.gateways} Gateways, ${step.megabytes.toFixed(1)} MB: ${name}`,
      time(timing.median),
      time(timing.min),
      `${timing.peakMb.toFixed(0)} MB`,
      ratio(timing.median / parse.median),
      ratio(timing.min / parse.min),
      Number.isNaN(growth) ? '' : ratio(growth),
      Number.isNaN(growth) ? '' : (Math.log(growth) / Math.log(factor)).toFixed(2),
    ];
  };
  page.table(
    ['input and command', 'median', 'minimum', 'peak', 'to js-yaml', 'of minima', 'to the size before', 'exponent'],
    steps.flatMap((step) => ['js-yaml', ...COMMANDS].map((name) => row(step, name))),
  );
  page.say(
    'js-yaml: its loadAll alone, without the start of Node and the reading of the file.',
    'Accepted for 10000 Gateways: 2.50 x js-yaml, peak below 1500 MB, less than 12 x the time of 1000.',
    '',
  );
}

function programsFor(root: string, file: string): Program[] {
  const node = ['--require', join(root, 'bench/peak.cjs')];
  const run = (args: readonly string[]): readonly [string, ...string[]] => [process.execPath, ...node, ...args];
  const binary = join(root, 'bin/run.js');
  return [
    { name: 'js-yaml', command: run([join(root, 'bench/js-yaml.mjs'), file]), peak: true, timesItself: true },
    { name: 'lint', command: run([binary, 'lint', file, '--now', NOW]), expect: [0, 1], peak: true },
    { name: 'listeners', command: run([binary, 'listeners', '-f', file]), expect: [0, 1], peak: true },
  ];
}

/** Puts what js-yaml.mjs measured inside in the place of the time of its whole process. */
function withParseTime(timings: ReadonlyMap<string, Timing>): ReadonlyMap<string, Timing> {
  const whole = timings.get('js-yaml')!;
  return new Map([...timings, ['js-yaml', { ...whole, ...whole.inner }]]);
}

/** How many certificates are read and judged in a second, from the difference that they make to a run. */
export function certificates(page: Page, root: string, folder: string, env: NodeJS.ProcessEnv, turns: number): void {
  const binary = join(root, 'bin/run.js');
  const [few, many] = [100, 3100];
  const programs = [few, many].map((count): Program => {
    const file = join(folder, `certificates-${count}.yaml`);
    writeCertificates(file, count);
    return {
      name: String(count),
      command: [process.execPath, binary, 'certs', '-f', file, '--now', NOW],
      expect: [0, 1],
    };
  });
  const timings = interleaved(programs, turns, env, true);
  const extra = timings.get(String(many))!.median - timings.get(String(few))!.median;
  page.say('## Certificates', '');
  page.say(
    `${Math.round(((many - few) / extra) * 1000)} a second: \`certs\` reads ${many - few} more Secrets (ECDSA, each with its Gateway) in ${time(extra)} (${turns} turns).`,
    '',
  );
}
