import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { broken, folder, oracleInput, tlsgw } from './run.ts';

const everywhere = ['doctor', 'lint', 'listeners', 'routes', 'secrets', 'certs', 'hosts', 'all'] as const;

describe('unreadable input', () => {
  it.each(everywhere)('%s: a typo in a path exits 3', async (command) => {
    const { code, stderr } = await tlsgw([command, '-f', 'no/such/file.yaml']);
    expect(code).toBe(3);
    expect(stderr).toContain('error: no/such/file.yaml: no such file or directory');
  });

  it.each([
    ['trace', 'https://shop.example.com/'],
    ['probe', 'https://shop.example.com/', '--connect-to', '127.0.0.1:1'],
  ])('%s: says what of the input it does not know, and exits 3', async (...command) => {
    const path = folder({ 'bad.yaml': 'apiVersion: v1\nkind: Service\n  metadata: {}\n', 'good.yaml': broken });
    const { code, stdout, stderr } = await tlsgw([...command, '-f', path]);
    expect({ code, tells: stdout.includes('https://shop.example.com/') }).toEqual({ code: 3, tells: true });
    expect(stderr).toMatch(/bad\.yaml:3:\d+: /);
  });

  it('trace: says what could not be read when nothing is left to trace', async () => {
    const path = folder({ 'bad.yaml': 'apiVersion: v1\nkind: Gateway\n  metadata: {}\n' });
    const { code, stderr } = await tlsgw(['trace', 'https://shop.example.com/', '-f', path]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/bad\.yaml:3:\d+: /);
  });

  it('does not say that all is well when nothing was read', async () => {
    const { stdout } = await tlsgw(['lint', 'no-such-file.yaml']);
    expect(stdout).toBe('');
  });

  it('keeps its exit code in every format, and under --fail-on never', async () => {
    for (const format of ['text', 'json', 'sarif']) {
      const { code } = await tlsgw(['lint', 'no-such-file.yaml', '-o', format, '--fail-on', 'never']);
      expect(code).toBe(3);
    }
  });

  it('names line and column of a YAML error, shows the line and checks the other files', async () => {
    const path = folder({ 'bad.yaml': 'apiVersion: v1\nkind: Service\n  metadata: {}\n', 'good.yaml': broken });
    const { code, stdout, stderr } = await tlsgw(['lint', path]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/bad\.yaml:3:\d+: /);
    expect(stderr).toContain('3 |   metadata: {}');
    expect(stdout).toContain('duplicate-port-name');
  });

  it('recognises a Helm template', async () => {
    const path = folder({ 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n' });
    const { code, stderr } = await tlsgw(['lint', path]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/template that has not been rendered/);
    expect(stderr).toMatch(/helm template .* \| kubectl tlsgw lint -/);
  });

  it('is no error when the files hold nothing of Istio', async () => {
    const path = folder({ 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {}\n' });
    const { code, stderr } = await tlsgw(['lint', path]);
    expect(code).toBe(0);
    expect(stderr).toContain('note: the input holds no Istio object');
  });

  it('says which objects have a misspelt kind, so that they do not look checked', async () => {
    const input = `apiVersion: networking.istio.io/v1
kind: Gatway
metadata: {name: g, namespace: t}
---
apiVersion: networking.istio.io/v1
kind: EnvoyFilter
metadata: {name: e, namespace: t}
`;
    const { code, stderr } = await tlsgw(['lint', '-'], { input });
    expect(code).toBe(0);
    expect(stderr).toBe('note: Gatway t/g is not judged: Istio has no kind Gatway; did you mean Gateway?\n');
  });
});

describe('where input comes from', () => {
  it('stdin', async () => {
    for (const args of [
      ['lint', '-'],
      ['lint', '-f', '-'],
      ['doctor', '-f', '-'],
    ]) {
      const { code, stdout } = await tlsgw(args, { input: broken });
      expect(code).toBe(1);
      expect(stdout).toContain('error[duplicate-port-name]');
    }
  });

  it('directories, with their subdirectories unless told otherwise', async () => {
    const path = folder({});
    mkdirSync(join(path, 'sub'));
    writeFileSync(join(path, 'sub', 'a.yaml'), broken);
    writeFileSync(join(path, 'b.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n');
    expect((await tlsgw(['lint', path])).code).toBe(1);
    for (const flag of ['--recursive=false', '-R=false', '--no-recursive']) {
      expect((await tlsgw(['lint', path, flag])).code).toBe(0);
    }
  });

  it('globs, and several paths at once', async () => {
    const path = folder({ 'a.yaml': broken, 'b.txt': 'x' });
    expect((await tlsgw(['lint', `${path}/*.yaml`])).code).toBe(1);
    const { stdout } = await tlsgw(['lint', join(path, 'a.yaml'), oracleInput('tutorial-sni'), '-o', 'json']);
    expect(JSON.parse(stdout).summary.files).toBe(2);
  });

  it('-n fills in a missing namespace', async () => {
    const path = folder({ 'a.yaml': broken.replace(', namespace: istio-system', '') });
    const at = async (...args: readonly string[]) => {
      const { stdout } = await tlsgw(['lint', path, '-o', 'json', ...args]);
      return JSON.parse(stdout).findings[0].resource.namespace;
    };
    expect(await at()).toBe('default');
    expect(await at('-n', 'team')).toBe('team');
  });
});

describe('.tlsgw.yaml', () => {
  const lint = (config: string, ...args: readonly string[]) =>
    tlsgw(['lint', folder({ 'a.yaml': broken, '.tlsgw.yaml': config }), ...args]);

  it('sets severities, the failing severity and ignores', async () => {
    expect((await lint('severities: {duplicate-port-name: warning}\n')).code).toBe(0);
    expect((await lint('severities: {duplicate-port-name: off}\n')).stdout).not.toContain('duplicate-port-name');
    expect((await lint('severities: {duplicate-port-name: warning}\nfailOn: warning\n')).code).toBe(1);
    expect((await lint('failOn: never\n')).code).toBe(0);
    expect((await lint('failOn: never\n', '--fail-on', 'error')).code).toBe(1);
    const ignored = await lint(
      'ignores:\n- rule: duplicate-port-name\n  resource: Gateway istio-system/*\n  reason: moved\n',
    );
    expect(ignored.code).toBe(0);
    expect(ignored.stdout).toContain('1 finding ignored');
  });

  it('describes gateway pods', async () => {
    const config = `workloads:
- name: ingress
  namespace: istio-system
  labels: {istio: ingressgateway}
  ports: {443: 8443}
`;
    const path = folder({ 'a.yaml': broken, '.tlsgw.yaml': config });
    const { stdout, stderr } = await tlsgw(['listeners', '-f', path]);
    expect(stdout).toContain('0.0.0.0   8443');
    expect(stderr).not.toContain('assumed');
  });

  it.each([
    ['severitys: {}\n', ':1:1: unknown key "severitys"; did you mean severities?'],
    [
      '\nignores:\n- rule: duplicate-port-nam\n  reason: a\n',
      ':3:3: unknown rule "duplicate-port-nam"; did you mean duplicate-port-name?',
    ],
    ['ignores:\n- rule: duplicate-port-name\n', ': ignores[0].reason must be a text, and is missing'],
    [
      'severities: {duplicate-port-name: erro}\n',
      'is one of error, warning, info, off, not "erro"; did you mean error?',
    ],
    ['failOn: [\n', '.tlsgw.yaml:'],
    ['failOn: never\n---\nfailOn: error\n', '.tlsgw.yaml: several documents'],
    ['severities:\n  sni-required: info\n  sni-required: "off"\n', '.tlsgw.yaml:3: a key is given twice'],
    ['workloads:\n- name: a\n  namespace: b\n  ports: {http: 1}\n', 'must be a port from 1 to 65535, not "http"'],
    ['istioVersion: 1.30\n', ':1:1: istioVersion must be a version in quotes, as "1.30"'],
  ])('refuses %j', async (config, message) => {
    const { code, stdout, stderr } = await lint(config);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('may have texts whose next lines are not indented, as kubectl reads them', async () => {
    const { code } = await lint('ignores:\n- rule: duplicate-port-name\n  reason: "a long text\nthat goes on"\n');
    expect(code).not.toBe(70);
    expect(code).toBeLessThan(2);
  });

  it('may replace what a merge brought', async () => {
    const { code, stderr } = await lint(
      'workloads:\n- &w {name: a, namespace: b, labels: {c: d}}\n- <<: *w\n  name: e\n',
    );
    expect(stderr).not.toContain('.tlsgw.yaml');
    expect(code).toBeLessThan(2);
  });

  it('is found from the first input path towards the root of the repository', async () => {
    const path = folder({ '.tlsgw.yaml': 'failOn: never\n' });
    mkdirSync(join(path, '.git'));
    mkdirSync(join(path, 'deep', 'er'), { recursive: true });
    writeFileSync(join(path, 'deep', 'er', 'a.yaml'), broken);
    expect((await tlsgw(['lint', join(path, 'deep')])).code).toBe(0);
    expect((await tlsgw(['lint', join(path, 'deep', 'er', 'a.yaml')])).code).toBe(0);
    mkdirSync(join(path, 'deep', '.git'));
    expect((await tlsgw(['lint', join(path, 'deep', 'er', 'a.yaml')])).code).toBe(1);
  });
});
