import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { re2Error } from '../../src/envoy/re2.ts';

function compiles(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** Envoy's own words, symptoms.md 6, and RE2's for what people write by mistake. */
const refused: Readonly<Record<string, string>> = {
  'a(b': 'missing ): a(b',
  '(?!admin).*': 'invalid perl operator: (?!',
  '(?=x)y': 'invalid perl operator: (?=',
  '(?<=x)y': 'invalid perl operator: (?<',
  '(?<!x)y': 'invalid perl operator: (?<',
  '(?>x)y': 'invalid perl operator: (?>',
  '(a)\\1': 'invalid escape sequence: \\1',
  '*': 'no argument for repetition operator: *',
  '*.example.com': 'no argument for repetition operator: *',
  '/api/**': 'bad repetition operator: **',
  'a++': 'bad repetition operator: ++',
  '[a-': 'missing ]: [a-',
  '[z-a]': 'invalid character class range: z-a',
  'a)b': 'unexpected ): a)b',
  'a\\': 'trailing \\',
  'a\\Z': 'invalid escape sequence: \\Z',
  'a{1001}': 'invalid repetition size: {1001}',
  'a{2,1}': 'invalid repetition size: {2,1}',
  '\\p{Foo}': 'invalid character class range: \\p{Foo}',
  '(?P<a>x)(?P<a>y)': 'invalid named capture group: (?P<a>',
};

const taken = [
  '',
  '.*',
  '^/api/v[0-9]+/.*$',
  '/(en|de)(/.*)?',
  '[^/]+',
  '(?i)bearer .+',
  '(?P<id>\\d+)-(?<name>\\w+)',
  'a{,3}',
  'x{2,5}?',
  '[]a]',
  '[a-]',
  '[[:alpha:]_]',
  '\\Q(*\\E+',
  '\\p{Greek}\\pL\\P{^Lu}',
  '\\x{41}\\x41\\101\\n\\.\\_',
  '(?:a|b)*',
  '(?i)',
  '^*',
];

describe('re2Error', () => {
  it.each(Object.entries(refused))('refuses %s', (pattern, text) => {
    expect(re2Error(pattern)).toBe(text);
    expect(compiles(pattern)).toBe(false);
  });

  it.each(taken)('takes %s', (pattern) => {
    expect(re2Error(pattern)).toBeNull();
    expect(compiles(pattern)).toBe(true);
  });

  it('judges as re2js does', () => {
    const word = fc.constantFrom(
      ...'abc019_-/.^$|*+?(){}[],:=!<>\\é'.split(''),
      ...[
        '(?',
        '(?:',
        '(?i',
        '(?P<',
        '(?<n>',
        '\\d',
        '\\b',
        '\\pL',
        '\\p{',
        '\\Q',
        '\\E',
        '\\x',
        '\\x{',
        '[^',
        '[:',
        ':]',
        'a-z',
        '{2}',
        '{2,3}',
        'alpha',
        '\\1',
        '\\0',
        'Greek}',
      ],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const pattern = words.join('');
        // re2js alone takes `[:]` inside brackets for the name of a class.
        fc.pre(!pattern.includes('[:]'));
        expect([pattern, re2Error(pattern) === null]).toEqual([pattern, compiles(pattern)]);
      }),
      { numRuns: 20_000 },
    );
  });
});
