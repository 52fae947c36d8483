import { appendFileSync, writeFileSync } from 'node:fs';
import { makeLeaf } from '../src/pages/certificates.ts';

/** VirtualServices per Gateway. */
export const ROUTES = 10;
/** Namespaces of teams, each with one Service. */
const TEAMS = 97;

/** `now` of every run: the certificates are valid for most of the two years around it. */
export const NOW = '2026-06-01T00:00:00Z';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const SURROUNDINGS = `apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  template:
    metadata:
      labels: {istio: ingressgateway, app: istio-ingressgateway}
      annotations: {inject.istio.io/templates: gateway}
    spec:
      serviceAccountName: istio-ingressgateway
      containers: [{name: istio-proxy, image: auto, ports: [{containerPort: 8443}]}]
---
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  type: LoadBalancer
  selector: {istio: ingressgateway}
  ports: [{name: https, port: 443, targetPort: 8443}]
`;

const service = (team: number): string => `apiVersion: v1
kind: Service
metadata: {name: app, namespace: team-${team}}
spec:
  selector: {app: app}
  ports: [{name: http, port: 8080, targetPort: 8080}]
`;

const gateway = (i: number): string => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: gw-${i}
  namespace: istio-system
spec:
  selector:
    istio: ingressgateway
  servers:
  - port:
      number: 443
      name: https
      protocol: HTTPS
    hosts:
    - "*.shop-${i}.example.com"
    tls:
      mode: SIMPLE
      credentialName: cert-${i}
`;

const virtualService = (i: number, route: number): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: vs-${i}-${route}
  namespace: team-${i % TEAMS}
spec:
  hosts: [app-${route}.shop-${i}.example.com]
  gateways: [istio-system/gw-${i}]
  http:
  - route:
    - destination: {host: app, port: {number: 8080}}
`;

function secret(i: number): string {
  // Every hundredth certificate names another host, so that findings take part.
  const name = i % 100 === 50 ? `*.other-${i}.example.com` : `*.shop-${i}.example.com`;
  const made = makeLeaf({ cn: name, sans: [name], notBefore: '2026-01-01', notAfter: '2028-01-01' });
  return `apiVersion: v1
kind: Secret
metadata:
  name: cert-${i}
  namespace: istio-system
type: kubernetes.io/tls
data:
  tls.crt: ${base64(made.bytes)}
  tls.key: ${base64(made.key())}
`;
}

/** Writes a mesh of so many Gateways, each with its VirtualServices and its Secret, into one file. */
export function writeMesh(path: string, gateways: number): void {
  const teams = Array.from({ length: Math.min(TEAMS, gateways) }, (_, team) => service(team));
  writeFileSync(path, [SURROUNDINGS, ...teams].join('---\n'));
  for (let i = 0; i < gateways; i++) {
    const routes = Array.from({ length: ROUTES }, (_, route) => virtualService(i, route));
    appendFileSync(path, ['', gateway(i), secret(i), ...routes].join('---\n'));
  }
}

/** Writes files as a repository holds them before a merge: one Gateway with its VirtualServices each, and its Secret. */
export function writeRepository(folder: string, files: number): void {
  writeFileSync(`${folder}/base.yaml`, [SURROUNDINGS, service(0)].join('---\n'));
  for (let i = 1; i < files; i++) {
    const routes = Array.from({ length: ROUTES }, (_, route) => virtualService(i, route));
    writeFileSync(`${folder}/shop-${i}.yaml`, [gateway(i), secret(i), ...routes].join('---\n'));
  }
}

/** Writes Secrets alone, each with a certificate of its own and a Gateway that uses it. */
export function writeCertificates(path: string, count: number): void {
  writeFileSync(path, SURROUNDINGS);
  for (let i = 0; i < count; i++) appendFileSync(path, ['', gateway(i), secret(i)].join('---\n'));
}
