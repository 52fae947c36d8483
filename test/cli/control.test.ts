import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gatewayPod } from './objects.ts';
import { emptyFolder, tlsgw } from './run.ts';

const gateway = (name: string, host: string, credential: string) => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [${host}]
    tls: {mode: SIMPLE, credentialName: ${credential}}
`;
const pods = `${gatewayPod()}---
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: istio-system}
data: {}
`;

const put = (folder: string, name: string, ...documents: string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, documents.join('\n---\n'));
  return path;
};
/** Rules of errors and warnings; infos are no business of these tests. */
const rules = (stdout: string) =>
  (JSON.parse(stdout).findings as { rule: string; severity: string }[]).flatMap((f) =>
    f.severity === 'info' ? [] : [f.rule],
  );

describe('--baseline and --write-baseline', () => {
  const folder = emptyFolder();
  const file = put(folder, 'a.yaml', pods, gateway('a', 'a.example.com', 'shop/a'));
  const baseline = join(folder, 'baseline.json');

  test('what was known does not fail a run; what is new does, even when lines move', async () => {
    expect((await tlsgw(['lint', file])).code).toBe(1);
    const written = await tlsgw(['lint', file, '--write-baseline', baseline]);
    expect(written.code).toBe(0);
    expect(written.stderr).toContain('--baseline');
    writeFileSync(file, `# moved\n\n\n${readFileSync(file, 'utf8')}`);
    const known = await tlsgw(['lint', file, '--baseline', baseline, '-o', 'json']);
    expect(known.code).toBe(0);
    expect(JSON.parse(known.stdout).ignored[0]).toMatchObject({ rule: 'credential-cross-namespace', by: 'baseline' });
    const more = put(folder, 'b.yaml', gateway('b', 'b.example.com', 'shop/b'));
    const grown = await tlsgw(['lint', file, more, '--baseline', baseline, '-o', 'json']);
    expect(grown.code).toBe(1);
    expect(rules(grown.stdout)).toEqual(['credential-cross-namespace']);
  });

  test.each([
    ['missing.json', 3, 'no such file'],
    [put(folder, 'no.json', '{}'), 2, 'is no baseline'],
    [put(folder, 'text.json', 'x'), 2, 'is no JSON'],
  ])('%s', async (path, code, text) => {
    const outcome = await tlsgw(['lint', file, '--baseline', path]);
    expect(outcome.stderr).toContain(text);
    expect(outcome.code).toBe(code);
  });
});

describe('--report FORMAT=FILE', () => {
  const folder = emptyFolder();
  const file = put(folder, 'a.yaml', pods, gateway('a', 'a.example.com', 'shop/a'));

  test('writes further formats beside stdout', async () => {
    const [sarif, json] = [join(folder, 'r.sarif'), join(folder, 'r.json')];
    const { stdout, code } = await tlsgw(['lint', file, '--report', `sarif=${sarif}`, '--report', `json=${json}`]);
    expect(stdout).toContain('error[credential-cross-namespace]');
    expect(JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results[0].ruleId).toBe('credential-cross-namespace');
    expect(rules(readFileSync(json, 'utf8'))).toEqual(['credential-cross-namespace']);
    expect(code).toBe(1);
  });

  test.each([
    ['sarif', 'wants FORMAT=FILE'],
    ['sariff=x', 'did you mean'],
  ])('%s is wrong usage', async (target, text) => {
    const { stderr, code } = await tlsgw(['lint', file, '--report', target]);
    expect(stderr.toLowerCase()).toContain(text.toLowerCase());
    expect(code).toBe(2);
  });
});

describe('--with: a pull request against the cluster', () => {
  const folder = emptyFolder();
  const cluster = put(folder, 'cluster.yaml', pods, gateway('old', 'a.example.com', 'elsewhere/old'));

  test('only findings that involve an object of the input are reported', async () => {
    const change = put(folder, 'change.yaml', gateway('new', 'b.example.com', 'shop/new'));
    const { stdout } = await tlsgw(['lint', change, '--with', cluster, '-o', 'json']);
    expect(rules(stdout)).toEqual(['credential-cross-namespace']);
    expect(JSON.parse(stdout).findings[0].resource.name).toBe('new');
  });

  test('a conflict with the cluster is a finding of the change', async () => {
    const change = put(folder, 'conflict.yaml', gateway('young', 'a.example.com', 'shop/young'));
    const { stdout } = await tlsgw(['lint', change, '--with', cluster, '-o', 'json']);
    expect(rules(stdout)).toContain('server-dropped-duplicate-host');
  });

  test('an input object stands for the one of the same name, and is no duplicate', async () => {
    const change = put(folder, 'fix.yaml', gateway('old', 'a.example.com', 'other'));
    const { stdout } = await tlsgw(['lint', change, '--with', cluster, '-o', 'json']);
    expect(rules(stdout)).not.toContain('credential-cross-namespace');
    expect(rules(stdout)).not.toContain('duplicate-object');
  });
});

test('--each judges environments side by side, not as one cluster', async () => {
  const folder = emptyFolder();
  const paths = ['test', 'prod'].map((env) => {
    mkdirSync(join(folder, env));
    put(join(folder, env), 'gateway.yaml', pods, gateway('shop', `${env}.example.com`, 'shop/shop'));
    return join(folder, env);
  });
  const together = await tlsgw(['lint', ...paths, '-o', 'json']);
  expect(rules(together.stdout)).toContain('duplicate-object');
  const each = await tlsgw(['lint', ...paths, '--each', '-o', 'json']);
  expect(rules(each.stdout)).toEqual(['credential-cross-namespace', 'credential-cross-namespace']);
  expect(JSON.parse(each.stdout).summary.files).toBe(2);
});

describe('-k DIR', () => {
  const folder = emptyFolder();
  put(folder, 'gateway.yaml', gateway('shop', 'a.example.com', 'shop/shop'));
  put(folder, 'pods.yaml', pods);

  test('renders with kubectl kustomize first', async () => {
    put(folder, 'kustomization.yaml', 'resources: [gateway.yaml, pods.yaml]\nnamePrefix: dev-\n');
    const { stdout, code } = await tlsgw(['lint', '-k', folder, '-o', 'json']);
    expect(JSON.parse(stdout).findings[0].resource.name).toBe('dev-shop');
    expect(code).toBe(1);
  });

  test('a kustomization that cannot be rendered is no input', async () => {
    const { stderr, code } = await tlsgw(['lint', '-k', join(folder, 'nowhere')]);
    expect(stderr).toContain('kubectl kustomize');
    expect(code).toBe(3);
  });
});
