import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Path } from '../../src/model/location.ts';
import { parseText } from '../../src/sources/yaml.ts';

/** The text that begins at the place of a path in one document of a text. */
function textAt(text: string, path: Path, document = 0): string {
  const origin = parseText(text, 'a.yaml').documents[document]?.origin;
  const place = origin?.locate(path);
  if (!place) return 'no place';
  expect(place.file).toBe('a.yaml');
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const rest = [...(lines[place.line - 1] ?? '')].slice(place.column - 1).join('');
  return rest.replace(/\r$/, '');
}

const HEAD = 'apiVersion: v1\nkind: Gateway\n';

describe('places', () => {
  const block = `# 😀
${HEAD}metadata: {name: a, "name space": b}
spec:
  servers:
  - port: {number: 443, protocol: HTTPS}
    hosts: ["a.example.com", 'b.example.com', '😀', c]
    tls: &t
      mode: SIMPLE # comment
      credentialName: |
        x
  - tls: *t
  - <<: {port: 1, hosts: []}
    port: 2
  - &s
    name: |
      text
    on: 1
  - <<: [{a: 1}, {b: 2}]
  -
  - |-
    block
  - "quoted"
  - ! tagged
  empty:
`;
  it.each<[Path, string]>([
    [[], 'apiVersion: v1'],
    [['spec'], 'spec:'],
    [['metadata', 'name'], 'name: a, "name space": b}'],
    [['metadata', 'name space'], '"name space": b}'],
    [['spec', 'servers', 0], 'port: {number: 443, protocol: HTTPS}'],
    [['spec', 'servers', 0, 'port', 'protocol'], 'protocol: HTTPS}'],
    [['spec', 'servers', 0, 'hosts', 1], "'b.example.com', '😀', c]"],
    [['spec', 'servers', 0, 'hosts', 3], 'c]'],
    [['spec', 'servers', 0, 'tls', 'credentialName'], 'credentialName: |'],
    [['spec', 'servers', 1, 'tls'], 'tls: *t'],
    [['spec', 'servers', 1, 'tls', 'mode'], 'mode: SIMPLE # comment'],
    [['spec', 'servers', 2, 'port'], 'port: 2'],
    [['spec', 'servers', 2, 'hosts'], 'hosts: []}'],
    [['spec', 'servers', 3, 'true'], 'on: 1'],
    [['spec', 'servers', 4, 'b'], 'b: 2}]'],
    [['spec', 'servers', 6], '|-'],
    [['spec', 'servers', 7], '"quoted"'],
    [['spec', 'servers', 8], 'tagged'],
  ])('%j', (path, text) => expect(textAt(block, path)).toBe(text));
  it.each<[string, Path, string]>([
    ['of the parent key', ['spec', 'servers', 0, 'tls', 'minProtocolVersion'], 'tls: &t'],
    ['of the list', ['spec', 'servers', 9], 'servers:'],
    ['of the list item', ['spec', 'servers', 3, 'tls', 'mode'], 'name: |'],
    ['of the key of a scalar', ['spec', 'servers', 0, 'tls', 'mode', 'x'], 'mode: SIMPLE # comment'],
    ['of the key of nothing', ['spec', 'empty', 'x', 0], 'empty:'],
    ['of the document', ['status', 'x'], 'apiVersion: v1'],
    ['of the list, for an empty item', ['spec', 'servers', 5], 'servers:'],
  ])('what is missing has the place %s', (_name, path, text) => expect(textAt(block, path)).toBe(text));

  const variants: Readonly<Record<string, (text: string) => string>> = {
    'Windows line ends': (text) => text.replaceAll('\n', '\r\n'),
    'a byte order mark': (text) => `\uFEFF${text}`,
    'a byte order mark and Windows line ends': (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`,
  };
  it.each(Object.entries(variants))('are the same with %s', (_name, vary) => {
    expect(textAt(vary(block), ['spec', 'servers', 0, 'hosts', 3])).toBe('c]');
    expect(textAt(vary(`${HEAD}a: 1\n`), ['apiVersion'])).toBe('apiVersion: v1');
    expect(textAt(vary(`${HEAD}a: 1\n---\n${block}`), ['spec', 'servers', 7], 1)).toBe('"quoted"');
  });
  it('are right where kubectl is more lenient than YAML', () => {
    const text = `${HEAD}spec: {\n  hosts: [\na,\n  "b"\n  ],\ntls: "x\ny",\n\tmode: 1\n}\nlast: 1\n`;
    expect(textAt(text, ['spec', 'hosts', 1])).toBe('"b"');
    expect(textAt(text, ['spec', 'mode'])).toBe('mode: 1');
    expect(textAt(text, ['last'])).toBe('last: 1');
  });
  it('lead into lists of objects', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${HEAD.replaceAll('\n', '\n  ')}a: 1\n- ${HEAD.replaceAll('\n', '\n  ')}b: {c: 2}\n`;
    expect(textAt(list, [], 1)).toBe('apiVersion: v1');
    expect(textAt(list, ['b', 'c'], 1)).toBe('c: 2}');
    const nested = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      note: { items: ['items'] },
      items: [
        {
          apiVersion: 'v1',
          kind: 'List',
          items: [
            { apiVersion: 'v1', kind: 'A', x: '],}' },
            { apiVersion: 'v1', kind: 'A', y: [1, 2] },
          ],
        },
      ],
    });
    expect(textAt(nested, ['y'], 1)).toBe('"y":[1,2]}]}]}');
    expect(textAt(JSON.stringify(JSON.parse(nested), null, 2), ['y', 1], 1)).toBe('2');
  });
  it('lead to the last of duplicate keys, which counts', () => {
    expect(textAt(`${HEAD}a: 1\na: 2\n`, ['a'])).toBe('a: 2');
  });

  it('begin with the key, for every path of any object', { timeout: 60_000 }, () => {
    const key = fc.string({
      unit: fc.constantFrom('a', 'B', '1', ' ', "'", '"', ':', '#', '-', '😀', 'é', '.'),
      minLength: 1,
      maxLength: 6,
    });
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('x', 'y\nz\n', 1, null, true, '# no', 'a: b'),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('tree'), { maxLength: 4 }),
      object: fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    }));
    const style = fc.record({
      indent: fc.integer({ min: 1, max: 5 }),
      flowLevel: fc.integer({ min: -1, max: 4 }),
      seqNoIndent: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.dictionary(key, tree, { maxKeys: 5 }),
        style,
        fc.constantFrom('', '\uFEFF'),
        fc.boolean(),
        (spec, options, mark, windows) => {
          const body = { apiVersion: 'v1', kind: 'A', spec };
          const yaml = dump(body, { ...options, noRefs: true });
          for (const text of [
            mark + (windows ? yaml.replaceAll('\n', '\r\n') : yaml),
            mark + JSON.stringify(body, null, 1),
          ]) {
            for (const path of pathsOf(body)) {
              const last = String(path.at(-1));
              const spellings = [last, JSON.stringify(last), `'${last.replaceAll("'", "''")}'`, '|', '>'];
              const found = textAt(text, path);
              if (typeof path.at(-1) === 'string')
                expect(
                  spellings.some((s) => found.startsWith(s)),
                  `${JSON.stringify(path)} in ${text}: ${found}`,
                ).toBe(true);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  const steps = Array.isArray(value) ? value.map((child, i) => [i, child] as const) : Object.entries(value);
  return [...(path.length === 0 ? [] : [path]), ...steps.flatMap(([step, child]) => pathsOf(child, [...path, step]))];
}

const KEY = `-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBGNqlqvWg9nKzRWqRZ1uhPUz0zHvwXkvVbGhNpXcfrvoAoGCCqGSM49\nShort9+/=\n-----END EC PRIVATE KEY-----`;
const BASE64 = Buffer.from(KEY).toString('base64');

describe('lines', () => {
  const origin = (text: string, document = 0) => parseText(text, 'a.yaml').documents[document]!.origin;
  /** Every line a reader of findings may see. */
  const lines = (text: string): string[] => {
    const { line } = origin(text);
    const all: string[] = [];
    for (let n = 1, text = line(n); text !== null; text = line(++n)) all.push(text);
    return all;
  };
  it('are those of the whole file, without line ends and byte order mark; null behind the last', () => {
    expect(lines('\uFEFFapiVersion: v1\r\nkind: A\r\n# last')).toEqual(['apiVersion: v1', 'kind: A', '# last']);
    expect([origin(HEAD).line(0), origin(HEAD).line(1.5), origin(HEAD).line(99)]).toEqual([null, null, null]);
  });
  it('hide the values of a Secret, and nothing else of it', () => {
    const text = `apiVersion: v1
kind: Secret
metadata:
  name: s # tlsgw: ignore[x] y
  annotations:
    a: '{"data":{"p":"hunter2"}}'
type: kubernetes.io/tls
data:
  tls.crt: ${BASE64} # tlsgw: ignore[cert-expired] old
  # a comment
  tls.key: >-
    ${BASE64.slice(0, 60)}
    ${BASE64.slice(60, 66)}
  short: aHVudGVyMg==
stringData: {password: hunter2, pin: 1234}
`;
    expect(lines(text)).toEqual([
      'apiVersion: v1',
      'kind: Secret',
      'metadata:',
      '  name: s # tlsgw: ignore[x] y',
      '  annotations:',
      '    a: ***',
      'type: kubernetes.io/tls',
      'data:',
      '  tls.crt: *** # tlsgw: ignore[cert-expired] old',
      '  # a comment',
      '  tls.key: ***',
      '***',
      '***',
      '  short: ***',
      'stringData: {password: ***, pin: ***}',
      '',
    ]);
  });
  it('hide Secrets in lists, in JSON, behind anchors, and in files of other documents', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { p: 'hunter2' } };
    const { kind: _, apiVersion: __, ...bare } = secret;
    const texts = [
      JSON.stringify(secret),
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'A' }, secret] }, null, 2),
      JSON.stringify({ apiVersion: 'v1', kind: 'SecretList', items: [bare] }),
      dump({ apiVersion: 'v1', kind: 'SecretList', items: [bare] }),
      dump({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'A' }, secret] }),
      `apiVersion: v1\nx: &p {p: hunter2}\nkind: Secret\nstringData: *p\n`,
      `apiVersion: v1\nx: &p {p: hunter2}\nkind: Secret\nstringData:\n  <<: *p\n`,
      `${HEAD}---\n${dump(secret)}`,
      `${HEAD}---\nkind: Secret\nstringData: {p: hunter2\n`,
    ];
    for (const text of texts) {
      expect(text).toContain('hunter2');
      expect(lines(text).join('\n')).not.toContain('hunter2');
      expect(lines(text).length).toBe(text.split('\n').length);
    }
  });
  it('hide private keys and long base64 everywhere', () => {
    const map = `apiVersion: v1\nkind: ConfigMap\ndata:\n  key: |\n    ${KEY.replaceAll('\n', '\n    ')}\n  b: ${BASE64}\n  c: /etc/istio/ingressgateway-certs/tls.crt\n`;
    const all = lines(map).join('\n');
    expect(all).not.toContain('MHcC');
    expect(all).not.toContain('Short9');
    expect(all).not.toContain(BASE64.slice(0, 40));
    expect(all).toContain('  c: /etc/istio/ingressgateway-certs/tls.crt');
  });
  it('let no escape sequence through, and are cut when absurdly long', () => {
    expect(lines(`${HEAD}# \u001b[31mred\n`)[2]).toBe('# \ufffd[31mred');
    expect(lines(`${HEAD}# ${'x'.repeat(100_000)}\n`)[2]).toHaveLength(1001);
  });
});

