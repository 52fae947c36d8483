import { HIDDEN, hasAllClasses, isKeyText } from '../model/key-text.ts';
import { type Entry, mappingsOf, type PositionNode } from './yaml-positions.ts';

/** Offsets [start, end) of text that is never shown. */
export interface Hidden {
  readonly start: number;
  readonly end: number;
}

const SECRET = /\bSecret(?:List)?\b|stringData/;
const SECRET_LIST = /\bSecretList\b/;

/** True when the document may hold a Secret, readable or not. */
export const mayHoldSecret = (source: string): boolean => SECRET.test(source);

/** True when the document may be a list whose items are Secrets without saying so. */
export const mayBeSecretList = (source: string): boolean => SECRET_LIST.test(source);

const KEY_BLOCK = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:(?!-----END )[\s\S])*/g;

/** Returns where private keys in PEM form stand in a text. */
export function privateKeysIn(text: string): Hidden[] {
  if (!text.includes('PRIVATE KEY-----')) return [];
  return [...text.matchAll(KEY_BLOCK)].map((m) => ({ start: m.index, end: m.index + m[0].length }));
}

const entriesOf = (node: PositionNode | undefined): readonly Entry[] => (node?.kind === 'mapping' ? node.entries : []);

const named = (node: PositionNode, key: string): PositionNode | undefined =>
  entriesOf(node).findLast((entry) => entry.key === key)?.value;

/** The mappings that are Secrets: by their kind, or as items of a SecretList, which need none. */
function secretsOf(root: PositionNode): PositionNode[] {
  return mappingsOf(root).flatMap((node) => {
    const kind = named(node, 'kind');
    if (kind?.kind !== 'scalar') return [];
    if (kind.text === 'Secret') return [node];
    const items = kind.text === 'SecretList' ? named(node, 'items') : undefined;
    return items?.kind === 'sequence' ? items.items : [];
  });
}

/**
 * Returns where the values of Secrets stand in a document: those of `data`, `stringData`, and of the annotations, one of
 * which repeats them (kubectl.kubernetes.io/last-applied-configuration). Their keys and the comments stay visible.
 * `isSecret`: the document is one, whatever it says.
 */
export function secretValues(root: PositionNode, isSecret = false): Hidden[] {
  return [...(isSecret ? [root] : []), ...secretsOf(root)]
    .flatMap((secret) => {
      const metadata = named(secret, 'metadata');
      return [named(secret, 'data'), named(secret, 'stringData'), metadata && named(metadata, 'annotations')];
    })
    .flatMap((node) => (node?.kind === 'mapping' ? node.entries.map((entry) => entry.value) : node ? [node] : []))
    .filter(({ start, end }) => start >= 0 && end > start);
}

/** No excerpt needs more; a JSON document on one line is megabytes. */
const LONGEST_LINE = 1000;

/** Long runs of base64 with digits and both cases are keys and certificates, not paths or names; short ones are beside them. */
const masked = (line: string): string =>
  line.length < 40
    ? line
    : line.replace(isKeyText(line) ? /[A-Za-z0-9+/_-]{16,}={0,2}/g : /[A-Za-z0-9+/]{40,}={0,2}/g, (run) =>
        hasAllClasses(run) ? HIDDEN : run,
      );

/** An escape sequence of the input must not reach a terminal. */
const printable = (line: string): string => line.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\uFFFD');

/** Returns the ranges in ascending order, those that overlap as one. */
export function merged(ranges: readonly Hidden[]): Hidden[] {
  const result: Hidden[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && range.start < last.end)
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else result.push(range);
  }
  return result;
}

/** Returns the index of the first of these ranges, as `merged` orders them, that ends behind an offset. */
function firstBehind(ranges: readonly Hidden[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the ranges that [start, end) meets, of ranges that `merged` has put in order. */
export function meeting(ranges: readonly Hidden[], start: number, end: number): Hidden[] {
  const met: Hidden[] = [];
  for (let i = firstBehind(ranges, start); i < ranges.length && ranges[i]!.start < end; i++) met.push(ranges[i]!);
  return met;
}

/**
 * Returns the line [start, end) of a text as it may be shown: hidden ranges (as `merged` orders them) and key material as `***`,
 * control characters replaced, the end cut off when absurdly long.
 */
export function shownLine(text: string, start: number, end: number, hidden: readonly Hidden[]): string {
  let shown = '';
  let from = start;
  const append = (until: number): void => {
    shown += text.slice(from, Math.min(until, from + LONGEST_LINE - shown.length));
  };
  // What stands behind a hidden value, a comment most often, is kept however long the value is.
  for (let i = firstBehind(hidden, start); i < hidden.length && hidden[i]!.start < end; i++) {
    append(hidden[i]!.start);
    if (shown.length >= LONGEST_LINE) break;
    shown += HIDDEN;
    from = hidden[i]!.end;
  }
  append(end);
  return printable(masked(shown)) + (shown.length >= LONGEST_LINE ? '…' : '');
}

/** Returns the line [start, end) of a text as an excerpt, or null when something in it must not be shown. */
export function excerptLine(text: string, start: number, end: number, hidden: readonly Hidden[]): string | null {
  const line = text.slice(start, end);
  const secret = line.includes('-----') || masked(line) !== line || meeting(hidden, start, end).length > 0;
  return secret || line.length > LONGEST_LINE ? null : printable(line);
}
