import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clients } from './authorities.ts';
import type { Ports } from './ports.ts';
import type { Pod } from './recorded.ts';
import type { Scenario } from './scenarios.ts';

/** What `probe` said in one scenario, and whether it had to. */
export interface ProbeRow {
  readonly scenario: Scenario;
  readonly said: string;
  readonly right: boolean;
}

interface Outcome {
  readonly code: number | null;
  readonly text: string;
}

function run(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['bin/run.js', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
}

function verdict({ says }: Scenario, { code, text }: Outcome): Omit<ProbeRow, 'scenario'> {
  const agrees = text.includes('=> reality agrees with the prediction') && code === 0;
  const differs = text.includes('=> reality differs from the prediction') && code === 1;
  const usually = /usually: (.*)/.exec(text)?.[1] ?? '';
  const said = agrees ? 'agrees' : differs ? `differs: ${usually}` : `exit ${code}: ${text.trim().split('\n').at(-1)}`;
  return { said, right: says === 'agrees' ? agrees : differs && says.test(usually) };
}

/** Runs `kubectl tlsgw probe` for each scenario, one after another. */
export async function runProbes(
  scenarios: readonly Scenario[],
  pods: readonly Pod[],
  ports: Ports,
  nobody: number,
): Promise<ProbeRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tlsgw-probe-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const rows: ProbeRow[] = [];
  try {
    for (const scenario of scenarios) {
      const pod = pods.find((p) => p.name === scenario.pod)!;
      const input = file('input.yaml', scenario.believed?.(pod.yaml) ?? pod.yaml);
      const port = scenario.listener === null ? nobody : ports.of(pod, '0.0.0.0', scenario.listener);
      const pair = scenario.client === undefined ? undefined : clients[scenario.client]!;
      const shown = pair ? ['--cert', file('cert.pem', pair.cert), '--key', file('key.pem', pair.key())] : [];
      const args = ['probe', scenario.url, '-f', input, '--connect-to', `127.0.0.1:${port}`, ...shown];
      rows.push({ scenario, ...verdict(scenario, await run([...args, ...(scenario.args ?? [])])) });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return rows;
}
