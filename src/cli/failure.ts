import pkg from '../../package.json' with { type: 'json' };
import { visible } from '../render/visible.ts';
import { CliError, type ExitCode, StageError } from './errors.ts';
import { commands } from './manifest.ts';
import { didYouMean, nearest } from './nearest.ts';
import { withoutLogins } from './url.ts';

/** What goes to stderr, and the exit code. */
export interface Failure {
  readonly exit: ExitCode;
  readonly text: string;
}

/** The errors of oclif's parser, as far as they are read here. */
interface ParserError extends Error {
  readonly oclif?: { readonly exit?: number };
  readonly flags?: readonly string[];
  readonly args?: readonly (string | { readonly name: string })[];
}

const lines = (...parts: readonly string[]): string => `${parts.filter((p) => p !== '').join('\n')}\n`;

const seeHelp = (command: string | null): string =>
  `See 'kubectl tlsgw ${command === null ? '' : `${command} `}--help'.`;

function unknownFlag(word: string, command: string | null): string {
  const name = word.replace(/=.*/s, '');
  const own = command === null ? {} : (commands[command]?.flags ?? {});
  const meant = name.startsWith('--') ? didYouMean(name.slice(2), Object.keys(own), '--') : '';
  if (meant !== '') return `unknown flag ${name}${meant}`;
  const elsewhere = Object.values(commands).filter(({ flags }) =>
    Object.values(flags).some(
      (f) => `--${f.name}` === name || (f.char !== undefined && `-${f.char}` === name.slice(0, 2)),
    ),
  );
  if (elsewhere.length === 0 || command === null) return `unknown flag ${name}`;
  return `${command} has no flag ${name}; it exists for ${elsewhere.map((c) => c.id).join(', ')}`;
}

function invalidOption(message: string): string | null {
  const match = /^Expected (--\S+?)=(.*) to be one of: (.*)$/s.exec(message);
  if (!match) return null;
  const [, flag = '', value = '', options = ''] = match;
  const known = options.split(', ');
  const meant = nearest(value, known);
  return `${flag} is one of ${known.join(', ')}, not ${JSON.stringify(value)}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

/** Says what is wrong with the words of a command line. */
function wrongUsage(error: ParserError, command: string | null): string {
  const message = error.message
    .replace(/\nSee more help with --help$/, '')
    .replace(/^Parsing --\S+ \n\t/, '')
    .trim();
  if (error.flags?.[0] !== undefined) return unknownFlag(error.flags[0], command);
  const arg = error.args?.[0];
  if (typeof arg === 'string') return `unexpected argument ${JSON.stringify(arg)}`;
  if (arg !== undefined)
    return `${command ?? 'the command'} needs ${error.args?.map((a) => (typeof a === 'string' ? a : a.name.toUpperCase())).join(' ')}`;
  const value = /^Flag (--\S+) expects (?:a value|one of these values: (.*))$/.exec(message);
  if (value) return `${value[1]} needs a value${value[2] === undefined ? '' : `: ${value[2]}`}`;
  return invalidOption(message) ?? message;
}

/** Keeps key material out of messages of our own bugs: some errors of Node quote the text they could not read. */
const redacted = (text: string): string =>
  text.replace(/-----BEGIN[\s\S]*/g, '(PEM)').replace(/[A-Za-z0-9+/=_-]{32,}/g, '(...)');

/** The lines of a stack that name functions: the message before them may quote the input. */
const framesOf = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .join('\n');

/** Asks for a report of a mistake of ours, found at this place (a stage, a rule). */
export function bugText(place: string, message: string, stack: string): string {
  return lines(
    `error: internal error in ${place}: ${redacted(message)}`,
    `This is a bug in kubectl tlsgw ${pkg.version}: please report it, with the input that shows it.`,
    process.env.TLSGW_DEBUG === '1' ? framesOf(stack) : 'TLSGW_DEBUG=1 shows where it happened.',
  );
}

function bug(error: unknown): string {
  const cause = error instanceof StageError ? error.cause : error;
  const place = error instanceof StageError ? error.stage : 'the command line';
  return bugText(
    place,
    error instanceof Error ? error.message : String(error),
    (cause instanceof Error && cause.stack) || '',
  );
}

/** Words of the command line, and names of files, must not steer the terminal; tabs keep the caret of an excerpt in place. */
const safe = (text: string): string => text.replace(/[^\n\t]+/g, visible);

/** Turns whatever was thrown into a message for humans and an exit code. */
export function describeFailure(error: unknown, command: string | null): Failure {
  const { exit, text } = failureOf(error, command);
  return { exit, text: safe(withoutLogins(text)) };
}

function failureOf(error: unknown, command: string | null): Failure {
  if (error instanceof CliError) {
    const hint = error.hint === '' && error.exit === 2 ? seeHelp(command) : error.hint;
    return { exit: error.exit, text: lines(`error: ${error.text}`, hint) };
  }
  if (error instanceof Error && (error as ParserError).oclif !== undefined) {
    return { exit: 2, text: lines(`error: ${wrongUsage(error, command)}`, seeHelp(command)) };
  }
  return { exit: 70, text: bug(error) };
}
