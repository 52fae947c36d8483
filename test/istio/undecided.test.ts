import { expect, test } from 'vitest';
import { predict } from '../conformance/predict.ts';

const base = `
apiVersion: v1
kind: Pod
metadata: {name: gw, namespace: istio-system, labels: {istio: ingressgateway}}
spec:
  containers: [{name: istio-proxy, args: [proxy, router]}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
`;

const questions = (...documents: string[]) =>
  predict([base, ...documents].join('\n---\n')).flatMap((c) => c.undecided.map((u) => u.question));

test('a plain input leaves nothing open', () => {
  expect(questions()).toEqual([]);
});

test('an EnvoyFilter that reaches the pods can change anything (M5)', () => {
  const filter = (namespace: string, selector: string) => `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: patch, namespace: ${namespace}}
spec: ${selector}
`;
  expect(questions(filter('istio-system', '{workloadSelector: {labels: {istio: ingressgateway}}}'))).toEqual([
    'What does EnvoyFilter istio-system/patch change in the listeners and routes of istio-system/gw?',
  ]);
  expect(questions(filter('istio-system', '{}'))).toHaveLength(1);
  expect(questions(filter('istio-system', '{workloadSelector: {labels: {app: other}}}'))).toEqual([]);
  expect(questions(filter('shop', '{}'))).toEqual([]);
});

const istiod = (name: string, variable: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: istio-system}
spec:
  template:
    spec: {containers: [{name: discovery, env: [${variable}]}]}
`;
const scope = (value: string) => `{name: PILOT_SCOPE_GATEWAY_TO_NAMESPACE, ${value}}`;

test('Gateways of other namespaces, which istiod may leave alone (A9)', () => {
  const asked = /^Does istiod give istio-system\/gw Gateways of other namespaces, such as Gateway shop\/shop\?$/;
  expect(questions(istiod('istiod', scope('valueFrom: {configMapKeyRef: {name: a, key: b}}')))).toEqual([
    expect.stringMatching(asked),
  ]);
  expect(questions(istiod('istiod', scope('value: "true"')), istiod('istiod-canary', ''))).toEqual([
    expect.stringMatching(asked),
  ]);
  for (const value of ['value: "true"', 'value: "false"', 'value: "nonsense"'])
    expect(questions(istiod('istiod', scope(value)))).toEqual([]);
});

test('a Gateway of another namespace is left out where istiod is told so (A9)', () => {
  const listeners = (...documents: string[]) =>
    predict([base, ...documents].join('\n---\n')).flatMap((c) => c.listeners.map((l) => l.port));
  expect(listeners()).toContain(80);
  expect(listeners(istiod('istiod', scope('value: "1"')))).not.toContain(80);
  expect(listeners(istiod('istiod', scope('value: "1"')).replace('istio-system', 'elsewhere'))).toContain(80);
});

test('a revision label that the pods do not have (A5)', () => {
  const labelled = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: canary, namespace: shop, labels: {istio.io/rev: canary}}
spec: {selector: {istio: ingressgateway}, servers: []}
`;
  expect(questions(labelled)).toEqual([
    'Does the istiod of istio-system/gw have revision canary? Another one never sees Gateway shop/canary.',
  ]);
});

test('two Services that lead one port to different targets, without ages (A16)', () => {
  const service = (name: string, target: number, created: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: istio-system${created}}
spec: {selector: {istio: ingressgateway}, ports: [{name: http, port: 80, targetPort: ${target}}]}
`;
  expect(questions(service('a', 8080, ''), service('b', 9090, ''))[0]).toContain(
    'Which Service of istio-system/gw is older',
  );
  expect(questions(service('a', 8080, ''), service('b', 8080, ''))).toEqual([]);
  const [first, second] = [
    ', creationTimestamp: "2026-01-01T00:00:00Z"',
    ', creationTimestamp: "2026-01-02T00:00:00Z"',
  ];
  expect(questions(service('a', 8080, first), service('b', 9090, second))).toEqual([]);
});

test('Services that ask for IPv6 (A22)', () => {
  const service = `
apiVersion: v1
kind: Service
metadata: {name: gw, namespace: istio-system}
spec: {selector: {istio: ingressgateway}, ipFamilyPolicy: PreferDualStack, ports: [{name: http, port: 80}]}
`;
  expect(questions(service)[0]).toContain('IPv4');
});

test('discoverySelectors without the labels of the namespace (rules.md 20)', () => {
  const mesh = `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    discoverySelectors: [{matchLabels: {istio-discovery: enabled}}]
`;
  expect(questions(mesh)[0]).toContain('discoverySelectors');
});

test('Gateway API and Ingress objects that are not compiled (A8, L)', () => {
  const tls = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-system}
spec: {gatewayClassName: istio, listeners: [{name: https, port: 443, protocol: HTTPS}]}
`;
  expect(questions(tls)[0]).toContain('Gateway istio-system/edge');
  const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {ingressClassName: istio, rules: []}
`;
  expect(questions(ingress)[0]).toContain('Ingress shop/web');
  expect(questions(ingress.replace('ingressClassName: istio', 'ingressClassName: nginx'))).toEqual([]);
});

test('a Service that does not translate ports decides nothing (A18)', () => {
  const service = (name: string, target: number, labels: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: istio-system, labels: {${labels}}}
spec: {selector: {istio: ingressgateway}, ports: [{name: http, port: 80, targetPort: ${target}}]}
`;
  const local = service('local', 8081, 'experimental.istio.io/disable-gateway-port-translation: "true"');
  expect(questions(service('gw', 8080, ''), local)).toEqual([]);
});
