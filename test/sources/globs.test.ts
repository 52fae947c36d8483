import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandBraces, matchGlob, segmentMatcher } from '../../src/sources/globs.ts';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'tlsgw-globs-'));
  const below = [
    'a.yaml',
    'b.yml',
    'c.json',
    'readme.md',
    '.hidden.yaml',
    '.git/x.yaml',
    'node_modules/x.yaml',
    'sub/d.yaml',
    'sub/[1].yaml',
  ];
  for (const name of ['gateway.yaml', 'latin1.yaml', 'notes.txt', 'links/none', ...below.map((n) => `deploy/${n}`)]) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), '');
  }
  rmSync(join(cwd, 'links/none'));
  symlinkSync('../gateway.yaml', join(cwd, 'links/file.yaml'));
  symlinkSync('..', join(cwd, 'links/loop'));
  symlinkSync('nowhere', join(cwd, 'links/broken.yaml'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('globs', () => {
  it.each([
    ['*.yaml', ['gateway.yaml', 'latin1.yaml']],
    ['deploy/*.{yaml,yml}', ['deploy/a.yaml', 'deploy/b.yml']],
    ['deploy/?.yaml', ['deploy/a.yaml']],
    ['deploy/[a-b].y*ml', ['deploy/a.yaml', 'deploy/b.yml']],
    ['deploy/[!a].*', ['deploy/b.yml', 'deploy/c.json']],
    ['deploy/**/*.yaml', ['deploy/a.yaml', 'deploy/sub/[1].yaml', 'deploy/sub/d.yaml']],
    ['**/d.yaml', ['deploy/sub/d.yaml']],
    [
      'deploy/**',
      [
        'deploy/a.yaml',
        'deploy/b.yml',
        'deploy/c.json',
        'deploy/readme.md',
        'deploy/sub/[1].yaml',
        'deploy/sub/d.yaml',
      ],
    ],
    ['d*/s*/d.yaml', ['deploy/sub/d.yaml']],
    ['*/sub', ['deploy/sub']],
    ['deploy/.hidden.y*', ['deploy/.hidden.yaml']],
    ['deploy/../gate*.yaml', ['deploy/../gateway.yaml']],
    ['{deploy/a,gateway}.yaml', ['deploy/a.yaml', 'gateway.yaml']],
    ['nowhere/*.yaml', []],
    ['links/**', ['links/broken.yaml', 'links/file.yaml']],
    ['links/**/gateway.yaml', []],
    ['*/x.yaml', []],
  ])('%s', (pattern, expected) => expect(matchGlob(pattern, cwd)).toEqual(expected));
  it('may be absolute', () => expect(matchGlob(`${cwd}/deploy/*.json`, '/')).toEqual([`${cwd}/deploy/c.json`]));
  it.each([
    ['a', ['a']],
    ['{a,b}c{d,e}', ['acd', 'ace', 'bcd', 'bce']],
    ['{a,{b,c}d}', ['a', 'bd', 'cd']],
    ['{a}', ['{a}']],
    ['{a,}', ['a', '']],
    ['{a', ['{a']],
  ])('braces of %s', (pattern, expected) => expect(expandBraces(pattern)).toEqual(expected));
  it('expands absurd braces not at all', () => expect(expandBraces('{a,b}'.repeat(30))).toEqual(['{a,b}'.repeat(30)]));
  it.each([
    ['a*b', ['ab', 'axb'], ['a', 'abc', 'ab.c']],
    ['a.b', ['a.b'], ['axb']],
    ['[]a]', [']', 'a'], ['b']],
    ['[^a]', ['b'], ['a']],
    ['[z-a]', ['[z-a]'], ['z']],
    ['[a', ['[a'], ['a']],
    ['+(a)', ['+(a)'], ['a']],
    ['?', ['😀', 'a'], ['', 'ab', '.']],
    ['*', ['a'], ['.a']],
  ])('%s matches %j but not %j', (segment, yes, no) => {
    const matches = segmentMatcher(segment);
    expect([yes.filter((name) => !matches(name)), no.filter(matches)]).toEqual([[], []]);
  });
});
