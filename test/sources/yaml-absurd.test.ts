import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseText } from '../../src/sources/yaml.ts';

const gateway = (name: string, more = ''): string =>
  `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: ${name}}\n${more}`;

describe('absurd input', { timeout: 60_000 }, () => {
  const quickly = (text: string): string => {
    const started = performance.now();
    const { documents, problems } = parseText(text, 'a.yaml');
    expect(performance.now() - started).toBeLessThan(3000);
    expect(documents).toEqual([]);
    return problems.map(({ message }) => message).join();
  };
  const bomb = (levels: number): string =>
    Array.from(
      { length: levels },
      (_, i) =>
        `a${i}: &a${i} [${
          i === 0
            ? 'x'
            : Array(9)
                .fill(`*a${i - 1}`)
                .join()
        }]\n`,
    ).join('');
  const deep = (inner: string): string => `${'['.repeat(400)}${inner}${']'.repeat(400)}`;
  it.each([
    ['billion laughs', bomb(30), 'its aliases expand to an absurd size'],
    ['a cycle', 'a: &a [*a]\n', 'an anchor contains itself'],
    ['a cycle of mappings', 'a: &a {b: {c: *a}}\n', 'an anchor contains itself'],
    [
      'a chain of aliases',
      Array.from({ length: 3000 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}`}]\n`).join(''),
      'levels deep',
    ],
    [
      'a chain of aliases whose end JavaScript meets first',
      `${Array.from({ length: 20 }, (_, i) => `a${i}: &a${i} ${deep(i === 0 ? 'x' : `*a${i - 1}`)}\n`).join('')}1: *a19\n`,
      'levels deep',
    ],
    ['brackets', '['.repeat(100_000), 'nested absurdly deep'],
    ['JSON brackets', `${'['.repeat(100_000)}1${']'.repeat(100_000)}`, 'nested'],
    ['JSON objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'nested'],
    ['dashes', '- '.repeat(100_000), 'nested absurdly deep'],
    ['indentation', Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), 'nested absurdly deep'],
  ])('refuses %s', (_name, text, message) =>
    expect(quickly(`apiVersion: v1\nkind: A\n`.repeat(text.startsWith('a') ? 1 : 0) + text)).toContain(message),
  );
  it('refuses a list that contains itself where the alias stands, among other documents, and though a later key hides it', () => {
    const cyclic = gateway('b', 'spec: {x: &y [1, *y], x: 1}\n');
    const { documents, problems } = parseText([gateway('a'), cyclic, gateway('c')].join('---\n'), 'a.yaml');
    expect(documents.map(({ body }) => (body['metadata'] as { name: string }).name)).toEqual(['a', 'c']);
    expect(problems).toMatchObject([
      { line: 8, column: 18, message: 'this document is refused: an anchor contains itself' },
    ]);
  });
  it('refuses merges that expand to an absurd size', () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join(', ');
    const merges = Array.from({ length: 5000 }, (_, i) => `- {<<: *b, x: ${i}}\n`).join('');
    expect(quickly(`b: &b {${keys}}\nc:\n${merges}`)).toBe('merge keys (`<<`) expand to an absurd size');
  });
  it('reads ordinary aliases in number', () => {
    const users = Array.from({ length: 2000 }, () => '- {tls: *t}\n').join('');
    expect(parseText(gateway('a', `t: &t {mode: SIMPLE}\nservers:\n${users}`), 'a.yaml').documents).toHaveLength(1);
  });
  it('takes time in proportion to unclosed brackets and quotes', () => {
    expect(quickly('a: [\n'.repeat(200))).toContain('never closed');
    expect(quickly(`a: "${'x\n'.repeat(300_000)}`)).toContain('never closed');
    expect(quickly(`a: [${'x,\n'.repeat(200_000)}`)).toContain('never closed');
    expect(quickly(`? ${'[a, '.repeat(400)}${']'.repeat(400)}: ${' '.repeat(300_000)}\n`)).toContain('a key must be');
  });
});

// Many runs, on machines that may be busy.
describe('any input', { timeout: 60_000 }, () => {
  const fragments = [
    'a',
    ': ',
    ':',
    '- ',
    '\n',
    '\n  ',
    '\n    ',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ', ',
    '&x ',
    '*x',
    '!t ',
    '|',
    '>-',
    '#',
    ' # ',
    '<<',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '\t',
    '\r\n',
    '\uFEFF',
    '? ',
    'kind: A',
    'apiVersion: v1',
    '😀',
    '{{',
    '0x',
    '\\',
    '@',
  ];
  it('never throws, and every place it names exists', () => {
    const soup = fc.array(fc.constantFrom(...fragments), { maxLength: 60 }).map((parts) => parts.join(''));
    const bytes = fc.uint8Array({ maxLength: 400 }).map((b) => Buffer.from(b).toString('latin1'));
    const unicode = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(fc.oneof(soup, bytes, unicode), (text) => {
        const { documents, problems } = parseText(text, 'a.yaml');
        const lines = text.split('\n');
        for (const { line, column } of problems) {
          if (line === null) continue;
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
        for (const { origin } of documents) expect(origin.locate(['metadata', 'name'])).not.toBeNull();
      }),
      { numRuns: 1500 },
    );
  });
  it('reads back what js-yaml and JSON write', () => {
    const indented = fc.record({
      indent: fc.integer({ min: 1, max: 6 }),
      flowLevel: fc.integer({ min: -1, max: 3 }),
      seqNoIndent: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
        indented,
        fc.boolean(),
        (value, style, windows) => {
          const body = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, value };
          const yaml = dump(body, { ...style, noRefs: true });
          for (const text of [
            windows ? yaml.replaceAll('\n', '\r\n') : yaml,
            JSON.stringify(body),
            JSON.stringify(body, null, 2),
          ]) {
            const { documents, problems } = parseText(`---\n${text}\n---\n${text}`, 'a.yaml');
            expect(problems).toEqual([]);
            expect(documents.map((d) => JSON.stringify(d.body))).toEqual([JSON.stringify(body), JSON.stringify(body)]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
