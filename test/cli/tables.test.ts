import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatewayOf, gatewayPod, tlsServer, yamlOf } from './objects.ts';
import { folder, oracleInput, root, tlsgw } from './run.ts';

const cases = join(root, 'test', 'oracle', 'cases');
const tutorial = readdirSync(cases).filter((name) => name.startsWith('tutorial-'));
const expected = (name: string, file: string) =>
  readFileSync(join(cases, name, 'expected', 'istio-system.istio-ingressgateway', file), 'utf8');
const sni = oracleInput('tutorial-sni');

describe('tables', () => {
  it('has the five cases of the tutorial', () => {
    expect(tutorial).toHaveLength(5);
  });

  it.each(tutorial.flatMap((name) => ['listeners', 'routes', 'secrets'].map((table) => [name, table] as const)))(
    '%s: %s is what istioctl prints',
    async (name, table) => {
      const { code, stdout } = await tlsgw([table, '-f', oracleInput(name)]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expected(name, `${table}.txt`) });
    },
  );

  it('prints several workloads one after the other, each with its name', async () => {
    const { code, stdout } = await tlsgw(['listeners', '-f', oracleInput('a10-selectors-and-pods')]);
    expect(code).toBe(0);
    const blocks = stdout.split('\n\n');
    expect(blocks.map((block) => block.split('\n')[0])).toEqual(['istio-system/public:', 'team-a/internal:']);
    expect(blocks.every((block) => block.split('\n')[1]?.startsWith('ADDRESSES'))).toBe(true);
  });

  it.each(['public', 'public.istio-system', 'deployment/public.istio-system', 'deploy/public', 'istio-system/public'])(
    '%s names one of them',
    async (workload) => {
      const { code, stdout } = await tlsgw(['listeners', workload, '-f', oracleInput('a10-selectors-and-pods')]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ADDRESSES/);
      expect(stdout).not.toContain('8004');
    },
  );

  it.each(['public.team-a', 'daemonset/public', 'nobody/public'])('%s names none', async (workload) => {
    const { code, stderr } = await tlsgw(['listeners', workload, '-f', oracleInput('a10-selectors-and-pods')]);
    expect(code).toBe(2);
    expect(stderr).toContain('The input holds: istio-system/public, team-a/internal');
  });

  it("filters as istioctl's flags do", async () => {
    const rows = async (...args: readonly string[]) => (await tlsgw(args)).stdout.trimEnd().split('\n').length - 1;
    expect(await rows('listeners', '-f', sni, '--port', '15021')).toBe(1);
    expect(await rows('listeners', '-f', sni, '--address', '1.2.3.4')).toBe(0);
    expect(await rows('listeners', '-f', sni, '--type', 'tcp')).toBe(0);
    expect(await rows('routes', '-f', sni, '--name', 'http.1')).toBe(0);
  });

  it('prints wide tables, and one JSON or YAML document', async () => {
    expect((await tlsgw(['listeners', '-f', sni, '-o', 'wide'])).stdout).toMatch(/^ADDRESSES .* STATE/);
    expect((await tlsgw(['routes', '-f', sni, '-o', 'wide'])).code).toBe(0);
    const json = JSON.parse((await tlsgw(['listeners', '-f', sni, '-o', 'json'])).stdout);
    expect(json.workloads[0].workload).toBe('istio-system/istio-ingressgateway');
    expect((await tlsgw(['secrets', '-f', sni, '-o', 'yaml'])).stdout).toMatch(/^schema: kubectl-tlsgw\/secrets\.v1\n/);
  });

  it.each(tutorial)('%s: all -o json is the recorded configuration', async (name) => {
    const { code, stdout } = await tlsgw(['all', '-o', 'json', '-f', oracleInput(name)]);
    expect(code).toBe(0);
    const [first] = JSON.parse(stdout).workloads;
    const recorded = JSON.parse(expected(name, 'config.json'));
    const names = (of: { readonly name: string }[] | null) => (of ?? []).map((x) => x.name).sort();
    expect(first.workload).toBe('istio-system/istio-ingressgateway');
    expect(names(first.listeners)).toEqual(names(recorded.listeners));
    expect(names(first.routes)).toEqual(names(recorded.routes));
    expect(first.secrets).toEqual(recorded.secrets ?? {});
  });

  it('prints no table where istiod itself crashes', async () => {
    const input = readFileSync(sni, 'utf8').replace('hosts: [httpbin.example.com]', "hosts: ['*/*', ./a]");
    const { code, stdout, stderr } = await tlsgw(['listeners', '-f', '-'], { input });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('istiod itself crashes');
  });

  it('says what it assumes when the input holds no gateway pod', async () => {
    const pods = readFileSync(sni, 'utf8')
      .split(/^---$/m)
      .filter((text) => !/kind: (Deployment|Pod|Service)\b/.test(text));
    const { code, stdout, stderr } = await tlsgw(['listeners', '-f', '-'], { input: pods.join('---\n') });
    expect(code).toBe(0);
    expect(stdout).toContain('0.0.0.0   443');
    expect(stderr).toContain('note: the input holds no gateway pod, so one is assumed for each selector');
  });
});

