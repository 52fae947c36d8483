import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseText } from '../../src/sources/yaml.ts';

const HEAD = 'apiVersion: v1\nkind: Thing\nmetadata:\n  name: a\n';

/** The value of one scalar, as our source reads it. */
const read = (scalar: string): unknown => {
  const { documents, problems } = parseText(`${HEAD}value: ${scalar}\n`, 'a.yaml');
  expect(problems).toEqual([]);
  return documents[0]?.body.value;
};

const TRUE = ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'];
const FALSE = ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'];
const NULLS = ['~', 'null', 'Null', 'NULL', ''];
const NUMBERS: readonly (readonly [string, number])[] = [
  ['0777', 511],
  ['0o17', 15],
  ['0O17', 15],
  ['08', 8],
  ['-010', -8],
  ['0x1F', 31],
  ['0X1f', 31],
  ['-0x1f', -31],
  ['0b11', 3],
  ['-0B11', -3],
  ['1_000', 1000],
  ['0_7', 7],
  ['0x_1', 1],
  ['1_0.5', 10.5],
  ['+12', 12],
  ['-0', 0],
  ['-0.0', 0],
  ['1e3', 1000],
  ['1E-2', 0.01],
  ['1.', 1],
  ['.5', 0.5],
  ['.5_0', 0.5],
  ['+.5', 0.5],
  ['443', 443],
  ['9223372036854775808', 2 ** 63],
  ['18446744073709551616', 2 ** 64],
];
const TEXTS = [
  '12:30',
  '12:30:45',
  '190:20:30.15',
  '2020-01-01',
  '2001-12-14t21:59:43.10-05:00',
  '2001-12-14 21:59:43',
];
const MORE_TEXTS = [
  'tRue',
  'yES',
  'nil',
  'NaN',
  'inf',
  '1e999',
  '1.2.3',
  '0x',
  '0xg',
  '089a',
  '_1',
  '._5',
  '--1',
  '1-2',
  '<<',
  '=',
  'a b',
];
const TAGGED: readonly (readonly [string, unknown])[] = [
  ['!!str 123', '123'],
  ['!!int "12"', 12],
  ['!!float 1', 1],
  ['!!bool "yes"', true],
  ['!!null ""', null],
  ['!!binary aGVsbG8=', 'hello'],
  ['!!timestamp 2001-01-01', '2001-01-01'],
  ['!ours 12', '12'],
  ['! 12', '12'],
  ['!ours {a: 1}', { a: 1 }],
  ['!!set {a, b}', { a: null, b: null }],
  ['!!omap [a: 1]', [{ a: 1 }]],
];

describe('scalars', () => {
  it.each(TRUE)('%s is true', (word) => expect(read(word)).toBe(true));
  it.each(FALSE)('%s is false', (word) => expect(read(word)).toBe(false));
  it.each(NULLS)('"%s" is null', (word) => expect(read(word)).toBe(null));
  it.each(NUMBERS)('%s is %d', (word, value) => expect(read(word)).toBe(value));
  it.each([...TEXTS, ...MORE_TEXTS])('%s is text', (word) => expect(read(word)).toBe(word));
  it.each(TAGGED)('%s keeps to its tag', (word, value) => expect(read(word)).toEqual(value));
  it.each(['yes', '0777', '~', '1e3', '<<'])('%s in quotes is text', (word) => {
    expect([read(`"${word}"`), read(`'${word}'`)]).toEqual([word, word]);
  });
});

