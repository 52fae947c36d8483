import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byBytes } from '../../src/render/order.ts';
import { tabwriter } from '../../src/render/tabwriter.ts';
import { visible, visibleLines } from '../../src/render/visible.ts';

const CELL = fc.string({ unit: fc.constantFrom('a', '/', 'é', '日', '💥', ' '), maxLength: 8 });

test('every column begins at the same character in every row, and no cell is changed', () => {
  const tables = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([columns, padding]) =>
      fc.tuple(
        fc.array(fc.array(CELL, { minLength: columns, maxLength: columns }), { minLength: 1 }),
        fc.constant(padding),
      ),
    );
  fc.assert(
    fc.property(tables, ([rows, padding]) => {
      const lines = tabwriter(rows, padding).split('\n');
      expect(lines.pop()).toBe('');
      const width = (column: number): number =>
        Math.max(...rows.map((row) => [...(row[column] ?? '')].length)) + padding;
      for (const [index, row] of rows.entries()) {
        let rest = [...(lines[index] ?? '')];
        for (const [column, cell] of row.entries()) {
          const last = column === row.length - 1;
          const taken = last ? rest : rest.slice(0, width(column));
          expect(taken.join('')).toBe(last ? cell : cell.padEnd(cell.length + width(column) - [...cell].length));
          rest = rest.slice(taken.length);
        }
      }
    }),
  );
});

test('an empty last cell leaves the blanks of the one before', () => {
  expect(
    tabwriter(
      [
        ['A', 'B', 'C'],
        ['x', 'yy', ''],
      ],
      5,
    ),
  ).toBe('A     B      C\nx     yy     \n');
});

test('nothing that could steer a terminal survives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/u);
      expect(visibleLines(text).join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/u);
    }),
  );
  expect(visible('\u001b[31mred\u202e\u0007\t\ud800')).toBe('\\x1b[31mred\\u{202e}\\x07\\t\\u{d800}');
  expect(visible('shöp.example.com 日本 💥')).toBe('shöp.example.com 日本 💥');
  expect(visibleLines('a\r\n\tb\n\n')).toEqual(['a', '\\tb']);
});

test('texts are ordered by their UTF-8 bytes, as Go does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      expect(Math.sign(byBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
  expect(byBytes('\u{1f4a5}', '\uff5e')).toBeGreaterThan(0);
});
