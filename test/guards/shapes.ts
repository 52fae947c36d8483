import { makeLeaf } from '../../src/pages/certificates.ts';

const times = (n: number, make: (i: number) => string): string => Array.from({ length: n }, (_, i) => make(i)).join('');

const PODS = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  template:
    metadata: {labels: {istio: ingressgateway}, annotations: {inject.istio.io/templates: gateway}}
    spec: {containers: [{name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: app, namespace: shop}
spec: {selector: {app: app}, ports: [{name: http, port: 80}]}
`;

interface Server {
  readonly hosts: readonly string[];
  readonly credential?: string;
  readonly mode?: string;
  readonly name?: string;
  readonly port?: number;
}

const server = ({ hosts, credential = 'cert', mode = 'SIMPLE', name = 'https', port = 443 }: Server): string => `
  - port: {number: ${port}, name: ${name}, protocol: ${mode === 'PASSTHROUGH' ? 'TLS' : 'HTTPS'}}
    hosts: ${JSON.stringify(hosts)}
    tls: {mode: ${mode}${mode === 'PASSTHROUGH' ? '' : `, credentialName: ${credential}`}}`;

const gateway = (name: string, servers: readonly Server[]): string => `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:${servers.map(server).join('')}
`;

const route = (name: string, host: string, bound: string, rules: string): string => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: shop}
spec:
  hosts: ["${host}"]
  gateways: [istio-system/${bound}]
${rules}`;

const to = '[{destination: {host: app, port: {number: 80}}}]';
const http = (match = ''): string => `  http:\n  - ${match}route: ${to}\n`;

const made = makeLeaf({ cn: 'shop.example.com', sans: ['*.example.com'] });
const data = `{tls.crt: ${made.bytes.toString('base64')}, tls.key: ${made.key().toString('base64')}}`;
const secret = (name: string): string => `---
apiVersion: v1
kind: Secret
metadata: {name: ${name}, namespace: istio-system}
type: kubernetes.io/tls
data: ${data}
`;

const indexes = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Inputs of any size, most of them the worst case of some comparison. */
export const shapes: Readonly<Record<string, (n: number) => string>> = {
  'a mesh: Gateways with a VirtualService and a Secret each': (n) =>
    PODS +
    times(
      n,
      (i) =>
        gateway(`gw-${i}`, [{ hosts: [`*.s${i}.example.com`], credential: `cert-${i}` }]) +
        route(`vs-${i}`, `a.s${i}.example.com`, `gw-${i}`, http()) +
        secret(`cert-${i}`),
    ),
  'one server with many hosts, a VirtualService for each': (n) =>
    PODS +
    secret('cert') +
    gateway('gw', [{ hosts: indexes(n).map((i) => `s${i}.example.com`) }]) +
    times(n, (i) => route(`vs-${i}`, `s${i}.example.com`, 'gw', http())),
  'one Gateway with many servers, a VirtualService for each': (n) =>
    PODS +
    secret('cert') +
    gateway(
      'gw',
      indexes(n).map((i) => ({ hosts: [`s${i}.example.com`], name: `https-${i}` })),
    ) +
    times(n, (i) => route(`vs-${i}`, `s${i}.example.com`, 'gw', http())),
  'one wildcard server with many VirtualServices': (n) =>
    PODS +
    secret('cert') +
    gateway('gw', [{ hosts: ['*.example.com'] }]) +
    times(n, (i) => route(`vs-${i}`, `s${i}.example.com`, 'gw', http())),
  'many Gateways with the same wildcard': (n) =>
    PODS +
    secret('cert') +
    times(n, (i) => gateway(`gw-${i}`, [{ hosts: ['*.example.com'] }])) +
    times(n, (i) => route(`vs-${i}`, `s${i}.example.com`, `gw-${i}`, http())),
  'many routes in one virtual host': (n) =>
    PODS +
    secret('cert') +
    gateway('gw', [{ hosts: ['s.example.com'] }]) +
    route(
      'vs',
      's.example.com',
      'gw',
      `  http:\n${times(n, (i) => `  - {match: [{uri: {prefix: /p${i}/}}], route: ${to}}\n`)}`,
    ),
  'many VirtualServices of one host': (n) =>
    PODS +
    secret('cert') +
    gateway('gw', [{ hosts: ['s.example.com'] }]) +
    times(n, (i) => route(`vs-${i}`, 's.example.com', 'gw', http(`match: [{uri: {prefix: /p${i}/}}]\n    `))),
  'many Secrets with one certificate': (n) =>
    PODS +
    times(
      n,
      (i) => gateway(`gw-${i}`, [{ hosts: [`s${i}.example.com`], credential: `cert-${i}` }]) + secret(`cert-${i}`),
    ),
  'many passthrough servers on one port': (n) =>
    PODS +
    times(
      n,
      (i) =>
        gateway(`gw-${i}`, [{ hosts: [`s${i}.example.com`], mode: 'PASSTHROUGH', name: 'tls' }]) +
        route(
          `vs-${i}`,
          `s${i}.example.com`,
          `gw-${i}`,
          `  tls:\n  - {match: [{sniHosts: [s${i}.example.com]}], route: ${to}}\n`,
        ),
    ),
  'one Gateway with many passthrough servers': (n) =>
    PODS +
    gateway(
      'gw',
      indexes(n).map((i) => ({ hosts: [`s${i}.example.com`], mode: 'PASSTHROUGH', name: `tls-${i}` })),
    ) +
    times(n, (i) =>
      route(
        `vs-${i}`,
        `s${i}.example.com`,
        'gw',
        `  tls:\n  - {match: [{sniHosts: [s${i}.example.com]}], route: ${to}}\n`,
      ),
    ),
  'one server with many hosts, and VirtualServices for wildcards': (n) =>
    PODS +
    secret('cert') +
    gateway('gw', [{ hosts: indexes(n).map((i) => `a.s${i}.example.com`) }]) +
    times(n, (i) => route(`vs-${i}`, `*.s${i}.example.com`, 'gw', http())),
};
