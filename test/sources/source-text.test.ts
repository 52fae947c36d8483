import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceText } from '../../src/sources/source-text.ts';

describe('a text with its lines', () => {
  it('finds the line and column of any offset, and any line, however many lines stand before', () => {
    const unit = fc.constantFrom('\n', '\r\n', 'a', '😀', 'é', '');
    const body = fc.array(unit, { maxLength: 400, size: 'max' }).map((units) => units.join(''));
    const lead = fc.integer({ min: 0, max: 200 }).map((lines) => '\n'.repeat(lines));
    fc.assert(
      fc.property(fc.constantFrom('', '\uFEFF'), lead, body, (mark, before, after) => {
        const written = `${before}${after}`;
        const text = mark + written;
        const source = sourceText(text, 'a.yaml');
        const lines = written.split('\n');
        for (const [i, line] of lines.entries()) {
          const { start, end } = source.lineRange(i + 1)!;
          expect(text.slice(start, end)).toBe(line.replace(/\r$/, ''));
        }
        expect(source.lineRange(lines.length + 1)).toBeNull();
        for (let offset = 0; offset <= written.length; offset++) {
          if (/[\uDC00-\uDFFF]/.test(written[offset] ?? '')) continue;
          const upTo = written.slice(0, offset).split('\n');
          const expected = { file: 'a.yaml', line: upTo.length, column: [...upTo.at(-1)!].length + 1 };
          expect(source.locationOf(mark.length + offset)).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has no line zero, half or behind the end, and clamps offsets', () => {
    const source = sourceText('a\nb', 'a.yaml');
    expect([0, -1, 1.5, 3, 1e9, Number.NaN].map((n) => source.lineRange(n))).toEqual(Array(6).fill(null));
    expect(source.locationOf(-5)).toMatchObject({ line: 1, column: 1 });
    expect(source.locationOf(99)).toMatchObject({ line: 2, column: 2 });
  });

  it('knows the lines that hold a word', () => {
    const source = sourceText(`x\n${'\n'.repeat(100)}x y x\nz\nx`, 'a.yaml');
    expect(source.linesWith('x')).toEqual([1, 102, 104]);
    expect(source.linesWith('no')).toEqual([]);
  });
});
