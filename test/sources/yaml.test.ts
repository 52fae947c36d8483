import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputProblem } from '../../src/model/document.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';

const gateway = (name: string, more = ''): string =>
  `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: ${name}}\n${more}`;

/** A problem as a user sees it. */
const shown = ({ file, line, column, message, hint, excerpt }: InputProblem): string =>
  [`${file}:${line}:${column}: ${message}`, excerpt, hint].filter((part) => part).join('\n');

const names = (text: string): unknown[] =>
  parseText(text, 'a.yaml').documents.map(({ body }) => (body.metadata as { name: unknown }).name);

describe('documents of a text', () => {
  it.each([
    ['two', `${gateway('a')}---\n${gateway('b')}`, ['a', 'b']],
    ['a marker at the start', `---\n${gateway('a')}`, ['a']],
    ['a comment behind the marker', `--- # first\n${gateway('a')}--- #second\n${gateway('b')}`, ['a', 'b']],
    [
      'content behind the marker',
      '--- {apiVersion: v1, kind: A, metadata: {name: a}}\n--- {apiVersion: v1, kind: A, metadata: {name: b}}',
      ['a', 'b'],
    ],
    ['Windows line ends', `${gateway('a')}---\n${gateway('b')}`.replaceAll('\n', '\r\n'), ['a', 'b']],
    ['old Macintosh line ends', `# c\n${gateway('a')}---\n# d\n${gateway('b')}`.replaceAll('\n', '\r'), ['a', 'b']],
    ['a byte order mark', `\uFEFF${gateway('a')}`, ['a']],
    ['a byte order mark in the middle (type a.yaml b.yaml)', `${gateway('a')}\uFEFF---\n${gateway('b')}`, ['a', 'b']],
    ['no line end at the end', `${gateway('a')}---\n${gateway('b')}`.trimEnd(), ['a', 'b']],
    ['document ends', `${gateway('a')}...\n---\n${gateway('b')}...\n`, ['a', 'b']],
    [
      'a %YAML directive',
      `%YAML 1.1\n---\n${gateway('a')}---\n${gateway('b')}...\n# c\n%YAML 1.2\n---\n${gateway('c')}`,
      ['a', 'b', 'c'],
    ],
    ['a --- inside a block scalar', `${gateway('a', 'data: |\n  x\n  ---\n  y\n')}---\n${gateway('b')}`, ['a', 'b']],
    ['---- and ---x are no markers', `${gateway('a', 'data:\n  ----\nmore: ---x\n')}`, ['a']],
    [
      'a line separator, which ends no line',
      `${gateway('a', 'data: "x\u2028--- y\u2029...\\n"\n')}---\n${gateway('b')}`,
      ['a', 'b'],
    ],
    ['nothing', '', []],
    ['only comments and markers', '# a\n---\n\n--- # b\n \n...\n', []],
    ['null documents', '---\n~\n---\nnull\n', []],
  ])('%s', (_name, text, expected) => {
    expect(parseText(text, 'a.yaml').problems).toEqual([]);
    expect(parseText(text, 'a.yaml').notes).toEqual([]);
    expect(names(text)).toEqual(expected);
  });
  it('keeps the --- of a block scalar in its text', () => {
    expect(parseText(gateway('a', 'data: |\n  x\n  ---\n  y\n'), 'a.yaml').documents[0]?.body.data).toBe('x\n---\ny\n');
  });
  it('loses only the bad one of many documents', () => {
    const many = Array.from({ length: 120 }, (_, i) => (i === 60 ? 'a: [1\n' : gateway(`g${i}`)));
    const { documents, problems } = parseText(many.join('---\n'), 'a.yaml');
    expect(documents).toHaveLength(119);
    expect(problems.map(shown)).toEqual(['a.yaml:241:4: this `[` is never closed\na: [1\nadd the closing `]`']);
  });
  it('reads documents together as it reads each alone, whatever stands between them', () => {
    const piece = fc.constantFrom(
      gateway('a'),
      gateway('b', 'spec: {hosts: [x]}\n'),
      gateway('c', 'spec: {x: &l [1, 2], y: *l}\n'),
      'kind: Other\napiVersion: v1\nmetadata: {name: o}\n',
      '# only a comment\n',
      '',
      '{"apiVersion": "v1", "kind": "Gateway", "metadata": {"name": "j"}}\n',
    );
    const between = fc.constantFrom('---\n', '--- # more\n', '...\n---\n', '---\r\n', '...\n%YAML 1.2\n---\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, between), { minLength: 1, maxLength: 12 }), (pieces) => {
        const wanted = (kind: string) => kind === 'Gateway';
        const bodies = (text: string) => parseText(text, 'a.yaml', { wanted }).documents.map(({ body }) => body);
        const together = pieces.map(([text, marker]) => text + marker).join('');
        expect(bodies(together)).toEqual(pieces.flatMap(([text]) => bodies(text)));
      }),
      { numRuns: 200 },
    );
  });
  it('says what kubectl ignores behind a document end', () => {
    const { documents, notes } = parseText(`${gateway('a')}...\n${gateway('b')}`, 'a.yaml');
    expect(documents).toHaveLength(1);
    expect(notes).toEqual(['a.yaml:5: kubectl ignores what follows `...` without a `---` line, left out']);
  });
  it('notes what is no Kubernetes object', () => {
    const text = `- a\n---\nhello\n---\nimage: x\n---\nkind: X\n---\n${gateway('a')}`;
    const { documents, problems, notes } = parseText(text, 'values.yaml');
    expect([documents.length, problems]).toEqual([1, []]);
    expect(notes).toEqual([
      'values.yaml:1: no Kubernetes object but a list, left out',
      'values.yaml:3: no Kubernetes object but text, left out',
      'values.yaml:5: no Kubernetes object (it has no kind and no apiVersion), left out',
      'values.yaml:7: no Kubernetes object (it has no apiVersion), left out',
    ]);
  });
});

