import { characters } from './tabwriter.ts';
import { visible } from './visible.ts';

const CUT = '…';

/** A source line and the line under it whose caret points at `column` (from 1), cut to `room` characters around it. */
export function excerptLines(line: string, column: number, room: number): readonly [string, string] {
  // A tab is one character for the column, so it is shown as one.
  const source = [...line.replace(/\r?\n?$/, '').replaceAll('\t', ' ')];
  const at = Math.min(Math.max(column - 1, 0), source.length);
  const fits = room <= 0 || source.length <= room;
  const length = fits ? source.length : Math.max(room - 2, 1);
  const from = fits ? 0 : Math.max(0, Math.min(at - Math.floor(length / 2), source.length - length));
  const before = `${from > 0 ? CUT : ''}${visible(source.slice(from, at).join(''))}`;
  const after = `${visible(source.slice(at, from + length).join(''))}${from + length < source.length ? CUT : ''}`;
  return [`${before}${after}`.trimEnd(), `${' '.repeat(characters(before))}^`];
}
