import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../cluster/certificates.ts';
import { clusterOfCase } from '../cluster/cluster.ts';
import { dumpOf, recorded } from '../cluster/config-dump.ts';
import { type FakeApi, fakeApi } from '../cluster/fake-api.ts';
import { binary, environment, folder, oracleInput, root, tlsgw } from './run.ts';

const name = 'tutorial-all-three-at-once';
let api: FakeApi;
let kubeconfig: string;
let path: string;

const tls = selfSigned('localhost', 'DNS:localhost,IP:127.0.0.1');

const configFor = (server: string) => `apiVersion: v1
kind: Config
current-context: dev
contexts:
- {name: dev, context: {cluster: here, user: me, namespace: test}}
- {name: gone, context: {cluster: gone, user: me}}
- {name: stranger, context: {cluster: here, user: stranger}}
clusters:
- {name: here, cluster: {server: "${server}", certificate-authority-data: ${Buffer.from(tls.cert).toString('base64')}}}
- {name: gone, cluster: {server: "http://127.0.0.1:1"}}
users:
- {name: me, user: {token: the-token}}
- {name: stranger, user: {token: other}}
`;

beforeAll(async () => {
  api = await fakeApi(clusterOfCase(name), { token: 'the-token', tls });
  kubeconfig = join(folder({ config: configFor(api.url) }), 'config');
  path = mkdtempSync(join(tmpdir(), 'tlsgw-test-path-'));
  symlinkSync(binary, join(path, 'kubectl-tlsgw'));
  symlinkSync(join(root, 'bin', 'kubectl_complete-tlsgw.js'), join(path, 'kubectl_complete-tlsgw'));
  for (const file of ['run.js', 'kubectl_complete-tlsgw.js']) chmodSync(join(root, 'bin', file), 0o755);
});
afterAll(() => api.close());

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The plugin as kubectl finds and runs it. */
function kubectl(...args: readonly string[]): Promise<Run> {
  const env = environment({ KUBECONFIG: kubeconfig });
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', args, { env: { ...env, PATH: `${path}:${env['PATH']}` } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (part) => {
      stdout += part;
    });
    child.stderr.on('data', (part) => {
      stderr += part;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
const live = (...args: readonly string[]) => tlsgw(args, { env: { KUBECONFIG: kubeconfig } });
const findingsOf = ({ stdout }: { readonly stdout: string }) =>
  (JSON.parse(stdout) as { findings: { rule: string; message: string; resource: { namespace: string } }[] }).findings;

describe('through kubectl', () => {
  it('the fake API server satisfies kubectl itself', async () => {
    const { code, stdout } = await kubectl('get', 'gateways.networking.istio.io', '-A', '-o', 'name');
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });

  it('doctor reads the cluster of the current context', async () => {
    const { code, stdout, stderr } = await kubectl('tlsgw', 'doctor');
    expect({ code, trace: stderr.includes('    at ') }).toEqual({ code: 1, trace: false });
    expect(stdout).toContain('error[server-dropped-duplicate-host]');
    expect(stdout).toContain('of cluster dev, 1 gateway workload, for Istio 1.30');
  });

  it.each([
    [['--context', 'dev']],
    [['--context=dev', '-A']],
    [['-A', '--all-namespaces=true']],
    [['--kubeconfig', 'KUBECONFIG']],
  ])('doctor %j finds the same', async (flags) => {
    const words = flags.map((flag) => (flag === 'KUBECONFIG' ? kubeconfig : flag));
    const [plain, other] = [
      await kubectl('tlsgw', 'doctor', '-o', 'json'),
      await kubectl('tlsgw', 'doctor', '-o', 'json', ...words),
    ];
    expect(other.code).toBe(1);
    expect(findingsOf(other)).toEqual(findingsOf(plain));
  });

  it('-n narrows what is reported, not what is read', async () => {
    const all = findingsOf(await kubectl('tlsgw', 'doctor', '-o', 'json'));
    const own = findingsOf(await kubectl('tlsgw', 'doctor', '-o', 'json', '-n', 'istio-system'));
    const nowhere = await kubectl('tlsgw', 'doctor', '-n', 'nowhere');
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThan(all.length);
    expect(nowhere.code).toBe(0);
    // A slip in the name must not look like a namespace without defects.
    expect(nowhere.stderr).toContain('note: nothing of namespace nowhere was read: does it exist?\n');
  });

  it('another context that does not answer: one line, exit 4', async () => {
    const { code, stdout, stderr } = await kubectl('tlsgw', 'doctor', '--context', 'gone');
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toBe(
      'error: the API server http://127.0.0.1:1 (context gone) cannot be reached: connection refused\n',
    );
  });

  it('wrong credentials: exit 4, and the token is not shown', async () => {
    const { code, stderr } = await kubectl('tlsgw', 'doctor', '--context', 'stranger', '-v', '9');
    expect(code).toBe(4);
    expect(stderr).toContain('refuses the credentials of the kubeconfig: 401 Unauthorized');
    expect((await kubectl('tlsgw', 'doctor', '--token', 'geheim')).stderr).not.toContain('geheim');
  });

  it('completes contexts, namespaces and rules', async () => {
    const complete = async (...words: readonly string[]) =>
      (await kubectl('__complete', 'tlsgw', ...words)).stdout.trim().split('\n');
    expect(await complete('doctor', '--context', 'd')).toEqual(['dev', ':4']);
    expect(await complete('doctor', '-n', 'is')).toEqual(['istio-system', ':4']);
    expect(await complete('listeners', '--context', 'gone', '-n', '')).toEqual([':4']);
    expect((await complete('doctor', '--rule', 'gateway-sa'))[0]).toMatch(/^gateway-sa-cannot-list-secrets\t/);
    expect(await complete('sn')).toContainEqual(expect.stringMatching(/^snapshot\t/));
  });
});

describe('the tables', () => {
  it.each(['listeners', 'routes', 'secrets'])('%s is that of the files', async (table) => {
    const [cluster, files] = [await live(table), await tlsgw([table, '-f', oracleInput(name)])];
    expect(cluster.stdout).toBe(files.stdout);
    expect(cluster.code).toBe(files.code);
  });

  it.each(['certs', 'hosts', 'all', 'trace https://httpbin.example.com/'])('%s reads the cluster', async (line) => {
    const { code, stdout } = await live(...line.split(' '));
    expect([0, 1]).toContain(code);
    expect(stdout).toContain('httpbin');
  });
});

describe('Secrets that may not be read', () => {
  let hidden: FakeApi;
  let config: string;
  beforeAll(async () => {
    hidden = await fakeApi(clusterOfCase(name), {
      token: 'the-token',
      tls,
      allow: ({ resource }) => resource !== 'secrets',
    });
    config = join(folder({ config: configFor(hidden.url) }), 'config');
  });
  afterAll(() => hidden.close());

  it('are unknown in the table of certs, and not missing', async () => {
    const { stdout } = await tlsgw(['certs', '--kubeconfig', config]);
    expect(stdout).not.toContain('there is no Secret');
    expect(stdout).toMatch(/Secret istio-system\/\S+ cannot be read \(secrets in istio-system: forbidden for/);
    const { stdout: json } = await tlsgw(['certs', '-o', 'json', '--kubeconfig', config]);
    expect(json).toContain('"verdict": "undecided"');
  });

  it.each(['text', 'json'])(
    'keep their form in the table of secrets (%s), and a note says what it stands for',
    async (format) => {
      const { stdout, stderr } = await tlsgw(['secrets', '-o', format, '--kubeconfig', config]);
      expect(stdout).toContain(format === 'text' ? 'WARMING' : 'not delivered');
      expect(stderr).toMatch(
        /note: WARMING stands for what is unknown here:\n {2}kubernetes:\S+: secrets in istio-system: forbidden for/,
      );
    },
  );

  it('leave a handshake undecided', async () => {
    const { stdout } = await tlsgw(['trace', 'https://httpbin.example.com/', '--kubeconfig', config]);
    expect(stdout).toContain('forbidden for');
  });
});

describe('-n beside a table of hosts', () => {
  it('shows the hosts that touch the namespace, with the verdict that they have without it', async () => {
    const rows = async (...flags: readonly string[]) =>
      (await live('hosts', ...flags)).stdout.trim().split('\n').slice(1);
    const all = await rows();
    expect(all.length).toBeGreaterThan(0);
    expect(all.join('\n')).toContain('error:');
    const own = await rows('-n', 'test');
    expect(own.map((row) => row.replace(/ +/g, ' '))).toEqual(all.map((row) => row.replace(/ +/g, ' ')));
    expect(await rows('-n', 'nowhere')).toEqual([]);
  });
});

describe('waiting', () => {
  const silent = async () => {
    const server = await fakeApi([], { fault: () => true });
    return { server, config: join(folder({ config: configFor(server.url) }), 'config') };
  };

  it('ends at the time limit', async () => {
    const { server, config } = await silent();
    const started = Date.now();
    const { code, stderr } = await tlsgw(['doctor', '--kubeconfig', config, '--request-timeout', '700ms']);
    await server.close();
    expect(code).toBe(4);
    expect(stderr).toMatch(/^error: the API server \S+ \(context dev\) does not answer within 0.7 s\n/);
    expect(Date.now() - started).toBeLessThan(4000);
  });

  it('ends at Ctrl-C with 130', async () => {
    const { server, config } = await silent();
    const child = spawn(process.execPath, [binary, 'doctor', '--kubeconfig', config], { env: environment() });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const started = Date.now();
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(Date.now() - started).toBeLessThan(1000);
    await server.close();
  });

  it('wants a time that can be understood', async () => {
    expect((await live('doctor', '--request-timeout', 'soon')).code).toBe(2);
  });
});

describe('a snapshot', () => {
  it('gives doctor the same findings, and holds no key', async () => {
    const { code, stdout } = await live('snapshot', '-q');
    expect(code).toBe(0);
    const file = join(folder({ 'snapshot.yaml': stdout }), 'snapshot.yaml');
    const plain = (run: { readonly stdout: string }) =>
      findingsOf(run)
        .map((f) => `${f.rule} ${f.message}`)
        .sort();
    const now = ['--now', '2026-11-22T00:00:00Z', '-o', 'json'];
    expect(plain(await tlsgw(['doctor', '-f', file, ...now]))).toEqual(plain(await live('doctor', ...now)));
    const keys = [...readFileSync(oracleInput(name), 'utf8').matchAll(/tls\.key: (\S+)/g)].map(([, key = '']) => key);
    const pems = keys.map((key) => Buffer.from(key, 'base64').toString().split('\n')[2] ?? '');
    expect(pems.length).toBeGreaterThan(0);
    const outputs = [
      stdout,
      (await live('doctor', '-v', '9', '--show-info')).stdout,
      (await live('all')).stdout,
      (await live('certs', '-o', 'json')).stdout,
    ];
    for (const text of outputs) for (const secret of [...keys, ...pems]) expect(text).not.toContain(secret);
  });
});

describe('diff', () => {
  const certificates = (sha256: string) => (sha256 === '' ? '' : null);
  it('of a dump that is as predicted says so in one line', async () => {
    const config = { ...recorded('b16-http-first', 'istio-system.istio-ingressgateway') };
    const dump = join(folder({ 'dump.json': JSON.stringify(dumpOf(config, certificates)) }), 'dump.json');
    const same = await tlsgw(['diff', '-f', oracleInput('b16-http-first'), '--config-dump', dump]);
    expect(same.stdout).toMatch(
      /^No difference: the Envoy of istio-system\/istio-ingressgateway \(\S+dump.json\) is as predicted: .*\n$/,
    );
    expect(same.code).toBe(0);
    const [, ...rest] = config.listeners;
    writeFileSync(dump, JSON.stringify(dumpOf({ ...config, listeners: rest }, certificates)));
    const other = await tlsgw(['diff', '-f', oracleInput('b16-http-first'), '--config-dump', dump]);
    expect(other.code).toBe(1);
    expect(other.stdout).toContain('listener-missing');
    const unread = join(folder({ 'bad.yaml': 'kind: Service\n  metadata: {}\n' }), 'bad.yaml');
    const partly = await tlsgw(['diff', '-f', oracleInput('b16-http-first'), '-f', unread, '--config-dump', dump]);
    expect({ ...partly, stderr: /bad\.yaml:2:\d+: /.test(partly.stderr) }).toEqual({ ...other, code: 3, stderr: true });
  });

  it.each([
    [['-f', '.'], 2, 'there is no pod to compare with'],
    [['-f', oracleInput(name), '--config-dump', '/nope'], 3, '/nope: no such file'],
    [['-f', oracleInput(name), '--config-dump', oracleInput(name)], 3, 'this is no JSON'],
  ])('%j: exit %i', async (args, exit, text) => {
    const { code, stderr } = await tlsgw(['diff', ...args]);
    expect({ code, said: stderr.includes(text) }).toEqual({ code: exit, said: true });
  });

  it('without a port-forward says how to do it by hand', async () => {
    const { code, stderr } = await live('diff', '--request-timeout', '3s');
    expect(code).toBe(4);
    expect(stderr).toMatch(/port 15000 of pod istio-system\/istio-ingressgateway-\S+ cannot be reached/);
    expect(stderr).toContain('port-forward');
  });
});