describe('JSON', () => {
  const one = (name: string, indent?: number): string =>
    JSON.stringify({ apiVersion: 'v1', kind: 'A', metadata: { name } }, null, indent);
  it.each([
    ['one object', one('a'), ['a']],
    ['pretty', one('a', 2), ['a']],
    ['indented by tabs', JSON.stringify(JSON.parse(one('a')), null, '\t'), ['a']],
    ['several one after the other', `${one('a', 2)}${one('b')}\n\n${one('c')}\n`, ['a', 'b', 'c']],
    ['several with markers', `${one('a', 2)}\n---\n${one('b')}\n---\n${gateway('c')}`, ['a', 'b', 'c']],
    ['brackets in texts', `${one('}{"[')}${one('b\\\\')}`, ['}{"[', 'b\\\\']],
    ['a list', `{"apiVersion":"v1","kind":"List","items":[${one('a')},${one('b')}]}`, ['a', 'b']],
    ['a comment in front', `# c\n${one('a')}`, ['a']],
  ])('%s', (_name, text, expected) => {
    expect(parseText(text, 'a.json').problems).toEqual([]);
    expect(names(text)).toEqual(expected);
  });
  it('says where JSON is broken, and reads what stands before and behind', () => {
    const { documents, problems } = parseText(`${one('a')}\n{"kind": "A" "x": 1}\n${one('b')}`, 'a.json');
    expect(documents).toHaveLength(2);
    expect(problems.map(shown)).toEqual(['a.json:2:14: expected `,` or the closing bracket\n{"kind": "A" "x": 1}']);
  });
  it('reads a list of thousands of objects on one line, and locates in it at once', () => {
    const items = Array.from({ length: 20_000 }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'A',
      metadata: { name: `n${i}` },
    }));
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const started = performance.now();
    const { documents } = parseText(text, 'a.json');
    const place = documents[19_999]?.origin.locate(['metadata', 'name']);
    expect(text.slice((place?.column ?? 0) - 1)).toBe('"name":"n19999"}}]}');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('lists', () => {
  it('flattens lists, and lists in lists', () => {
    const inner = '- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: A, metadata: {name: b}}\n';
    expect(
      names(`apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A, metadata: {name: a}}\n${inner}`),
    ).toEqual(['a', 'b']);
  });
  it('gives the items of a typed list its kind, as kubectl does', () => {
    const { documents } = parseText('apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a}\n', 'a.yaml');
    expect(documents[0]?.body).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } });
  });
  it('takes a kind that only ends in List for an object', () => {
    expect(names('apiVersion: x/v1\nkind: AccessList\nmetadata: {name: a}\nspec: {}\n')).toEqual(['a']);
  });
  it('counts an empty list, which is an answer', () => {
    expect(parseText('apiVersion: v1\nkind: List\nitems: []\n', 'a.yaml')).toEqual({
      documents: [],
      problems: [],
      skipped: 1,
      notes: [],
    });
  });
  it('notes an item that is no object', () => {
    expect(parseText('apiVersion: v1\nkind: List\nitems:\n- a\n', 'a.yaml').notes).toEqual([
      'a.yaml:4: no Kubernetes object but text, left out',
    ]);
  });
});

