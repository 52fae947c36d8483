import { visible } from './visible.ts';

/** Number of characters, as Go counts the width of a cell (H1). */
export const characters = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

/**
 * Lays out rows of equal length as Go's text/tabwriter does with blanks for padding (H1): every column is as wide as
 * its widest cell plus `padding`, the last cell of a row is not padded, every row ends with a newline.
 */
export function tabwriter(rows: readonly (readonly string[])[], padding: number): string {
  const cells = rows.map((row) => row.map(visible));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, characters(cell));
  }
  return cells
    .map((row) => {
      const last = row.length - 1;
      const padded = row.map((cell, column) =>
        column === last ? cell : cell + ' '.repeat((widths[column] ?? 0) - characters(cell) + padding),
      );
      return `${padded.join('')}\n`;
    })
    .join('');
}
