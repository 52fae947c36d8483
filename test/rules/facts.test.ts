import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ServerRef } from '../../src/model/envoy-config.ts';
import type { AnyResource } from '../../src/model/resource.ts';
import { expand } from '../../src/pages/expand.ts';
import { parsePage } from '../../src/pages/page.ts';
import { addCa, copySecret, kubectl, replacePair } from '../../src/rules/facts/commands.ts';
import { isCopiedTo } from '../../src/rules/facts/credentials.ts';
import { distance, nearest } from '../../src/rules/facts/nearest.ts';
import { secretOf } from '../../src/rules/facts/sds.ts';
import { patchGateway } from '../../src/rules/facts/servers.ts';
import { enumerate } from '../../src/rules/facts/symptoms.ts';
import { rules } from '../../src/rules/index.ts';
import { parseIgnoreAnnotation, parseIgnoreComment } from '../../src/rules/suppress.ts';
import { scaffold } from '../../tools/new-rule.ts';
import { mismatches } from './compare.ts';

const object = (kind: string, name: string, annotations: Record<string, string> = {}): AnyResource => ({
  id: { apiVersion: 'v1', kind, namespace: 'ns', name },
  meta: { name, namespace: 'ns', labels: {}, annotations },
  spec: {},
  body: {},
  origin: { file: null, locate: () => null, line: () => null },
});

describe('commands to paste', () => {
  /** What a shell makes of a command, one argument per line, with kubectl and base64 replaced. */
  const words = (command: string): string[] =>
    execFileSync('bash', ['-c', `kubectl() { printf '%s\\n' "$@"; }; base64() { echo BASE64; }; ${command}`], {
      encoding: 'utf8',
      cwd: '/dev',
      input: '',
    })
      .trimEnd()
      .split('\n');

  it('keep what a pull request can hold inside one word', () => {
    const hostile = 'a\'; touch /tmp/x; $(id) `id` "b';
    expect(words(kubectl('ns', 'get', 'x', hostile))).toEqual(['-n', 'ns', 'get', 'x', hostile]);
  });

  it('never pass a name on that could be a flag', () => {
    expect(copySecret({ namespace: '--server=evil', name: '-x' }, 'to')).toContain('kubectl -n NAME get secret NAME ');
    expect(replacePair(object('Secret', 'a$(id)'))).toContain('patch secret NAME');
  });

  it('are valid JSON for the shell', () => {
    const gateway = object('Gateway', 'shop');
    const ref = { gateway, index: 1, server: {} } as unknown as ServerRef;
    const patch = words(patchGateway(ref, 'replace', ['hosts'], ["o'clock.example.com", '*']));
    expect(patch.slice(0, -1)).toEqual([
      '-n',
      'ns',
      'patch',
      'gateways.networking.istio.io',
      'shop',
      '--type=json',
      '-p',
    ]);
    expect(JSON.parse(patch.at(-1)!)).toEqual([
      { op: 'replace', path: '/spec/servers/1/hosts', value: ["o'clock.example.com", '*'] },
    ]);
    const data = words(addCa(object('Secret', 'shop-tls')).replace('CA.CRT', '/dev/null'));
    expect(JSON.parse(data.at(-1)!)).toEqual({ data: { 'ca.crt': 'BASE64' } });
  });
});

describe('names', () => {
  it('finds what was probably meant', () => {
    expect(distance('kitten', 'sitting')).toBe(3);
    expect(nearest('ingres', ['egress', 'ingress'], (t) => t)).toBe('ingress');
    expect(nearest('x', [], String)).toBeNull();
  });

  it('lists names in a sentence', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd', 'e']].map((l) => enumerate(l))).toEqual([
      '',
      'a',
      'a and b',
      'a, b, c and 2 more',
    ]);
    const most = (count: number) => [['a'], ['a', 'b'], ['a', 'b', 'c']].map((l) => enumerate(l, count));
    expect(most(1)).toEqual(['a', 'a and 1 more', 'a and 2 more']);
    expect(most(2)).toEqual(['a', 'a and b', 'a and 2 more']);
  });

  it('reads the Secret out of an SDS name (I3)', () => {
    expect(secretOf('kubernetes://a', 'pods')).toEqual({ namespace: 'pods', name: 'a' });
    expect(secretOf('kubernetes://ns/a', 'pods')).toEqual({ namespace: 'ns', name: 'a' });
    expect(secretOf('file-cert:x', 'pods')).toBeNull();
  });

  it('believes replicators', () => {
    const reflector = 'reflector.v1.k8s.emberstack.com/reflection-auto-';
    const copied = (annotations: Record<string, string>) =>
      isCopiedTo(object('Secret', 'a', annotations), 'istio-system');
    expect(copied({})).toBe(false);
    expect(copied({ [`${reflector}enabled`]: 'true' })).toBe(true);
    expect(copied({ [`${reflector}enabled`]: 'false' })).toBe(false);
    expect(copied({ [`${reflector}enabled`]: 'true', [`${reflector}namespaces`]: 'team-a, team-b' })).toBe(false);
    expect(copied({ 'replicator.v1.mittwald.de/replicate-to': 'x,istio-.*' })).toBe(true);
  });
});

