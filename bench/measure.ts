import { spawnSync } from 'node:child_process';

/** One program run: wall-clock time, and peak memory where the program tells it. */
export interface Run {
  readonly ms: number;
  readonly peakMb: number;
  readonly stdout: string;
}

/** What is measured: a program with its arguments. `expect` lists the exit codes that are no failure. */
export interface Program {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly expect?: readonly number[];
  /** It writes its peak memory to file descriptor 3 (peak.cjs). */
  readonly peak?: boolean;
  /** It prints the milliseconds that count. */
  readonly timesItself?: boolean;
}

/** Repetitions of one program. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly peakMb: number;
  /** Of times that the program itself has measured and printed. */
  readonly inner: { readonly median: number; readonly min: number } | null;
}

/** An environment without what makes Node slower to start, and with a code cache of its own. */
export function environmentOf(cache: string): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...rest } = process.env;
  return { ...rest, XDG_CACHE_HOME: cache, NO_COLOR: '1' };
}

/** Runs a program once; throws when it ends with a code that is not expected. */
export function runOnce(program: Program, env: NodeJS.ProcessEnv): Run {
  const [command, ...args] = program.command;
  const start = process.hrtime.bigint();
  const { status, stdout, stderr, output, error } = spawnSync(command, args, {
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe', ...(program.peak === true ? (['pipe'] as const) : [])],
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (error) throw error;
  if (!(program.expect ?? [0]).includes(status ?? -1)) {
    throw new Error(`${program.name} ended with ${status}: ${stderr.slice(0, 500)}`);
  }
  return { ms, peakMb: program.peak === true ? Number(output[3]) / 1024 : 0, stdout };
}

/** The middle value; of an even number of values the lower one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

/**
 * Runs programs in turns, so that what else the machine does falls on all of them alike. The first turn only warms
 * caches where `warm` says so.
 */
export function interleaved(
  programs: readonly Program[],
  turns: number,
  env: NodeJS.ProcessEnv,
  warm: boolean,
): ReadonlyMap<string, Timing> {
  const runs = new Map<string, Run[]>(programs.map(({ name }) => [name, []]));
  if (warm) for (const program of programs) for (let i = 0; i < 2; i++) runOnce(program, env);
  for (let turn = 0; turn < turns; turn++) {
    for (const program of programs) runs.get(program.name)?.push(runOnce(program, env));
  }
  const middle = (times: readonly number[]) => ({ median: median(times), min: Math.min(...times) });
  return new Map(
    programs.map(({ name, timesItself }) => {
      const all = runs.get(name) ?? [];
      const inner = timesItself === true ? middle(all.map((run) => Number(run.stdout))) : null;
      return [name, { ...middle(all.map((run) => run.ms)), peakMb: median(all.map((run) => run.peakMb)), inner }];
    }),
  );
}
