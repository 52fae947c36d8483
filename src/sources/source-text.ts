import type { Location } from '../model/location.ts';

/** A text with its lines. What costs a pass over the text is computed when it is first needed, and once. */
export interface SourceText {
  readonly text: string;
  readonly file: string;
  /** Line (from 1) and column (from 1, in characters) of an offset. */
  locationOf(offset: number): Location;
  /** Offsets of a line without its line break and without a byte order mark; null behind the last line. */
  lineRange(line: number): { readonly start: number; readonly end: number } | null;
  /** The lines that hold a word, ascending. */
  linesWith(word: string): readonly number[];
}

/** Every so many lines the start of one is remembered; a list of all of them takes longer to fill than to find. */
const STEP = 64;

/** Offsets of the lines 1, 65, 129 ... */
function milestonesOf(text: string): number[] {
  const starts = [0];
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (++lines % STEP === 0) starts.push(at + 1);
  }
  return starts;
}

/** Offsets of the second halves of characters outside the basic plane: units that are no characters of their own. */
function halvesOf(text: string): number[] {
  const halves: number[] = [];
  const pair = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;
  while (pair.test(text)) halves.push(pair.lastIndex - 1);
  return halves;
}

/** Returns how many of the ascending numbers are smaller than the limit. */
export function countBelow(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns a text that knows its lines. A byte order mark at its start takes no column; lines end at `\n`. */
export function sourceText(text: string, file: string): SourceText {
  let known: number[] | null = null;
  let halves: number[] | null = null;
  const milestones = (): number[] => {
    known ??= milestonesOf(text);
    return known;
  };
  const afterMark = (start: number): number => (start === 0 && text.startsWith('\uFEFF') ? 1 : start);
  /** The line (from 1) of an offset, and where that line starts. */
  const lineAt = (offset: number): { readonly line: number; readonly start: number } => {
    const before = countBelow(milestones(), offset + 1) - 1;
    let line = before * STEP + 1;
    let start = milestones()[before]!;
    for (;;) {
      const end = text.indexOf('\n', start);
      if (end < 0 || end >= offset) return { line, start: afterMark(start) };
      start = end + 1;
      line++;
    }
  };
  return {
    text,
    file,
    locationOf(offset) {
      halves ??= halvesOf(text);
      const at = Math.min(Math.max(offset, 0), text.length);
      const { line, start } = lineAt(at);
      const pairs = countBelow(halves, at) - countBelow(halves, start);
      return { file, line, column: Math.max(at - start - pairs, 0) + 1 };
    },
    lineRange(line) {
      let start = Number.isInteger(line) && line >= 1 ? milestones()[Math.floor((line - 1) / STEP)] : undefined;
      for (let more = (line - 1) % STEP; more > 0 && start !== undefined; more--) {
        const end = text.indexOf('\n', start);
        start = end < 0 ? undefined : end + 1;
      }
      if (start === undefined) return null;
      const newline = text.indexOf('\n', start);
      let end = newline < 0 ? text.length : newline;
      if (end > start && text[end - 1] === '\r') end--;
      return { start: afterMark(start), end };
    },
    linesWith(word) {
      const lines = new Set<number>();
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) lines.add(lineAt(at).line);
      return [...lines];
    },
  };
}
