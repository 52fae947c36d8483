import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseText } from '../../src/sources/yaml.ts';

const HEAD = 'apiVersion: v1\nkind: Gateway\n';
const KEY = `-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBGNqlqvWg9nKzRWqRZ1uhPUz0zHvwXkvVbGhNpXcfrvoAoGCCqGSM49\nShort9+/=\n-----END EC PRIVATE KEY-----`;
const BASE64 = Buffer.from(KEY).toString('base64');

describe('lines', () => {
  const origin = (text: string, document = 0) => parseText(text, 'a.yaml').documents[document]!.origin;
  /** Every line a reader of findings may see. */
  const lines = (text: string): string[] => {
    const first = origin(text);
    const all: string[] = [];
    for (let n = 1, line = first.line(n); line !== null; line = first.line(++n)) all.push(line);
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
