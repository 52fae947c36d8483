// The API server of a big cluster, in a process of its own, so that its work and memory are not those of the measured
// program: `node tools/run.mjs bench/api-server.ts GATEWAYS VIRTUAL_SERVICES`. Prints its address; ends with its stdin.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiObject, fakeApi } from '../test/cluster/fake-api.ts';

const [gatewayCount = 0, virtualServiceCount = 0] = process.argv.slice(2).map(Number);
const credentials = 50;

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

const { server, url } = await fakeApi(objects);
const [answer] = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];

/** Answers that were given, by what was asked: what the server costs is not what is measured. */
const given = new Map<string, Buffer>();
let asked: { readonly method: string; readonly url: string; readonly accept: string }[] = [];

server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
  const { method = '', url: path = '', headers } = request;
  if (path === '/asked') {
    // The one who asks is too busy with its measuring to notice that an idle connection ends.
    response.writeHead(200, { connection: 'close' }).end(JSON.stringify(asked));
    asked = [];
    return;
  }
  const accept = headers.accept ?? '*/*';
  asked.push({ method, url: path, accept });
  const key = `${path} ${accept}`;
  const before = method === 'GET' ? given.get(key) : undefined;
  if (before) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(before);
    return;
  }
  const end = response.end.bind(response);
  response.end = ((text: string) => {
    if (method === 'GET' && response.statusCode === 200) given.set(key, Buffer.from(text));
    return end(text);
  }) as typeof response.end;
  answer?.(request, response);
});

console.log(url);
process.stdin.resume().on('end', () => process.exit());
