import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input } from './input.ts';

/** What istiod sends to one gateway pod (harness/answer_test.go). */
export interface Sent {
  /** Set when istiod panics instead. */
  readonly panic?: string;
  /** Names of the secrets that the listeners ask for. */
  readonly wanted: readonly string[];
  readonly dump: unknown;
  readonly tables: Readonly<Record<'listeners' | 'routes' | 'secrets', string>>;
}

/** What istiod's code answers for one cluster. */
export interface Answer {
  readonly name: string;
  /** Why there is no answer. */
  readonly problem?: string;
  /** By `<namespace>.<workload>`. */
  readonly gateways: Readonly<Record<string, Sent>>;
}

/** Each server of a process keeps some megabytes for good. */
const PER_PROCESS = 200;

/** The most characters of a dying process's last words. */
const LAST_WORDS = 2000;

/** Runs the harness once; returns its answers, fewer than asked when it dies, and its last words. */
async function run(binary: string, inputs: readonly Input[]): Promise<{ answers: Answer[]; words: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tlsgw-istio-'));
  const [asked, given] = [join(folder, 'clusters.jsonl'), join(folder, 'answers.jsonl')];
  try {
    // It may hold private keys.
    writeFileSync(asked, inputs.map((input) => `${JSON.stringify(input)}\n`).join(''), { mode: 0o600 });
    writeFileSync(given, '', { mode: 0o600 });
    const harness = spawn(binary, ['-test.run', '^TestAnswer$', '-test.timeout', '30m'], {
      cwd: folder,
      env: { ...process.env, TLSGW_CLUSTERS: asked, TLSGW_ANSWERS: given },
      // istiod logs megabytes there.
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    harness.stderr.on('data', (chunk) => {
      if (words.length < LAST_WORDS) words += `${chunk}`;
    });
    await new Promise((resolve, reject) => harness.once('close', resolve).once('error', reject));
    // A line that is not at its end yet is no answer.
    const lines = readFileSync(given, 'utf8').split('\n').slice(0, -1);
    return { answers: lines.map((line) => JSON.parse(line) as Answer), words: words.slice(0, LAST_WORDS) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Asks istiod's code about each cluster, in order; one that kills the process gets a problem for an answer. */
export async function* answersOf(binary: string, inputs: readonly Input[]): AsyncGenerator<Answer> {
  for (let next = 0; next < inputs.length; ) {
    const batch = inputs.slice(next, next + PER_PROCESS);
    const { answers, words } = await run(binary, batch);
    yield* answers;
    next += answers.length;
    if (answers.length === batch.length) continue;
    yield { name: inputs[next]!.name, problem: `the process died: ${words || 'without a word'}`, gateways: {} };
    next += 1;
  }
}
