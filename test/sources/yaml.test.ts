import fc from 'fast-check';
import { dump } from 'js-yaml';
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

describe('problems', () => {
  const problem = (text: string): string => parseText(text, 'a.yaml').problems.map(shown).join('\n');
  it.each([
    [
      'spec:\n\tservers: 1\n',
      'a.yaml:2:1: a tab is used for indentation; YAML allows only spaces there\n\tservers: 1\nreplace the tab by spaces',
    ],
    [
      'hosts:\n- *.example.com\n',
      'a.yaml:2:3: a value that begins with `*` must be in quotes\n- *.example.com\nwrite "*.example.com"',
    ],
    ['hosts: [*]\n', 'a.yaml:1:9: a value that begins with `*` must be in quotes\nhosts: [*]\nwrite "*"'],
    [
      'tls: *common\n',
      'a.yaml:1:6: the alias `*common` refers to an anchor that is not defined above it\ntls: *common\nwrite "*common"',
    ],
    ['a: 1\nport:443\n', 'a.yaml:2:6: expected a space after the colon\nport:443\nwrite `port: ...`'],
    ['a: b: c\n', 'a.yaml:1:5: a second `: ` in one line\na: b: c\nput the value in quotes'],
    ['a: @x\n', 'a.yaml:1:4: a value must not begin with "@"\na: @x\nput the value in quotes'],
    [
      'a:\n   b: 1\n  c: 2\n',
      'a.yaml:3:3: this line is not indented as the block it belongs to\n  c: 2\nindent all lines of one block by the same number of spaces',
    ],
    ['a: "x\nb: 1\n', 'a.yaml:1:4: this text in quotes is never closed\na: "x\nadd the closing quote'],
    ['a: {b: [1, 2]\nc: 1\n', 'a.yaml:1:4: this `{` is never closed\na: {b: [1, 2]\nadd the closing `}`'],
    [
      'a: "\\d"\n',
      'a.yaml:1:6: unknown escape after `\\` in a text in double quotes\na: "\\d"\nwrite `\\\\` for a backslash, or use single quotes',
    ],
    [
      'a:\n  b: 1\n  c:\u00a01\n',
      'a.yaml:3:5: a special blank (U+00A0) stands here where YAML expects a space\n  c:\u00a01\nreplace it by an ordinary space',
    ],
    ['😀: "😀" "x"\n', 'a.yaml:1:8: expected the end of the line behind this text in quotes'],
  ])('%j', (text, expected) => expect(problem(text)).toContain(expected));
  it('counts lines and columns alike with Windows line ends and a byte order mark', () => {
    expect(problem('\uFEFFa: b: c\r\n')).toBe(
      'a.yaml:1:5: a second `: ` in one line\na: b: c\nput the value in quotes',
    );
  });
  it('refuses NUL characters', () => {
    expect(parseText('a\0p\0', 'a b.yaml').problems).toEqual([
      {
        file: 'a b.yaml',
        line: null,
        column: null,
        message: 'this is no UTF-8 text: it contains NUL characters (a binary file, or UTF-16?)',
        hint: 'iconv -f UTF-16 -t UTF-8',
        excerpt: null,
      },
    ]);
  });
  it.each([
    ['a value', gateway('{{ .Release.Name }}'), 3, 18],
    ['a line', '{{- if .Values.x }}\nkind: A\n{{- end }}\n', 1, 1],
    ['a list item', 'hosts:\n- {{ .Values.host }}\n', 2, 3],
    ['an inserted block', 'spec:\n{{ toYaml .Values.spec | indent 2 }}\n', 2, 1],
    ['in quotes, as a name', gateway('"{{ .Release.Name }}"'), 3, 19],
  ])('recognises a Helm template: %s', (_name, text, line, column) => {
    const { problems } = parseText(text, 'templates/gw.yaml');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line, column, hint: 'helm template <chart> | kubectl tlsgw lint -' });
    expect(problems[0]?.message).toBe('this is a template that has not been rendered: `{{ }}` is not YAML');
  });
  it('recognises other templates', () => {
    const { problems } = parseText('{% if x %}\nkind: A\n{% endif %}\n', 'a.yaml');
    expect(problems[0]?.message).toBe('this is a template that has not been rendered: `{% %}` is not YAML');
    expect(problems[0]?.hint).toContain('| kubectl tlsgw lint -');
  });
  it('reports a template once per file, and reads what is no template', () => {
    const { documents, problems } = parseText(`a: {{ x }}\n---\n${gateway('b')}---\nc: {{ y }}\n`, 'a.yaml');
    expect([documents.length, problems.length]).toEqual([1, 1]);
  });
  it('blames no template for an error where braces are only text', () => {
    expect(problem('note: "{{ $labels.host }}"\na: b: c\n')).toContain('a.yaml:2:5: a second `: ` in one line');
  });
  it('reads braces in quotes as text', () => {
    expect(parseText(gateway('a', 'note: "{{ $labels.host }}"\n'), 'a.yaml').problems).toEqual([]);
  });
});

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
  it.each([
    ['billion laughs', bomb(30), 'its aliases expand to an absurd size'],
    ['a cycle', 'a: &a [*a]\n', 'an anchor contains itself'],
    ['a cycle of mappings', 'a: &a {b: {c: *a}}\n', 'an anchor contains itself'],
    [
      'a chain of aliases',
      Array.from({ length: 3000 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}`}]\n`).join(''),
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

describe('parseValue', () => {
  it('returns the value of a text', () => expect(parseValue('a: yes\n')).toEqual({ a: true }));
  it('returns null for an empty text', () => expect(parseValue('# nothing\n')).toBeNull());
  it('throws on bad text and on bombs', () => {
    expect(() => parseValue('a: [')).toThrow('flow collection');
    expect(() => parseValue('a: &a [*a]')).toThrow('contains itself');
  });
});
