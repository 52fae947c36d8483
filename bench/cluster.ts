// How much a big cluster costs: `node tools/run.mjs bench/cluster.ts [GATEWAYS] [VIRTUAL_SERVICES]`. The API server is a
// process of its own, so that the figures are those of the program alone.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiObject, fakeApi } from '../test/cluster/fake-api.ts';

const [gatewayCount = 5000, virtualServiceCount = 50_000] = process.argv.slice(2).map(Number);
const credentials = 50;
const root = process.cwd();

const copies = (count: number, make: (i: number) => ApiObject): ApiObject[] =>
  Array.from({ length: count }, (_, i) => make(i));
const api = 'networking.istio.io/v1';
const managed = (kind: string) => [{ manager: 'argocd', fieldsV1: { 'f:spec': { [`f:${kind}`]: 'x'.repeat(1500) } } }];

const objects: ApiObject[] = [
  ...copies(100, (i) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${i}` } })),
  ...copies(gatewayCount, (i) => ({
    apiVersion: api,
    kind: 'Gateway',
    metadata: {
      name: `g${i}`,
      namespace: `team-${i % 100}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: managed('gw'),
    },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: [`h${i}.example.com`],
          tls: { mode: 'SIMPLE', credentialName: `c${i % credentials}` },
        },
      ],
    },
  })),
  ...copies(virtualServiceCount, (i) => ({
    apiVersion: api,
    kind: 'VirtualService',
    metadata: {
      name: `v${i}`,
      namespace: `team-${i % 100}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: managed('vs'),
    },
    spec: {
      hosts: [`h${i % gatewayCount}.example.com`],
      gateways: [`team-${(i % gatewayCount) % 100}/g${i % gatewayCount}`],
      http: [
        {
          match: [{ uri: { prefix: `/p${i}/` } }],
          route: [{ destination: { host: `s${i % 500}.team-0.svc.cluster.local` } }],
        },
      ],
    },
  })),
  ...copies(500, (i) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `s${i}`, namespace: 'team-0' },
    spec: { ports: [{ port: 80, name: 'http' }] },
  })),
  ...copies(credentials, (i) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `c${i}`, namespace: 'istio-system' },
    data: { 'tls.crt': 'eA==', 'tls.key': 'eA==' },
  })),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ingress', namespace: 'istio-system' },
    spec: { selector: { istio: 'ingressgateway' }, ports: [{ port: 443, targetPort: 8443 }] },
  },
  ...copies(3, (i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `ingress-abc-${i}`,
      namespace: 'istio-system',
      labels: { istio: 'ingressgateway', 'pod-template-hash': 'abc' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'ingress-abc', controller: true }],
    },
    spec: { containers: [{ name: 'istio-proxy', args: ['proxy', 'router'], ports: [{ containerPort: 8443 }] }] },
    status: { phase: 'Running' },
  })),
];

const server = await fakeApi(objects);
const folder = mkdtempSync(join(tmpdir(), 'tlsgw-bench-'));
const probe = join(folder, 'probe.cjs');
writeFileSync(probe, "process.on('exit', () => console.error('PEAK ' + process.resourceUsage().maxRSS));");

function run(
  args: readonly string[],
): Promise<{ readonly seconds: number; readonly peak: number; readonly bytes: number }> {
  const started = performance.now();
  return new Promise((resolve) => {
    const env = { ...process.env, KUBECONFIG: join(folder, 'none') };
    const child = spawn(process.execPath, ['-r', probe, join(root, 'bin', 'run.js'), ...args, '-s', server.url], {
      env,
    });
    let [bytes, errors] = [0, ''];
    child.stdout.on('data', (part: Buffer) => {
      bytes += part.length;
    });
    child.stderr.on('data', (part: Buffer) => {
      errors += part.toString();
    });
    child.on('close', () => {
      const peak = Number(/PEAK (\d+)/.exec(errors)?.[1] ?? 0) / 1024;
      resolve({ seconds: (performance.now() - started) / 1000, peak, bytes });
    });
  });
}

console.log(`${gatewayCount} Gateways, ${virtualServiceCount} VirtualServices, ${credentials} credentials`);
for (const args of [
  ['listeners', '-q'],
  ['snapshot', '-q'],
  ['doctor', '-q', '-o', 'json'],
]) {
  const before = server.requests.length;
  const { seconds, peak, bytes } = await run(args);
  const asked = server.requests.slice(before);
  const secrets = asked.filter((r) => r.includes('/secrets/')).length;
  console.log(
    `${args[0]}: ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MB, ${asked.length} requests (${secrets} for Secrets), ${(bytes / 1e6).toFixed(1)} MB of output`,
  );
}
await server.close();