describe('excerpts of problems', () => {
  const excerpts = (text: string) => parseText(text, 'a.yaml').problems.map(({ excerpt }) => excerpt);
  const message = (text: string) =>
    parseText(text, 'a.yaml')
      .problems.map((p) => `${p.message} ${p.hint}`)
      .join();
  it('show the line', () => expect(excerpts('a: b: c # d\n')).toEqual(['a: b: c # d']));
  it.each([
    ['a Secret', 'kind: Secret\nstringData:\n  p: hunter2: x\n'],
    ['a Secret with a mistake in its kind', 'kind:Secret\np: hunter2: x\n'],
    ['a Secret in JSON', '{"kind": "Secret", "stringData": {"p": "hunter2" "q": 1}}'],
    ['a list of Secrets', 'kind: SecretList\nitems:\n- data:\n  p: hunter2: x\n'],
    ['stringData alone', 'stringData:\n  p: hunter2: x\n'],
    ['an alias', 'kind: Secret\nstringData:\n  p: *hunter2\n'],
    ['a tag', 'kind: Secret\nstringData:\n  p: !hunter2!x,{ y\n'],
    ['a missing space', 'kind: Secret\nstringData:\n  hunter2:x\n  y: z\n'],
  ])('show nothing of %s', (_name, text) => {
    expect(excerpts(text)).toEqual([null]);
    expect(message(text)).not.toContain('hunter2');
  });
  it('show no key material of other documents', () => {
    const inKey = KEY.replaceAll('\n', '\n    ').replace('Short9', 'Short9: x\n   bad: - [');
    expect(excerpts(`kind: ConfigMap\ndata:\n  key:\n    ${inKey}\n`)).toEqual([null]);
    expect(excerpts(`kind: ConfigMap\ndata: {a: ${BASE64}: x}\nb: c: d\n`)).toEqual([null]);
    expect(excerpts(`a: ${'x'.repeat(2000)}: b: c\n`)).toEqual([null]);
  });
  it('show no Secret of another document of the same file', () => {
    expect(excerpts(`kind: Secret\nstringData: {p: hunter2}\n---\na: b: c\n`)).toEqual(['a: b: c']);
  });
});
