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

interface Line {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Of its line break, or of the end of the text. */
  readonly end: number;
}

/** Returns a text that knows its lines. A byte order mark at its start takes no column; lines end at `\n`. */
export function sourceText(text: string, file: string): SourceText {
  let milestones: number[] | null = null;
  let halves: number[] | null = null;
  /** The last one asked for: questions come place by place, and JSON may stand in one line of many megabytes. */
  let latest: Line | null = null;
  const afterMark = (start: number): number => (start === 0 && text.startsWith('\uFEFF') ? 1 : start);
  /** The first line from a milestone on that `isWanted`, or null behind the last line. */
  const find = (milestone: number, isWanted: (line: Line) => boolean): Line | null => {
    if (latest && isWanted(latest)) return latest;
    let start = milestones![milestone];
    for (let number = milestone * STEP + 1; start !== undefined; number++) {
      const newline = text.indexOf('\n', start);
      const line = { number, start, end: newline < 0 ? text.length : newline };
      if (isWanted(line)) {
        latest = line;
        return line;
      }
      start = newline < 0 ? undefined : newline + 1;
    }
    return null;
  };
  const lineOf = (offset: number): Line => {
    milestones ??= milestonesOf(text);
    return find(countBelow(milestones, offset + 1) - 1, ({ start, end }) => start <= offset && offset <= end)!;
  };
  return {
    text,
    file,
    locationOf(offset) {
      halves ??= halvesOf(text);
      const at = Math.min(Math.max(offset, 0), text.length);
      const line = lineOf(at);
      const start = afterMark(line.start);
      const pairs = countBelow(halves, at) - countBelow(halves, start);
      return { file, line: line.number, column: Math.max(at - start - pairs, 0) + 1 };
    },
    lineRange(number) {
      if (!Number.isInteger(number) || number < 1) return null;
      milestones ??= milestonesOf(text);
      const line = find(Math.floor((number - 1) / STEP), (one) => one.number === number);
      if (line === null) return null;
      const start = afterMark(line.start);
      const hasReturn = line.end > start && text[line.end - 1] === '\r';
      return { start, end: hasReturn ? line.end - 1 : line.end };
    },
    linesWith(word) {
      const lines = new Set<number>();
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) lines.add(lineOf(at).number);
      return [...lines];
    },
  };
}