describe('kinds that are not wanted', () => {
  const wanted = (kind: string): boolean => kind === 'Gateway';
  it.each([
    ['plain', 'apiVersion: v1\nkind: ConfigMap # c\n'],
    ['quoted', 'apiVersion: v1\nkind: "ConfigMap"\n'],
    ['further below, and broken', 'metadata: {name: a}\napiVersion: v1\nkind: ConfigMap\ndata: {\n'],
    ['at the start, and broken', 'kind: ConfigMap\ndata: {\n'],
    ['quoted key', 'apiVersion: v1\n"kind": ConfigMap\n'],
    ['flow style', '{apiVersion: v1, kind: ConfigMap}\n'],
    ['JSON', '{"apiVersion": "v1", "kind": "ConfigMap"}\n'],
    ['in a list', 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap}\n'],
    ['an alias', 'a: &k ConfigMap\napiVersion: v1\nkind: *k\n'],
    ['twice, the last counts', 'apiVersion: v1\nkind: Gateway\nkind: ConfigMap\n'],
  ])('%s', (_name, text) => {
    const { documents, skipped, problems } = parseText(`${gateway('a')}---\n${text}`, 'a.yaml', { wanted });
    expect([documents.length, skipped, problems]).toEqual([1, 1, []]);
  });
  it.each([
    ['a kind inside a text', `${gateway('a', 'data: |\n  kind: ConfigMap\n')}`],
    ['in a list', `apiVersion: v1\nkind: List\nitems:\n- ${gateway('a').replaceAll('\n', '\n  ')}\n`],
    ['a kind in a block further in', `spec:\n  kind: ConfigMap\n${gateway('a')}`],
    ['twice, the last counts', `kind: ConfigMap\n${gateway('a')}`],
    ['brackets that hang over', `spec: {\nkind: ConfigMap\n}\n"kind": Gateway\napiVersion: v1\nmetadata: {name: a}\n`],
  ])('reads a wanted one: %s', (_name, text) => {
    expect(parseText(text, 'a.yaml', { wanted }).documents).toHaveLength(1);
  });
});

describe('parseValue', () => {
  it('returns the value of a text', () => expect(parseValue('a: yes\n')).toEqual({ a: true }));
  it('returns null for an empty text', () => expect(parseValue('# nothing\n')).toBeNull());
  it('throws on bad text and on bombs', () => {
    expect(() => parseValue('a: [')).toThrow('flow collection');
    expect(() => parseValue('a: &a [*a]')).toThrow('contains itself');
  });
});
