import { UsageError } from './errors.ts';

/** What must be known of a flag to tell flags, values and arguments apart. */
export interface FlagShape {
  readonly name: string;
  readonly char?: string | undefined;
  readonly takesValue: boolean;
  readonly repeatable: boolean;
  /** A boolean that is on by default: `--name=false` becomes `--no-name`. */
  readonly onByDefault: boolean;
}

/** A command line taken apart as kubectl would. */
export interface CommandLine {
  /** null: no command given. */
  readonly command: string | null;
  readonly argv: readonly string[];
}

interface Words {
  next: number;
  readonly all: readonly string[];
}

// Go's strconv.ParseBool, which is what kubectl's flags read.
const booleans: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false])),
};

/** Collects flags in oclif's spelling; of a flag that is given twice the last one counts, as in kubectl. */
class Collected {
  private readonly words: (string | null)[] = [];
  private readonly at = new Map<string, number>();

  add(word: string): void {
    this.words.push(word);
  }

  flag(shape: FlagShape, value: string | undefined): void {
    const earlier = this.at.get(shape.name);
    if (earlier !== undefined && !shape.repeatable) this.words[earlier] = null;
    this.at.set(shape.name, this.words.length);
    this.words.push(shape.takesValue ? withValue(shape, value) : asSwitch(shape, value));
  }

  result(): string[] {
    return this.words.filter((word) => word !== null);
  }
}

const withValue = (shape: FlagShape, value: string | undefined): string =>
  value === undefined ? `--${shape.name}` : `--${shape.name}=${value}`;

function asSwitch(shape: FlagShape, value: string | undefined): string | null {
  const on = value === undefined ? true : booleans[value];
  if (on === undefined) {
    throw new UsageError(`--${shape.name} is true or false, not ${JSON.stringify(value)}`);
  }
  if (on) return `--${shape.name}`;
  return shape.onByDefault ? `--no-${shape.name}` : null;
}

/** Reads `-Aojson`, `-o=json`, `-A=true`; false when the first letter is no flag. */
function readShort(word: string, words: Words, shapes: readonly FlagShape[], into: Collected): boolean {
  for (let i = 1; i < word.length; i++) {
    const shape = shapes.find((s) => s.char === word[i]);
    if (!shape) {
      if (i === 1) return false;
      into.add(`-${word.slice(i)}`);
      return true;
    }
    const rest = word.slice(i + 1);
    if (shape.takesValue) {
      into.flag(shape, rest === '' ? words.all[words.next++] : rest.replace(/^=/, ''));
      return true;
    }
    if (rest.startsWith('=')) {
      into.flag(shape, rest.slice(1));
      return true;
    }
    into.flag(shape, undefined);
  }
  return true;
}

function readLong(word: string, words: Words, shapes: readonly FlagShape[], into: Collected): boolean {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word.slice(2) : word.slice(2, equals);
  const shape = shapes.find((s) => s.name === name);
  if (!shape) return false;
  let value = equals === -1 ? undefined : word.slice(equals + 1);
  if (shape.takesValue && value === undefined) value = words.all[words.next++];
  into.flag(shape, value);
  return true;
}

/** Calls back for every argument; flags are collected. Unknown flags stay as they are, for oclif to refuse. */
function read(
  argv: readonly string[],
  shapes: readonly FlagShape[],
  argument: (word: string, into: Collected) => void,
) {
  const into = new Collected();
  const words: Words = { next: 0, all: argv };
  while (words.next < argv.length) {
    const word = argv[words.next++]!;
    if (word === '--') {
      for (const rest of ['--', ...argv.slice(words.next)]) into.add(rest);
      break;
    }
    if (word === '-' || !word.startsWith('-')) argument(word, into);
    else if (!(word.startsWith('--') ? readLong : readShort)(word, words, shapes, into)) into.add(word);
  }
  return into.result();
}

/**
 * Brings argv into the form that oclif reads: `--all-namespaces=false`, `-A=true`, flags before the command, and flags
 * given twice, as kubectl understands them. `shapesOf` returns the flags of a command, of all commands for null.
 */
export function readCommandLine(
  argv: readonly string[],
  shapesOf: (command: string | null) => readonly FlagShape[],
): CommandLine {
  let command: string | null = null;
  const given: string[] = [];
  // A first pass with the flags of all commands finds the command: `-n team doctor` has a value before it.
  if (argv[0]?.startsWith('-') === false) command = argv[0];
  else {
    read(argv, shapesOf(null), (word) => {
      command ??= word;
    });
  }
  let removed = false;
  for (const word of argv) {
    if (!removed && word === command) removed = true;
    else given.push(word);
  }
  const own = command === null ? shapesOf(null) : shapesOf(command);
  return { command, argv: read(given, own, (word, into) => into.add(word)) };
}
