import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { renderYaml, yamlText } from '../../src/render/yaml.ts';
import { CONTEXT, DUPLICATE, HOSTILE, INFO, LIVE, reportOf } from './report-values.ts';

const TRICKY = [
  '',
  'yes',
  'No',
  'null',
  '~',
  '0777',
  '0o17',
  '12:30',
  '1e3',
  '- a',
  'a: b',
  'a #b',
  ' a',
  'a ',
  '"',
  "'",
  '&a',
  '*a',
  '!t',
  '%',
  '@',
  '|',
  '>',
  '[',
  '{',
  '?',
  ':',
  '---',
  '...',
  '<<',
  '=',
  'a\nb',
  '\u0085',
  '\ufeff',
  '2026-01-01',
  '.inf',
  'a/b.c-d (e) f',
];

test('every JSON value comes back from YAML', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(...TRICKY),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const key = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...TRICKY)).filter((k) => k !== '__proto__');
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(value, (json) => {
      expect(load(yamlText(json))).toEqual(json);
    }),
    { numRuns: 1000 },
  );
});

test('the report in YAML is the report', () => {
  const report = reportOf([DUPLICATE, LIVE, INFO, HOSTILE]);
  expect(load(renderYaml(report, CONTEXT))).toEqual(report);
});

test('words stay plain, everything else is quoted', () => {
  expect(
    yamlText({
      name: 'shop-tls',
      list: [1, 'no', ['a b', []]],
      empty: {},
      nested: [{ a: null, b: 'x: y' }],
      left: undefined,
    }),
  ).toBe(
    `name: shop-tls
list:
- 1
- "no"
- - a b
  - []
empty: {}
nested:
- a: null
  b: "x: y"
`,
  );
});
