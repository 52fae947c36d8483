import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import type { RegexTest } from '../../src/envoy/match.ts';
import { trace } from '../../src/envoy/trace.ts';
import type { Call, Trace } from '../../src/model/trace.ts';
import { configPath } from '../../src/render/config-path.ts';
import { predict, recordedNow } from '../conformance/predict.ts';
import { type RecordedCall, recordedTraces } from './traces.ts';

const regex: RegexTest = (pattern, text) => RE2JS.compile(pattern).matches(text);

/** The recorded client certificates all carry client.example.com; the mesh's also a SPIFFE name (README). */
const clientNames = (name: string) =>
  name === 'mesh' ? ['client.example.com', 'spiffe://cluster.local/ns/c/sa/c'] : ['client.example.com'];

function callOf(recorded: RecordedCall): Call {
  const { tls } = recorded;
  return {
    ...recorded,
    tls: tls && {
      sni: tls.sni,
      alpn: tls.alpn ?? [],
      maxVersion: 'TLSv1_3',
      certificate: tls.clientCert ? { authority: tls.clientCert, subjectAltNames: clientNames(tls.clientCert) } : null,
    },
  };
}

/** The fields of `observed` that a trace predicts, where the README says they are comparable. */
function predicted(result: Trace, observed: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const chance = observed['weighted'] !== undefined;
  const missing = chance && (observed['weighted'] as { missing?: boolean }[]).some((w) => w.missing);
  const host = result.virtualHost && {
    config: result.virtualHost.configuration.name,
    virtualHost: result.virtualHost.host.name,
  };
  const all: Record<string, unknown> = {
    outcome: result.outcome,
    status: result.status,
    chain: result.chain?.index,
    route: result.route && { ...host, index: result.route.index },
    virtualHost: result.route ? undefined : host,
    virtualService: result.route && configPath(result.route.route),
    cluster: result.cluster,
    weighted: result.weighted,
    redirect: result.redirect,
  };
  if (chance) delete all['cluster'];
  if (missing) delete all[result.chain?.chain.target.kind === 'http' ? 'status' : 'outcome'];
  return all;
}

const comparable = (o: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  JSON.stringify(keys.map((k) => [k, o[k]]));

test('every request that a real Envoy handled goes the predicted way', () => {
  const wrong: unknown[] = [];
  let calls = 0;
  for (const recorded of recordedTraces()) {
    const config = predict(recorded.yaml).find(
      (c) => `${c.workload.namespace}.${c.workload.name}` === recorded.workload,
    )!;
    for (const call of recorded.calls) {
      calls++;
      const ours = predicted(trace(callOf(call), { config, regex, now: recordedNow }), call.observed);
      const keys = Object.keys(ours);
      if (comparable(ours, keys) !== comparable(call.observed, keys)) wrong.push({ name: recorded.name, call, ours });
    }
  }
  console.log(`traces: ${calls - wrong.length} of ${calls} requests agree`);
  expect(calls).toBe(2345);
  expect(
    wrong
      .slice(0, 5)
      .map((w) => JSON.stringify(w, null, 1))
      .join('\n'),
  ).toBe('');
});

/** Measured with Envoy 1.38.3 (`npm run test:envoy -- --random`), and in no recorded trace. */
const measured = `
apiVersion: v1
kind: Pod
metadata: {name: gw, namespace: istio-system, labels: {istio: ingressgateway}}
spec:
  containers: [{name: istio-proxy, args: [proxy, router]}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 8080, name: http, protocol: HTTP}
    hosts: [shop.example.com]
  - port: {number: 9443, name: tls, protocol: TLS}
    hosts: [shop.example.com]
    tls: {mode: ISTIO_MUTUAL}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: istio-system}
spec:
  hosts: [shop.example.com]
  gateways: [g]
  http:
  - route: [{destination: {host: gone, port: {number: 80}}}]
  tcp:
  - match: [{port: 9443}]
    route: [{destination: {host: gone, port: {number: 80}}}]
`;

test.each([
  ['an empty Host header is a name that no virtual host has', { port: 8080, tls: null, host: '' }, 'response', 404],
  ['no Host header is a bad request', { port: 8080, tls: null, host: null }, 'response', 400],
  ['a TCP chain without its cluster hangs up before it asks for a certificate', { port: 9443 }, 'reset', undefined],
  ['and before it looks at plain text', { port: 9443, tls: null }, 'reset', undefined],
])('%s', (_, call, outcome, status) => {
  const tls = { sni: 'shop.example.com', alpn: [], maxVersion: 'TLSv1_3' as const, certificate: null };
  const base: Call = { address: '0.0.0.0', port: 0, tls, host: 'x', path: '/', method: 'GET', headers: {} };
  const [config] = predict(measured);
  const ended = trace({ ...base, ...call }, { config: config!, regex, now: recordedNow });
  expect([ended.outcome, ended.status]).toEqual([outcome, status]);
});