describe('certs and hosts', () => {
  it('certs shows where each credential is looked up and what becomes of it', async () => {
    const { code, stdout } = await tlsgw([
      'certs',
      '-f',
      oracleInput('tutorial-mutual'),
      '--now',
      '2026-11-22T00:00:00Z',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^CREDENTIAL +LOOKED UP +STATE +NAMES +ISSUED BY +KEY +ALGORITHM +DAYS LEFT\n/);
    expect(stdout).toContain('Secret istio-system/httpbin-mutual-secret');
    expect(stdout).toContain('httpbin.example.com (common name only)');
  });

  it('certs says why a Secret is not delivered', async () => {
    const { stdout } = await tlsgw(['certs', '-f', oracleInput('tutorial-cross-namespace-credential')]);
    expect(stdout).toContain('istiod gives a gateway no Secret of another namespace');
  });

  it('hosts has one row per host and port', async () => {
    const { code, stdout } = await tlsgw(['hosts', '-f', oracleInput('tutorial-all-three-at-once')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^HOST +PORT +TLS +CERTIFICATE +ROUTES +VERDICT\n/);
    expect(stdout).toMatch(/httpbin\.example\.com +443 .*error: server-dropped-duplicate-host/);
  });

  it('hosts asks what leaves a row undecided, and not the same for each of many servers', async () => {
    const servers = Array.from({ length: 9 }, (_, i) =>
      tlsServer({ host: `h${i}.example.com`, credential: `c${i}`, port: 440 + i, portName: `p${i}` }),
    );
    const cwd = folder({ 'g.yaml': yamlOf(gatewayPod(), gatewayOf({}, ...servers)) });
    const { stdout, stderr } = await tlsgw(['hosts', '-f', 'g.yaml'], { cwd });
    expect(stdout).toMatch(/h8\.example\.com +448 .*undecided: see below/);
    expect(stderr).toContain('Is there a Secret istio-system/c2, which');
    expect(stderr).toContain('note: undecided, because the input holds no Secret of namespace istio-system:\n');
    expect(stderr).toContain('\n  and 6 more; kubectl tlsgw doctor asks all of them\n');
    expect(stderr).toContain('\n  decided by: kubectl -n istio-system get secret c2 -o yaml\n');
    expect(stderr).not.toContain('istio-system/c3');
    const { hosts } = JSON.parse((await tlsgw(['hosts', '-o', 'json', '-f', 'g.yaml'], { cwd })).stdout);
    expect(hosts[8]).toMatchObject({
      verdict: 'undecided',
      because:
        'the input holds no Service of namespace istio-system; the input holds no Secret of namespace istio-system',
    });
  });

  const routeOf = (name: string, namespace: string, host: string, gateway: string, http: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: ${namespace}}
spec: {hosts: [${host}], gateways: [${gateway}], http: [${http}]}
`;
  const answer = '{directResponse: {status: 200}}';

  it('a note of several questions has the command for each kind of object among them', async () => {
    const gateways = [0, 1, 2, 3, 4].map((i) => gatewayOf({ name: `g${i}` }, tlsServer({ host: 'a.example.com' })));
    const toApp = '{route: [{destination: {host: app}}]}';
    const routes = [0, 1].map((i) => routeOf(`v${i}`, 'istio-system', 'a.example.com', 'g0', toApp));
    const cwd = folder({ 'a.yaml': yamlOf(...gateways, ...routes) });
    const { stderr } = await tlsgw(['routes', '-f', 'a.yaml'], { cwd });
    expect(stderr).toContain('Which is older in the cluster, Gateway istio-system/g0 or Gateway istio-system/g1?');
    expect(stderr).toMatch(/and \d more; kubectl tlsgw doctor asks all of them/);
    expect(stderr).toContain('\n  decided by: kubectl get gateways.networking.istio.io -A');
    expect(stderr).toContain('\n  decided by: kubectl get virtualservices.networking.istio.io -A');
  });

  it('doctor asks what leaves a row undecided also where only the background is concerned', async () => {
    const cwd = folder({
      'g.yaml': yamlOf(gatewayPod(), gatewayOf({}, tlsServer({ host: 'a.example.com' }))),
      'v.yaml': routeOf('v', 'istio-system', 'a.example.com', 'g', answer),
    });
    const { stdout, stderr } = await tlsgw(['doctor', '-f', 'v.yaml', '--with', 'g.yaml'], { cwd });
    expect(stdout).toMatch(/a\.example\.com +443 .*undecided: see below/);
    expect(stderr).toContain('Is there a Secret istio-system/c, which');
  });

  it('a missing Secret leaves every row undecided that needs it, and no other', async () => {
    const gateway = (name: string) =>
      gatewayOf(
        { name },
        tlsServer({ host: `${name}.example.com`, portName: name }),
        `{port: {number: 80, name: ${name}-http, protocol: HTTP}, hosts: [${name}.example.com]}`,
      );
    const service = `
apiVersion: v1
kind: Service
metadata: {name: gw, namespace: istio-system}
spec: {selector: {istio: ingressgateway}, ports: [{name: http, port: 80}, {name: https, port: 443}]}
`;
    const cwd = folder({ 'g.yaml': yamlOf(gatewayPod(), service, gateway('one'), gateway('two')) });
    const { stdout } = await tlsgw(['hosts', '-f', 'g.yaml'], { cwd });
    for (const name of ['one', 'two']) {
      expect(stdout).toMatch(new RegExp(`${name}\\.example\\.com +443 .*undecided: see below`));
      expect(stdout).toMatch(new RegExp(`${name}\\.example\\.com +80 .*ok`));
    }
    const { stdout: report } = await tlsgw(['doctor', 'two.example.com', '-f', 'g.yaml'], { cwd });
    expect(report).toContain('undecided: Is there a Secret istio-system/c, which');
  });

  it('doctor of one host asks nothing about the others', async () => {
    const places = [
      { name: 'one', namespace: 'a' },
      { name: 'two', namespace: 'b' },
    ];
    const gateways = places.flatMap(({ name, namespace }) => {
      const selector = `{gateway: ${name}}`;
      return [
        gatewayPod(namespace, selector),
        gatewayOf({ name, namespace, selector }, tlsServer({ host: `${name}.example.com` })),
      ];
    });
    const routes = places.map(({ name, namespace }) => routeOf('v', namespace, `${name}.example.com`, name, answer));
    const cwd = folder({ 'g.yaml': yamlOf(...gateways), 'v.yaml': yamlOf(...routes) });
    const { stdout, stderr } = await tlsgw(['doctor', 'one.example.com', '-f', 'v.yaml', '--with', 'g.yaml'], { cwd });
    expect(stdout).toMatch(/one\.example\.com +443 .*undecided: see below/);
    expect(stderr).toContain('Is there a Secret a/c, which');
    expect(stderr).not.toContain('b/c');
  });

  it('hosts finds the verdict of a server behind a null in the list', async () => {
    const servers = ['one', 'two'].map((portName) => tlsServer({ host: 'a.example.com', portName }));
    const yaml = gatewayOf({}, 'null', ...servers);
    const { stdout } = await tlsgw(['hosts', '-f', 'g.yaml'], { cwd: folder({ 'g.yaml': yaml }) });
    expect(stdout).toMatch(/a\.example\.com +443 .*error: server-dropped-duplicate-host/);
    expect(stdout).not.toContain('error: schema');
  });

  it('counts the hosts of VirtualServices in the row of the wildcard that serves them', async () => {
    const input = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: t}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: c}
    hosts: ["*/*.x.io", "./*.a.x.io", "b.x.io"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: t}
spec:
  hosts: [one.x.io, two.x.io, one.a.x.io, b.x.io]
  gateways: [g]
  http: [{route: [{destination: {host: web.t}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: t}
spec: {ports: [{port: 80}]}
`;
    const { stdout } = await tlsgw(['hosts', '-f', '-'], { input });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/).join(' | '))).toEqual([
      'HOST | PORT | TLS | CERTIFICATE | ROUTES | VERDICT',
      '*.a.x.io | 443 | SIMPLE | c | 1 | error: destination-host',
      '*.x.io | 443 | SIMPLE | c | 1 | error: destination-host',
      'b.x.io | 443 | SIMPLE | c | 1 | error: destination-host',
      '',
    ]);
    // What is to be pasted names a host that the wildcard takes.
    const only = input.replace(', "./*.a.x.io", "b.x.io"', '');
    const infos = await tlsgw(['lint', '-', '--rule', 'sni-required', '--show-info'], { input: only });
    expect(infos.stdout).toContain('curl --resolve any.x.io:443:ADDRESS https://any.x.io/');
  });

  it('doctor prints the hosts first, lint does not', async () => {
    const input = oracleInput('tutorial-mutual');
    expect((await tlsgw(['doctor', '-f', input])).stdout).toMatch(/^HOST +PORT/);
    expect((await tlsgw(['lint', '-f', input])).stdout).not.toMatch(/^HOST/m);
  });
});
