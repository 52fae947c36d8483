import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Path } from '../../src/model/location.ts';
import { sourceText } from '../../src/sources/source-text.ts';
import { parseText } from '../../src/sources/yaml.ts';
import { originsOf } from '../../src/sources/yaml-origins.ts';
import { splitDocuments } from '../../src/sources/yaml-split.ts';

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
  it('leads an alias to the last anchor of its name above it, one inside another too', () => {
    const text = `${HEAD}x: &a\n  name: outer\n  y: &a\n    name: inner\nmetadata: *a\n`;
    expect(textAt(text, ['metadata', 'name'])).toBe('name: inner');
  });
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

describe('positions', () => {
  it('of documents that findings go back and forth between are found once', () => {
    const text = 'kind: A\n---\nkind: B\n---\nkind: C\n';
    const { parts } = splitDocuments(text);
    let asked = 0;
    const origins = originsOf(sourceText(text, 'a.yaml'), parts, () => {
      asked++;
      return null;
    });
    for (let turn = 0; turn < 100; turn++) for (const part of parts) origins.locate(part, ['kind']);
    expect(asked).toBe(parts.length);
  });
});