describe('ignores', () => {
  it('reads comments', () => {
    expect(parseIgnoreComment('x: 1')).toBeNull();
    expect(parseIgnoreComment('#tlsgw:ignore[a-b,c]why not')).toEqual({ rules: ['a-b', 'c'], reason: 'why not' });
    expect(parseIgnoreComment('x: 1 # tlsgw: ignore')).toEqual({ rules: [''], reason: '' });
  });

  it('reads annotations', () => {
    expect(parseIgnoreAnnotation('a-b')).toEqual({ rules: ['a-b'], reason: '' });
    expect(parseIgnoreAnnotation(' a-b ,c: not yet ')).toEqual({ rules: ['a-b', 'c'], reason: 'not yet' });
    expect(parseIgnoreAnnotation('')).toEqual({ rules: [''], reason: '' });
  });
});

describe('pages', () => {
  const page = (body: string) =>
    parsePage('x', `# x\n\nSummary\nof x.\n\n## Examples\n\n${body}\n\n## Evidence\n\n- none\n`);
  const outcome = { file: 'example.yaml', findings: [], undecided: [] };

  it('reads headings, options and markers', () => {
    const read = page('### Broken: t\n\n```yaml with=a,b complete\nk: v # error: x # warning: y\n```');
    expect(read).toMatchObject({
      title: 'x',
      summary: 'Summary of x.',
      sections: ['Examples', 'Evidence'],
      mistakes: [],
    });
    expect(read.examples).toMatchObject([
      {
        kind: 'Broken',
        title: 't',
        line: 11,
        preludes: ['a', 'b'],
        complete: true,
        markers: [
          { says: 'error', rule: 'x', line: 1 },
          { says: 'warning', rule: 'y', line: 1 },
        ],
      },
    ]);
  });

  it('names mistakes with their line', () => {
    expect(page('### Wrong: t').mistakes).toEqual(['8: "### Wrong: t" is none of Broken, Fixed, Near miss, Undecided']);
    expect(page('### Fixed: t\n\n```yaml compleet\n```').mistakes[0]).toContain('"compleet" is no option');
    expect(page('```yaml\na: 1\n```').mistakes[0]).toContain('without a ### heading');
    expect(page('### Fixed: t\n\n```yaml\na: 1').mistakes[0]).toContain('never closed');
  });

  it('says what does not fit an example', () => {
    const [example] = page('### Broken: t\n\n```yaml\nk: v # error: x\n```').examples;
    const finding = { rule: 'y', severity: 'warning', message: 'm', location: { file: 'example.yaml', line: 1 } };
    const said = mismatches('x', example!, { ...outcome, findings: [finding] as never });
    expect(said).toEqual(['not marked: line 1: warning: y: m (undefined)', 'not found: line 1: error: x']);
    const silent = { ...example!, kind: 'Fixed' as const, markers: [] };
    expect(mismatches('x', silent, { ...outcome, findings: [{ ...finding, severity: 'info' }] as never })).toEqual([]);
    expect(mismatches('x', { ...silent, kind: 'Undecided' }, outcome)).toEqual([
      'an undecided example must mark "# undecided: x"',
    ]);
  });

  it('expands placeholders on their lines', () => {
    const of = (words: string) => `$\{${words}}`;
    const lines = [
      'kind: Secret',
      'data:',
      `  tls.crt: ${of('cert a.example.com')}`,
      `  tls.key: ${of('key')}`,
      'stringData:',
    ];
    const text = expand([...lines, `  x: ${of('ca')}`].join('\n'));
    expect(text.split('\n')).toHaveLength(6);
    expect(Buffer.from(/tls.crt: (\S+)/.exec(text)![1]!, 'base64').toString()).toContain('BEGIN CERTIFICATE');
    expect(JSON.parse(/x: (.*)/.exec(text)![1]!)).toContain('BEGIN CERTIFICATE');
    expect(() => expand(of('key'))).toThrow('needs a certificate above it');
  });
});

describe('tools/new-rule', () => {
  it('makes a rule, a page and one line in the registry', () => {
    const ids = rules.map((r) => r.id);
    const camel = (id: string) => id.replace(/-(.)/g, (_, l: string) => l.toUpperCase());
    const registry = `${ids.map((id) => `import ${camel(id)} from './${id}.ts';`).join('\n')}

/** Every rule, in alphabetical order. */
export const rules = [
${ids.map((id) => `  ${camel(id)},`).join('\n')}
] as const;
`;
    const made = scaffold('kettle-is-cold', 'warning', "It isn't warm", '1.2.3', registry);
    expect(made.rule).toContain("summary: 'It isn\\'t warm'");
    const page = parsePage('kettle-is-cold', made.page);
    expect(page.mistakes).toEqual([]);
    expect(page.examples.map((e) => [e.kind, e.markers.length])).toEqual([
      ['Broken', 1],
      ['Fixed', 0],
      ['Near miss', 0],
    ]);
    const added = made.registry.split('\n').filter((line) => !registry.split('\n').includes(line));
    expect(added).toEqual(["import kettleIsCold from './kettle-is-cold.ts';", '  kettleIsCold,']);
  });
});
