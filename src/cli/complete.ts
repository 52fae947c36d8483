import { commands, type ManifestCommand, type ManifestFlag } from './manifest.ts';

/** One proposal, with what it means. */
export interface Proposal {
  readonly value: string;
  readonly description: string;
}

/** Values that only the program knows, by name of the flag or argument (`rule`, `skip`). */
export type Values = (name: string) => readonly Proposal[];

// cobra's ShellCompDirective: what the shell does when nothing is proposed.
const NO_FILES = 4;
const FILES = 0;

interface Answer {
  readonly proposals: readonly Proposal[];
  readonly directive: number;
}

const fileFlags = new Set([
  'filename',
  'kubeconfig',
  'client-certificate',
  'client-key',
  'certificate-authority',
  'cacert',
  'calls',
]);

const firstLine = (text: string | undefined): string => (text ?? '').split('\n')[0] ?? '';

function valuesOf(flag: ManifestFlag, values: Values): Answer {
  if (fileFlags.has(flag.name)) return { proposals: [], directive: FILES };
  if (flag.options)
    return { proposals: flag.options.map((value) => ({ value, description: '' })), directive: NO_FILES };
  return { proposals: values(flag.name), directive: NO_FILES };
}

function flagsOf(command: ManifestCommand): Answer {
  const proposals = Object.values(command.flags).map((f) => ({
    value: `--${f.name}`,
    description: firstLine(f.description),
  }));
  return { proposals, directive: NO_FILES };
}

/** The flag whose value the last word is, if it is one. */
function pendingFlag(command: ManifestCommand, before: string | undefined): ManifestFlag | undefined {
  if (before === undefined) return undefined;
  return Object.values(command.flags).find(
    (f) => f.type === 'option' && (before === `--${f.name}` || (f.char !== undefined && before === `-${f.char}`)),
  );
}

function answer(words: readonly string[], word: string, values: Values): Answer {
  const command = words[0] === undefined ? undefined : commands[words[0]];
  if (!command) {
    const proposals = Object.values(commands).map((c) => ({ value: c.id, description: firstLine(c.summary) }));
    return { proposals: words.length === 0 ? proposals : [], directive: NO_FILES };
  }
  const pending = pendingFlag(command, words.at(-1));
  if (pending) return valuesOf(pending, values);
  const inline = /^--([\w-]+)=/.exec(word);
  const flag = inline?.[1] === undefined ? undefined : command.flags[inline[1]];
  if (flag && inline) {
    const { proposals, directive } = valuesOf(flag, values);
    return { proposals: proposals.map((p) => ({ ...p, value: `${inline[0]}${p.value}` })), directive };
  }
  if (word.startsWith('-')) return flagsOf(command);
  if (command.id === 'lint') return { proposals: [], directive: FILES };
  return { proposals: command.id === 'explain' && words.length === 1 ? values('rule') : [], directive: NO_FILES };
}

/**
 * Answers kubectl's question what could follow (`kubectl_complete-tlsgw lint --ru`): lines `value<TAB>description`,
 * then a directive. The last word is the one being typed.
 */
export function complete(argv: readonly string[], values: Values): string {
  const word = argv.at(-1) ?? '';
  const { proposals, directive } = answer(argv.slice(0, -1), word, values);
  const lines = proposals
    .filter((p) => p.value.startsWith(word))
    .map((p) => (p.description === '' ? p.value : `${p.value}\t${p.description}`));
  return [...lines, `:${directive}`, ''].join('\n');
}
