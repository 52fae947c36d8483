import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A profile as `node --cpu-prof` writes it. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds between the samples. */
  readonly timeDeltas: readonly number[];
}

type Frame = Profile['nodes'][number]['callFrame'];

type Part = readonly [name: string, is: (frame: Frame) => boolean];

/** The innermost frame that says to which part of the run it belongs decides. */
const PARTS: readonly Part[] = [
  ['collecting garbage', (f) => f.functionName === '(garbage collector)'],
  ['making functions of the code cache (V8)', (f) => f.url === 'node:vm' && f.functionName === 'Script'],
  // esbuild names the function around a module after its file; the one around all of them begins the bundle.
  ['initialising modules', (f) => inBundle(f) && (/^(src|node_modules|[\w-]+:)/.test(f.functionName) || isWhole(f))],
  ['reading and parsing the file', (f) => inBundle(f) && /^(openFiles|readInputs|readFiles)$/.test(f.functionName)],
  ['compiling as istiod', (f) => inBundle(f) && f.functionName === 'compileSession'],
  ['rules', (f) => inBundle(f) && f.functionName === 'judgeSession'],
  ['rendering and writing the report', (f) => inBundle(f) && f.functionName === 'printReport'],
];

/** For stacks without such a frame. */
const ELSE: readonly Part[] = [
  ['command line and flags', inBundle],
  ['reading bundle and code cache', (f) => f.url.endsWith('/bin/run.js')],
];

function inBundle(frame: Frame): boolean {
  return frame.url.endsWith('/dist/tlsgw.cjs');
}

const isWhole = ({ lineNumber, columnNumber }: Frame): boolean => lineNumber === 0 && columnNumber < 40;

/** Adds up the time of a profile by part; what Node does around the program belongs to none. */
function addUp({ nodes, samples, timeDeltas }: Profile, sums: Map<string, number>): void {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const find = (id: number | undefined, among: readonly Part[]): string | null => {
    if (id === undefined) return null;
    const part = among.find(([, is]) => is(frames.get(id)!));
    return part ? part[0] : find(parents.get(id), among);
  };
  samples.forEach((id, i) => {
    const part = find(id, PARTS) ?? find(id, ELSE);
    if (part !== null) sums.set(part, (sums.get(part) ?? 0) + Math.max(0, timeDeltas[i + 1] ?? 0));
  });
}

/**
 * What a start spends its time on beyond that of Node itself, as shares of 1: from CPU profiles of a bundle whose
 * functions have kept their names, so that the program itself need not measure anything.
 */
export function phases(
  binary: string,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
  turns: number,
): ReadonlyMap<string, number> {
  const copy = join(folder, 'readable');
  const profiles = join(folder, 'profiles');
  cpSync(join(binary, '..'), join(copy, 'bin'), { recursive: true });
  run([join(binary, '../../tools/build.mjs'), '--readable', '--out', join(copy, 'dist')], env);
  const profiled = ['--cpu-prof', '--cpu-prof-interval', '100', '--cpu-prof-dir', profiles, join(copy, 'bin/run.js')];
  // The first runs make the code cache.
  for (let i = 0; i < 2; i++) run([...profiled, ...args], env);
  rmSync(profiles, { recursive: true });
  mkdirSync(profiles);
  for (let i = 0; i < turns; i++) run([...profiled, ...args], env);
  const sums = new Map<string, number>();
  for (const file of readdirSync(profiles)) {
    addUp(JSON.parse(readFileSync(join(profiles, file), 'utf8')) as Profile, sums);
  }
  const all = [...sums.values()].reduce((sum, part) => sum + part, 0);
  return new Map([...sums].map(([part, sum]) => [part, sum / all]));
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr.slice(0, 500)}`);
}
