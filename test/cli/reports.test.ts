import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { broken, folder, oracleInput, root, tlsgw } from './run.ts';

const input = oracleInput('tutorial-all-three-at-once');
const formats = ['text', 'json', 'yaml', 'sarif', 'junit', 'github', 'gitlab', 'markdown'];

describe('reports', () => {
  it('names winner, loser and what the clients of the loser see', async () => {
    const { code, stdout } = await tlsgw(['doctor', '-f', input]);
    expect(code).toBe(1);
    expect(stdout).toContain('error[server-dropped-duplicate-host]');
    expect(stdout).toMatch(/-->.*input\.yaml:\d+:\d+/);
    for (const word of ['see:', 'symptom:', 'fix:']) expect(stdout).toContain(word);
  });

  it.each([
    ['tutorial-cross-namespace-credential', 'credential-cross-namespace'],
    ['tutorial-mutual', 'cert-cn-only'],
    ['tutorial-sni', 'cert-cn-only'],
    ['tutorial-all-three-at-once', 'server-dropped-duplicate-host'],
  ])('%s: doctor finds %s', async (name, rule) => {
    const { code, stdout } = await tlsgw(['doctor', '-f', oracleInput(name), '-o', 'json']);
    expect(code).toBe(1);
    const report = JSON.parse(stdout);
    expect(report.findings.map((f: { rule: string }) => f.rule)).toContain(rule);
  });

  it.each(formats)(
    'counts findings of severity info in -o %s, and lists them unless it is for people',
    async (format) => {
      const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: c}}]
`;
      const lint = (...more: string[]) =>
        tlsgw(['lint', '-', '--rule', 'sni-required', '-o', format, ...more], { input: gateway });
      const [plain, all] = [await lint(), await lint('--show-info')];
      const isForPeople = ['text', 'github', 'markdown'].includes(format);
      expect(plain.stdout.includes('answers only TLS clients')).toBe(!isForPeople);
      expect(all.stdout).toContain('answers only TLS clients');
      if (isForPeople) expect(plain.stdout).toMatch(/1 info/);
      expect([plain.code, (await lint('--fail-on', 'info')).code]).toEqual([0, 1]);
    },
  );

  it('quotes no line that a Secret stands on, not even for a finding about something else', async () => {
    const gateway = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'g', namespace: 'istio-system' },
      spec: {
        bogus: 1,
        selector: { istio: 'ingressgateway' },
        servers: [
          {
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            hosts: ['a.example.com'],
            tls: { mode: 'SIMPLE', credentialName: 'c' },
          },
        ],
      },
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'gw', namespace: 'istio-system', labels: { istio: 'ingressgateway' } },
      spec: { containers: [{ name: 'istio-proxy', args: ['proxy', 'router'] }] },
    };
    const data = { 'tls.crt': 'eA==', 'tls.key': 'eA==' };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c', namespace: 'istio-system' }, data };
    const path = folder({
      'one.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [gateway, secret, pod] }),
      '.tlsgw.yaml': 'severities: {pem-malformed: info}\n',
    });
    const { stdout } = await tlsgw(['lint', 'one.json'], { cwd: path });
    expect(stdout).toContain('[schema]');
    expect(stdout).toMatch(/\d infos/);
    expect(stdout).not.toMatch(/^1 \|/m);
  });

  it('writes findings of severity info to other reports and baselines though the text only counts them', async () => {
    const path = folder({});
    const more = ['--report', `json=${join(path, 'r.json')}`, '--write-baseline', join(path, 'b.json')];
    expect((await tlsgw(['lint', input, ...more])).stdout).toContain('(--show-info lists infos)');
    const fingerprints = (file: string): string[] =>
      JSON.parse(readFileSync(join(path, file), 'utf8')).findings.map((f: { fingerprint: string }) => f.fingerprint);
    const { findings } = JSON.parse((await tlsgw(['lint', input, '-o', 'json'])).stdout);
    expect(findings.map((f: { severity: string }) => f.severity)).toContain('info');
    const expected = findings.map((f: { fingerprint: string }) => f.fingerprint).sort();
    expect(fingerprints('r.json').sort()).toEqual(expected);
    expect(fingerprints('b.json').sort()).toEqual(expected);
    const known = await tlsgw(['lint', input, '--baseline', join(path, 'b.json')]);
    expect(known.stdout).toMatch(/^No problem found;.* findings ignored\.$/m);
  });

  it('has the fields of the JSON report', async () => {
    const now = '2026-11-22T00:00:00.000Z';
    const { stdout } = await tlsgw(['lint', input, '-o', 'json', '--now', now]);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual([
      'schema',
      'tool',
      'istioVersion',
      'now',
      'inputs',
      'summary',
      'findings',
      'undecided',
      'ignored',
      'assumptions',
    ]);
    expect(report).toMatchObject({ schema: 'kubectl-tlsgw/report.v1', now, tool: { name: 'kubectl-tlsgw' } });
    expect(Object.keys(report.findings[0])).toEqual([
      'rule',
      'severity',
      'message',
      'resource',
      'workload',
      'path',
      'location',
      'related',
      'symptom',
      'remedy',
      'docs',
      'fingerprint',
    ]);
  });

  it.each(formats)('%s has the same exit code and the same bytes each time', async (format) => {
    const run = () => tlsgw(['lint', input, '-o', format, '--now', '2026-11-22T00:00:00Z']);
    const [first, second] = await Promise.all([run(), run()]);
    expect(first.code).toBe(1);
    expect(first.stdout).not.toBe('');
    expect(second.stdout).toBe(first.stdout);
  });

  it('obeys --fail-on, --rule and --skip', async () => {
    const path = folder({ 'a.yaml': broken });
    const code = async (...args: readonly string[]) => (await tlsgw(['lint', path, ...args])).code;
    expect(await code()).toBe(1);
    expect(await code('--fail-on', 'never')).toBe(0);
    expect(await code('--fail-on', 'info')).toBe(1);
    expect(await code('--rule', 'duplicate-port-name')).toBe(1);
    expect(await code('--rule', 'sni-collision')).toBe(0);
    expect(await code('--skip', 'duplicate-port-name')).toBe(0);
  });

  it('doctor HOST reports only what touches the host', async () => {
    const hosts = async (...args: readonly string[]) => {
      const { stdout } = await tlsgw(['doctor', '-f', input, '-o', 'json', ...args]);
      return JSON.parse(stdout).findings.length;
    };
    expect(await hosts('httpbin.example.com')).toBeGreaterThan(0);
    expect(await hosts('https://httpbin.example.com:443/status/200')).toBeGreaterThan(0);
    expect(await hosts('other.example.org')).toBe(0);
    const { stderr } = await tlsgw(['doctor', 'httpbim.example.com', '-f', input]);
    expect(stderr).toContain(
      'error: no Gateway or VirtualService has the host httpbim.example.com; the nearest is httpbin.example.com',
    );
  });
});

describe('rules and explain', () => {
  it('lists every rule', async () => {
    const { code, stdout } = await tlsgw(['rules']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^duplicate-port-name +error +\S/m);
    const json = JSON.parse((await tlsgw(['rules', '-o', 'json'])).stdout);
    expect(json.rules).toHaveLength(stdout.trimEnd().split('\n').length);
  });

  it('explains a rule', async () => {
    const { code, stdout } = await tlsgw(['explain', 'duplicate-port-name']);
    expect(code).toBe(0);
    expect(stdout).toContain('duplicate-port-name');
  });
});

describe('private keys', () => {
  const cases = join(root, 'test', 'oracle', 'cases');
  const names = readdirSync(cases)
    .filter((name) => /^(tutorial|d15|i0)/.test(name))
    .slice(0, 12);

  /** Every private key of an input: as base64 of the PEM, and the lines of the PEM. */
  function keysOf(text: string): string[] {
    const encoded = [...text.matchAll(/key: *([A-Za-z0-9+/=]{40,})/g)].flatMap((m) => m[1] ?? []);
    const keys = encoded.filter((e) => Buffer.from(e, 'base64').toString().includes('PRIVATE KEY'));
    const lines = keys.flatMap((key) => Buffer.from(key, 'base64').toString().split('\n'));
    return [...keys, ...lines.filter((line) => line.length > 40 && !line.startsWith('-----'))];
  }

  it.each(names)('are in no output for %s', async (name) => {
    const path = oracleInput(name);
    const keys = keysOf(readFileSync(path, 'utf8'));
    const commands = [
      ...formats.map((format) => ['doctor', '-f', path, '--show-info', '-o', format]),
      ...['listeners', 'routes', 'secrets', 'certs', 'hosts', 'all'].map((c) => [c, '-f', path, '-o', 'json']),
      ['certs', '-f', path],
      ['secrets', '-f', path],
    ];
    for (const args of commands) {
      const { stdout, stderr } = await tlsgw(args);
      const found = keys.filter((key) => stdout.includes(key) || stderr.includes(key));
      expect({ args, found: found.length }).toEqual({ args, found: 0 });
      expect(`${stdout}${stderr}`).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY/);
    }
  });
});
