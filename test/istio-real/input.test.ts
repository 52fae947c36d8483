import { describe, expect, it } from 'vitest';
import { type Body, body, documentsOf, list } from './documents.ts';
import { inputOf } from './input.ts';

const input = inputOf(
  'one',
  `
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: edge, version: 1}}
    spec:
      containers:
      - name: istio-proxy
        args: [proxy, router]
        env: [{name: ISTIO_META_UNPRIVILEGED_POD, value: "true"}]
        ports: [{containerPort: 8443}]
---
apiVersion: v1
kind: Pod
metadata: {name: app, labels: {app: web}}
spec: {serviceAccountName: web, containers: [{name: web}]}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}, {port: 81, targetPort: http, protocol: UDP}]}}
- {apiVersion: v1, kind: Secret, metadata: {name: token}, type: kubernetes.io/service-account-token}
- {apiVersion: v1, kind: Secret, metadata: {name: shop}, data: {a: b2xk}, stringData: {a: new, b: "1"}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "rootNamespace: other"}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop}
spec: {selector: {istio: first}}
---
apiVersion: networking.istio.io/v1beta1
kind: Gateway
metadata: {name: shop, namespace: default, creationTimestamp: 2026-01-01T00:00:00Z}
spec: {selector: {istio: edge}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: shop}
`,
);
const kubernetes = documentsOf(input.kubernetes);
const named = (kind: string, name: string): Body =>
  kubernetes.find((document) => document['kind'] === kind && body(document['metadata'])['name'] === name)!;

describe("a cluster as the harness's input", () => {
  it('has the gateway pods as they introduce themselves', () => {
    expect(input.gateways).toEqual([
      {
        name: 'edge',
        namespace: 'istio-system',
        serviceAccount: 'default',
        ip: '10.1.0.1',
        labels: { istio: 'edge', version: '1' },
        unprivileged: 'true',
      },
    ]);
  });

  it('has a ready pod for every owner of pods', () => {
    const edge = named('Pod', 'edge');
    expect(list(body(edge['spec'])['containers'])[0]!['ports']).toEqual([{ containerPort: 8443, protocol: 'TCP' }]);
    expect(body(named('Pod', 'app')['spec'])['serviceAccountName']).toBe('web');
  });

  it('has what istiod watches, with the defaults of the API server', () => {
    expect(kubernetes.map(({ kind }) => kind)).toEqual(['Service', 'Secret', 'Pod', 'Pod']);
    expect(body(named('Service', 'web')['spec'])['ports']).toEqual([
      { port: 80, targetPort: 80, protocol: 'TCP' },
      { port: 81, targetPort: 'http', protocol: 'UDP' },
    ]);
    expect(body(named('Secret', 'shop')['data'])).toEqual({ a: 'bmV3', b: 'MQ==' });
  });

  it("has Istio's objects apart, the later of two of one name", () => {
    expect(documentsOf(input.istio)).toEqual([
      {
        apiVersion: 'networking.istio.io/v1beta1',
        kind: 'Gateway',
        metadata: { name: 'shop', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
        spec: { selector: { istio: 'edge' } },
      },
    ]);
    expect(input.mesh).toBe('rootNamespace: other');
  });
});
