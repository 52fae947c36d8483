import fc from 'fast-check';
import * as yaml from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseStrictly, parseValue } from '../../src/sources/yaml.ts';
import { keptValue, plainScalar, setPair, taggedScalar, valueFault } from '../../src/sources/yaml-dialect.ts';
import { valuesOf } from '../../src/sources/yaml-values.ts';

const identify = (): boolean => false;
const merges = { left: 400_000 };
const mapping = {
  create: (): Record<string, unknown> => ({}),
  addPair: (target: Record<string, unknown>, key: unknown, value: unknown) => setPair(target, key, value, merges),
  has: (target: Record<string, unknown>, key: unknown) => Object.hasOwn(target, String(key)),
  keys: (target: Record<string, unknown>) => Object.keys(target),
  get: (target: Record<string, unknown>, key: unknown) => target[String(key)],
  identify,
};
const list = {
  create: (): unknown[] => [],
  addItem: (target: unknown[], value: unknown) => {
    target.push(keptValue(value));
    return valueFault(value);
  },
  identify,
};
const everyTag = { matchByTagPrefix: true } as const;

/** Our dialect in the words of js-yaml, whose own constructor then resolves tags, anchors and directives. */
const schema = new yaml.Schema([
  yaml.strTag,
  yaml.defineScalarTag<unknown>('kubectl:plain', { implicit: true, resolve: (text) => plainScalar(text), identify }),
  yaml.defineScalarTag<unknown>('', {
    ...everyTag,
    resolve: (text, _explicit, tag) => {
      const value = taggedScalar(text, tag);
      return value === undefined ? yaml.NOT_RESOLVED : value;
    },
    identify,
  }),
  yaml.defineMappingTag('tag:yaml.org,2002:map', mapping),
  yaml.defineMappingTag('', { ...everyTag, ...mapping }),
  yaml.defineSequenceTag('tag:yaml.org,2002:seq', list),
  yaml.defineSequenceTag('', { ...everyTag, ...list }),
]);

/** A value or why there is none; both as text, since a value may hold NaN under a tag. */
function outcome(read: () => unknown): string {
  try {
    return JSON.stringify(read()) ?? 'nothing';
  } catch (error) {
    return `refused: ${(error as { reason?: string }).reason}`;
  }
}

const FRAGMENTS = [
  ...['a', 'b', '12', '08', 'yes', '~', '.nan', '"q"', "'s'", '|\n  t\n', '>-\n  t\n'],
  ...[': ', '- ', '\n', '\n  ', '\n    ', '[', ']', '{', '}', ', ', '? ', '#'],
  ...['&x ', '*x', '&y ', '*y ', '<<', '<<: *x\n', '<<: [*x, *y]\n', 'x: &x {a: 1}\n', 'y: &y [1, 2]\n', 'z: *x\n'],
  ...['!t ', '! ', '!!int ', '!!str ', '!!bool ', '!!null ', '!!binary aGk=', '!!set ', '!e!int ', '!e!%69nt '],
  ...['!<tag:yaml.org,2002:int> ', '!<x> ', '%TAG !e! tag:yaml.org,2002:\n', '%TAG !! tag:x,1:\n', '---\n'],
];

describe('values from events', { timeout: 60_000 }, () => {
  it('are those that js-yaml itself makes in this dialect, and refused for the same reasons', () => {
    const text = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 25 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (source) => {
        const ours = outcome(() => valuesOf(source, yaml.parseEvents(source, {}), { strictly: false }));
        // js-yaml lets a mapping contain itself, a `<<` be a whole document, and an alias to one merge.
        fc.pre(!/contains itself|into itself/.test(ours) && !ours.includes('"<<"') && !/&[xy] [^,]*<</.test(source));
        const theirs = outcome(() => yaml.loadAll(source, { schema, json: true }));
        expect(ours).toBe(theirs);
      }),
      { numRuns: 3000 },
    );
  });
  /** The text without the mark, and where the mark stands. */
  const marked = (text: string) => ({ text: text.replace('¦', ''), offset: text.indexOf('¦') });
  it.each([
    ['a: &x {b: {c: ¦*x}}\n', 'an anchor contains itself'],
    ['a: &x [1, [¦*x]]\n', 'an anchor contains itself'],
    ['a: &x {b: ¦*x, b: 1}\n', 'an anchor contains itself'],
    ['a: &x {b: [{¦<<: *x}]}\n', 'this `<<` merges a mapping into itself'],
    ['a: {? : ¦x}\n', 'a key must be text, a number or a boolean'],
    ['e: &x [1, {<<: ¦*x}]\n', 'an anchor contains itself'],
    ['a: *¦b\n', 'unidentified alias "b"'],
    ['¦[a]: 1\n', 'a key must be text, a number or a boolean'],
    ['a:\n  ? ¦{b: c}\n  : 1\n', 'a key must be text, a number or a boolean'],
    ['a: [1, ¦.inf]\n', 'JSON, and so Kubernetes, has no infinite number and no `.nan`'],
    ['a: ¦!!int b\n', 'cannot resolve a node with !<tag:yaml.org,2002:int> explicit tag'],
    [
      '%TAG !e! tag:yaml.org,2002:\n---\na: ¦!e!int b\n',
      'cannot resolve a node with !<tag:yaml.org,2002:int> explicit tag',
    ],
  ])('%j is refused where it is wrong', (written, reason) => {
    const { text, offset } = marked(written);
    expect(() => parseValue(text)).toThrow(expect.objectContaining({ reason, offset }));
  });
  it.each([
    ['a: &x [&x "1"]\nb: *x\n', { a: ['1'], b: '1' }],
    ['a: &x {q: &x "1"}\nb: *x\n', { a: { q: '1' }, b: '1' }],
    ['a: &x 1\nb: &x 2\nc: *x\n', { a: 1, b: 2, c: 2 }],
    ['a: &x <<\n*x : {b: c}\n', { a: '<<', '<<': { b: 'c' } }],
  ])('%j: an alias stands for the last anchor above it, as in kubectl', (text, value) => {
    expect(parseValue(text)).toEqual(value);
  });
  it('know the anchor of a document no more in the next one', () => {
    expect(() => parseValue('a: &x 1\n---\nb: *x\n')).toThrow('unidentified alias "x"');
  });
  it.each(['a: 1\nb: {c: 1, ¦c: 2}\n', '1: a\n"¦1": b\n', 'yes: a\n¦true: b\n'])(
    '%j has a key twice, which is an error where keys count',
    (written) => {
      const { text, offset } = marked(written);
      expect(() => parseStrictly(text)).toThrow(expect.objectContaining({ reason: 'duplicated mapping key', offset }));
    },
  );
});
