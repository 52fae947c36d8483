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

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
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
  let starts: number[] | null = null;
  let halves: number[] | null = null;
  const startOf = (index: number): number => (index === 0 && text.startsWith('\uFEFF') ? 1 : starts![index]!);
  return {
    text,
    file,
    locationOf(offset) {
      starts ??= lineStartsOf(text);
      halves ??= halvesOf(text);
      const at = Math.min(Math.max(offset, 0), text.length);
      const line = countBelow(starts, at + 1);
      const start = startOf(line - 1);
      const pairs = countBelow(halves, at) - countBelow(halves, start);
      return { file, line, column: Math.max(at - start - pairs, 0) + 1 };
    },
    lineRange(line) {
      starts ??= lineStartsOf(text);
      if (!Number.isInteger(line) || line < 1 || line > starts.length) return null;
      const start = startOf(line - 1);
      let end = line === starts.length ? text.length : starts[line]! - 1;
      if (end > start && text[end - 1] === '\r') end--;
      return { start, end };
    },
    linesWith(word) {
      const lines = new Set<number>();
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
        starts ??= lineStartsOf(text);
        lines.add(countBelow(starts, at + 1));
      }
      return [...lines];
    },
  };
}
