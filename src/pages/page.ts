import type { Severity } from '../model/finding.ts';

/** What a line of an example promises: a finding of this severity starts here, or a question is left open in this object. */
export interface Marker {
  readonly says: Severity | 'undecided';
  readonly rule: string;
  /** From 1, within the block. */
  readonly line: number;
}

export type Kind = 'Broken' | 'Fixed' | 'Near miss' | 'Undecided';

/** The request that an example breaks, as the words after `kubectl tlsgw trace`, and how it ends; or why there is none. */
export type ExampleTrace =
  | {
      readonly kind: 'request';
      readonly args: readonly string[];
      readonly ends: string;
      /** Preludes that the request needs besides those of the example. */
      readonly preludes: readonly string[];
    }
  | { readonly kind: 'none'; readonly because: string };

/** One fenced block of a page. */
export interface Example {
  readonly kind: Kind;
  readonly title: string;
  /** Line of the page at which the block's text begins, from 1. */
  readonly line: number;
  readonly yaml: string;
  /** Names of files in docs/rules/preludes that belong to the same cluster. */
  readonly preludes: readonly string[];
  /** The input is declared complete, as with --complete. */
  readonly complete: boolean;
  readonly markers: readonly Marker[];
  readonly trace: ExampleTrace | null;
}

/** One page of docs/rules, read as documentation and as a test. */
export interface Page {
  readonly id: string;
  readonly title: string;
  /** The first paragraph on one line. */
  readonly summary: string;
  /** Titles of the second level, in order. */
  readonly sections: readonly string[];
  readonly examples: readonly Example[];
  readonly text: string;
  /** What does not follow the format, with line numbers. */
  readonly mistakes: readonly string[];
}

const heading = /^### (Broken|Fixed|Near miss|Undecided): (.+)$/;

/** Reads a page; every mistake is collected, so that an author sees them all at once. */
export function parsePage(id: string, markdown: string): Page {
  const lines = markdown.split('\n');
  const mistakes: string[] = [];
  const sections: string[] = [];
  const examples: Example[] = [];
  let current: { kind: Kind; title: string } | null = null;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.startsWith('## ')) sections.push(line.slice(3));
    if (line.startsWith('### ')) {
      const found = heading.exec(line);
      current = found ? { kind: found[1] as Kind, title: found[2]! } : null;
      if (!found && sections.at(-1) === 'Examples')
        mistakes.push(`${i + 1}: "${line}" is none of Broken, Fixed, Near miss, Undecided`);
    }
    if (!line.startsWith('```')) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) {
      mistakes.push(`${i + 1}: the fence is never closed`);
      break;
    }
    const [language, ...options] = line.slice(3).split(/\s+/);
    if (sections.at(-1) === 'Examples' && language === 'yaml') {
      if (!current) mistakes.push(`${i + 1}: an example without a ### heading of its own`);
      else examples.push(example(current, options, i + 2, lines.slice(i + 1, end), mistakes));
    }
    if (language === 'trace') {
      const last = examples.pop();
      const trace = traceOf(options, lines.slice(i + 1, end));
      if (!last || last.trace !== null) mistakes.push(`${i + 1}: a trace stands behind its example, one for each`);
      if (trace === null)
        mistakes.push(`${i + 1}: a trace is "${traceCommand}URL [flags]" and "=> END", or "none: WHY"`);
      if (last) examples.push({ ...last, trace });
    }
    i = end;
  }
  const paragraph = lines.slice(1).join('\n').trimStart().split('\n\n')[0] ?? '';
  return {
    id,
    title: lines[0]?.replace(/^# /, '') ?? '',
    summary: paragraph.replaceAll('\n', ' '),
    sections,
    examples,
    text: markdown,
    mistakes,
  };
}

function example(
  of: { kind: Kind; title: string },
  options: readonly string[],
  line: number,
  text: readonly string[],
  mistakes: string[],
): Example {
  const preludes: string[] = [];
  let complete = false;
  for (const option of options) {
    if (option.startsWith('with=')) preludes.push(...option.slice('with='.length).split(','));
    else if (option === 'complete') complete = true;
    else mistakes.push(`${line - 1}: "${option}" is no option; there are with=NAME,NAME and complete`);
  }
  const markers = text.flatMap((content, index) =>
    [...content.matchAll(/# (error|warning|info|undecided): ([a-z0-9-]+)/g)].map((m) => ({
      says: m[1] as Marker['says'],
      rule: m[2]!,
      line: index + 1,
    })),
  );
  return { ...of, line, yaml: text.join('\n'), preludes, complete, markers, trace: null };
}

const traceCommand = 'kubectl tlsgw trace ';

function traceOf(options: readonly string[], lines: readonly string[]): ExampleTrace | null {
  const preludes = options.flatMap((option) => option.replace(/^with=/, '').split(','));
  if (options.some((option) => !option.startsWith('with='))) return null;
  const [first = '', ...rest] = lines;
  if (first.startsWith('none: ') && rest.length === 0) return { kind: 'none', because: first.slice('none: '.length) };
  const ends = rest.join(' ');
  if (!first.startsWith(traceCommand) || !ends.startsWith('=> ')) return null;
  const args = shellWords(first.slice(traceCommand.length));
  return { kind: 'request', args, ends: ends.slice('=> '.length), preludes };
}

/** Words as a shell splits them, quotes included. */
const shellWords = (text: string): string[] =>
  (text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));

/** The example that shows what a rule is about: the first broken one whose request is told, else the first broken one. */
export function exampleOf(page: Page): Example | null {
  const broken = page.examples.filter((example) => example.kind === 'Broken');
  return broken.find((example) => example.trace !== null) ?? broken[0] ?? null;
}
