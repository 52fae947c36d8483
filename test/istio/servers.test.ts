import { describe, expect, it } from 'vitest';
import { listenersTable } from '../../src/render/listeners-table.ts';
import { predict } from '../conformance/predict.ts';

/** A gateway pod, a VirtualService with a TCP route for every host, and a Gateway with these servers. */
const cluster = (servers: string, env = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec:
      containers:
      - {name: istio-proxy, args: [proxy, router], env: [${env}]}
---
apiVersion: v1
kind: Service
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  ports: [{name: https, port: 443, targetPort: 443}]
---
apiVersion: v1
kind: Service
metadata: {name: app, namespace: shop}
spec:
  ports: [{name: tcp, port: 9000}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: tcp, namespace: shop}
spec:
  hosts: ["*"]
  gateways: [g]
  tcp:
  - route: [{destination: {host: app, port: {number: 9000}}}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
${servers}
`;

/** The rows of the listeners table between the heading and the two static listeners. */
function rowsOf(yaml: string): string[] {
  const [config] = predict(yaml);
  const rows = listenersTable(config!, { now: new Date('2026-12-01T00:00:00Z') })
    .trimEnd()
    .split('\n');
  return rows.slice(1, -2).map((row) => row.replace(/ +/g, ' '));
}

// What istiod's own code and istioctl's printer answered (npm run test:istio).
describe('the listeners of a gateway', () => {
  it('hold the chains of a plain server twice where it replaced TLS servers of its protocol', () => {
    const servers = `  - port: {number: 443, name: a, protocol: HTTPS}
    hosts: [a.example.com]
    tls: {mode: SIMPLE, credentialName: c}
  - port: {number: 443, name: t, protocol: TLS}
    hosts: [t.example.com]
    tls: {mode: SIMPLE, credentialName: c}
  - port: {number: 443, name: b, protocol: HTTPS}
    hosts: [b.example.com]`;
    expect(rowsOf(cluster(servers))).toEqual([
      '0.0.0.0 443 ALL Cluster: outbound|9000||app.shop.svc.cluster.local',
      '0.0.0.0 443 SNI: t.example.com Cluster: outbound|9000||app.shop.svc.cluster.local',
      '0.0.0.0 443 ALL Cluster: outbound|9000||app.shop.svc.cluster.local',
    ]);
  });

  it.each([
    [0, '127.0.0.1', '127.0.0.1 0 ALL Route: http.0.127.0.0.1', '127.0.0.1'],
    [0, 'unix:///run/gw.sock', '/run/gw.sock 0 ALL Route: http.0.unix:///run/gw.sock', '/run/gw.sock'],
    [8080, 'unix:///run/gw.sock', 'unix:///run/gw.sock 8080 ALL Route: http.8080.unix:///run/gw.sock', null],
  ])('are pipes on port 0 only: port %i, bind %s', (port, bind, row, pipe) => {
    const yaml = cluster(`  - port: {number: ${port}, name: a, protocol: HTTP}
    hosts: [a.example.com]
    bind: ${bind}`);
    expect(rowsOf(yaml)).toEqual([row]);
    expect(predict(yaml)[0]!.listeners.map((l) => l.pipe)).toEqual([pipe]);
  });

  it.each([
    ['"true"', '"false"', 1],
    ['"false"', '"true"', 0],
  ])('follow the last of two variables of one name: %s, %s', (first, second, count) => {
    const env = [first, second].map((value) => `{name: ISTIO_META_UNPRIVILEGED_POD, value: ${value}}`).join(', ');
    const http = `  - port: {number: 443, name: a, protocol: HTTP}
    hosts: [a.example.com]`;
    expect(rowsOf(cluster(http, env))).toHaveLength(count);
  });
});
