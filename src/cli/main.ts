import type { PJSON } from '@oclif/core/interfaces';
import pkg from '../../package.json' with { type: 'json' };
import { readCommandLine } from './argv.ts';
import { complete } from './complete.ts';
import { CliError, StageError, UsageError } from './errors.ts';
import { describeFailure } from './failure.ts';
import { commands, shapesOf } from './manifest.ts';
import { didYouMean } from './nearest.ts';
import { processOutput } from './output.ts';
import { makePlugin, runCommand } from './plugin.ts';
import { passBy, pathsTaken } from './trail.ts';

const { version } = pkg;

async function completion(argv: readonly string[]): Promise<void> {
  const { completionValues } = await import('./completion-values.ts');
  await processOutput(false).result(complete(argv, await completionValues(argv, process.cwd())));
  passBy('complete');
}

/** `help doctor` and `doctor help` are what people type first. */
const asHelp = (command: string | null, argv: readonly string[]): readonly string[] | null => {
  if (command !== 'help') return null;
  return argv[0] === undefined ? ['--help'] : [argv[0], '--help'];
};

/** As oclif finds it out: anywhere before `--`. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end).some((word) => word === '--help' || word === '-h');
}

async function dispatch(command: string | null, argv: readonly string[], root: string): Promise<void> {
  const words = asHelp(command, argv) ?? (command === null ? argv : [command, ...argv]);
  const [first] = words;
  if (first !== undefined && !first.startsWith('-') && !Object.hasOwn(commands, first)) {
    throw new UsageError(`unknown command ${JSON.stringify(first)}${didYouMean(first, Object.keys(commands))}`);
  }
  if (command === null && words.some((word) => word !== '--help' && word !== '-h')) {
    throw new UsageError(`a command must come first: kubectl tlsgw COMMAND ${words.join(' ')}`);
  }
  if (command !== null && !asksForHelp(words)) return runCommand(words, root);
  const pjson = { name: pkg.name, version, description: pkg.description, oclif: pkg.oclif };
  const plugin = makePlugin(root, pjson as PJSON, first ?? null);
  const { run } = await import('@oclif/core/run');
  await run([...words], { root: plugin.root, pjson: plugin.pjson, plugins: new Map([[plugin.name, plugin]]) });
}

/** A mistake of ours outside any promise must not look like a finding (Node would exit 1). */
function guardProcess(fail: (error: unknown) => void): void {
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
}

/**
 * Runs one command line and sets the exit code; `root` is the folder of the package. Returns the names of the paths that
 * were taken, for the code cache, or null when the run crashed.
 */
export async function main(argv: readonly string[], root: string): Promise<readonly string[] | null> {
  let command: string | null = null;
  let crashed = false;
  const fail = (error: unknown) => {
    const failure = describeFailure(error, command);
    crashed ||= failure.exit === 70;
    process.exitCode = failure.exit;
    processOutput(false).complaint(failure.text);
  };
  guardProcess(fail);
  try {
    if (argv[0] === '__complete') await completion(argv.slice(1));
    else {
      const line = readCommandLine(argv, shapesOf);
      command = line.command !== null && Object.hasOwn(commands, line.command) ? line.command : null;
      await dispatch(line.command, line.argv, root);
    }
  } catch (error) {
    fail(error);
    // A wrong word ends the run before it has gone anywhere: not worth a cache.
    if (error instanceof CliError || !(error instanceof StageError)) return null;
  }
  return crashed ? null : pathsTaken();
}