/** Documents whose values depend on the dialect; kubectl must read them alike. */
const DOCUMENTS: Readonly<Record<string, readonly [string, unknown]>> = {
  'keys become text': [
    'value: {1: a, 1.5: b, 0777: c, yes: d, Off: e, .inf: f, "yes": g}\n',
    { '1': 'a', '1.5': 'b', '511': 'c', true: 'd', false: 'e', yes: 'g', '.inf': 'f' },
  ],
  'the last of duplicate keys wins': ['value:\n  a: 1\n  a: 2\n', { a: 2 }],
  'an alias repeats its anchor': ['base: &b {p: 1}\nvalue: [*b, *b]\n', [{ p: 1 }, { p: 1 }]],
  'a merge brings keys': ['base: &b {p: 1, q: 2}\nvalue:\n  <<: *b\n', { p: 1, q: 2 }],
  'keys below a merge replace its own': ['base: &b {p: 1, q: 2}\nvalue:\n  <<: *b\n  p: 9\n', { p: 9, q: 2 }],
  'a merge replaces keys above it': ['base: &b {p: 1, q: 2}\nvalue:\n  p: 9\n  <<: *b\n', { p: 1, q: 2 }],
  'the first of several merged wins': [
    'b: &b {p: 1}\nc: &c {p: 2, r: 3}\nvalue:\n  r: 7\n  <<: [*b, *c]\n',
    { p: 1, r: 3 },
  ],
  'the last of several merges wins': ['b: &b {p: 1}\nc: &c {p: 2}\nvalue:\n  <<: *b\n  <<: *c\n', { p: 2 }],
  'a quoted << is a key': ['b: &b {p: 1}\nvalue: {"<<": *b}\n', { '<<': { p: 1 } }],
  'a closing bracket may stand below its key': ['value: [\n  a,\n  b\n]\n', ['a', 'b']],
  'a flow mapping may continue anywhere': ['spec:\n  value: {\n a: 1, # c\nb: "]"\n  }\nvalue: 1\n', 1],
  'a quoted text may continue anywhere': ['spec:\n  value: "a\nb\n\n  c"\nvalue: "a\nb\n\n  c"\n', 'a b\nc'],
  'a tab may stand inside brackets': ['value: {\n\ta: 1,\tb: 2\n}\n', { a: 1, b: 2 }],
  'block scalars keep their lines': [
    'value: |\n  a\n\n   b\n  ---\n  # c\nlast: >-\n  x\n  y\n',
    'a\n\n b\n---\n# c\n',
  ],
  'comments and blank lines': ['# a\nvalue: a#b # c\n\n# d\n', 'a#b'],
  'a complex document of the library': ['? value\n: - a\n  - - b\n', ['a', ['b']]],
};

describe('documents', () => {
  it.each(Object.entries(DOCUMENTS))('%s', (_name, [text, value]) => {
    const { documents, problems } = parseText(HEAD + text, 'a.yaml');
    expect(problems).toEqual([]);
    expect(documents[0]?.body.value).toEqual(value);
  });
  it('reads __proto__ as an ordinary key', () => {
    const { documents } = parseText(`${HEAD}value: {__proto__: {polluted: 1}}\n`, 'a.yaml');
    expect(Object.keys(documents[0]?.body.value as object)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });
});

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

/** The `value` of each document as kubectl reads it, without a cluster. */
function kubectl(documents: readonly string[]): unknown[] {
  const input = documents.map((text) => HEAD + text).join('---\n');
  const { stdout, stderr } = spawnSync('kubectl', ['label', '--local', '-o', 'json', '-f', '-', 'x=y'], { input });
  expect(stderr.toString()).toBe('');
  const list = stdout.toString().replace(/\n\}\n(?=\{)/g, '\n},');
  return (JSON.parse(`[${list}]`) as { value: unknown }[]).map(({ value }) => value);
}

describe.skipIf(!hasKubectl)('kubectl agrees', () => {
  it('about every scalar', () => {
    const words = [
      ...TRUE,
      ...FALSE,
      ...NULLS,
      ...NUMBERS.map(([w]) => w),
      ...TEXTS,
      ...MORE_TEXTS,
      ...TAGGED.map(([w]) => w),
    ];
    const ours = words.map((word) => [word, read(word) ?? null]);
    const theirs = kubectl(words.map((word) => `value: ${word}\n`)).map((value, i) => [words[i], value ?? null]);
    expect(ours).toEqual(theirs.map(([word, value]) => [word, value === 0 ? 0 : value]));
  });
  it('about every document', () => {
    const names = Object.keys(DOCUMENTS);
    const theirs = kubectl(names.map((name) => DOCUMENTS[name]![0]));
    expect(names.map((name) => [name, DOCUMENTS[name]![1]])).toEqual(names.map((name, i) => [name, theirs[i]]));
  });
});

describe('what kubectl refuses', () => {
  const refused = (text: string) => {
    const { documents, problems } = parseText(HEAD + text, 'a.yaml');
    expect(documents).toEqual([]);
    return problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  };
  it.each([
    ['value: .inf\n', '5:1 JSON, and so Kubernetes, has no infinite number and no `.nan`'],
    ['value: [.nan]\n', '5:9 JSON, and so Kubernetes, has no infinite number and no `.nan`'],
    ['value: {~: x}\n', '5:9 a key must be text, a number or a boolean'],
    ['value: {? [a] : x}\n', '5:11 a key must be text, a number or a boolean'],
    ['value: !!int abc\n', '5:8 the value does not fit its tag (`!!...`)'],
    ['value:\n  <<: text\n', '6:3 expected a mapping, or a list of mappings, after `<<:`'],
    ['value: &v {a: {<<: *v}}\n', '5:16 this `<<` merges a mapping into itself'],
    ['value: &v\n  <<: *v\n', '6:3 this `<<` merges a mapping into itself'],
  ])('%j', (text, message) => expect(refused(text)).toEqual([message]));
});
