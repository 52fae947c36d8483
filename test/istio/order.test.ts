import fc from 'fast-check';
import { expect, test } from 'vitest';
import { predict } from '../conformance/predict.ts';

const workload = `
apiVersion: v1
kind: Pod
metadata: {name: gw, namespace: istio-system, labels: {istio: ingressgateway}}
spec:
  containers: [{name: istio-proxy, args: [proxy, router]}]
`;

const gateway = (namespace: string, name: string, created: string | null) => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: ${namespace}${created === null ? '' : `, creationTimestamp: "${created}"`}}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [a.example.com]
    tls: {mode: SIMPLE, credentialName: c}
`;

const winner = (...documents: string[]) => {
  const [config] = predict([workload, ...documents].join('\n---\n'));
  const [chain] = config!.listeners.flatMap((l) => l.chains);
  return `${chain!.servers[0]!.gateway.id.namespace}/${chain!.servers[0]!.gateway.id.name}`;
};

test('the older Gateway wins, whatever its name (A7)', () => {
  expect(winner(gateway('ns', 'a', '2026-02-01T00:00:00Z'), gateway('ns', 'z', '2026-01-01T00:00:00Z'))).toBe('ns/z');
});

test('equal ages: name, then namespace (A7, N21)', () => {
  const at = '2026-01-01T00:00:00Z';
  expect(winner(gateway('alpha', 'z', at), gateway('zeta', 'a', at))).toBe('zeta/a');
  expect(winner(gateway('zeta', 'g', at), gateway('alpha', 'g', at))).toBe('alpha/g');
  expect(winner(gateway('ns', 'b', '2026-01-01T00:00:00.900Z'), gateway('ns', 'a', '2026-01-01T00:00:00Z'))).toBe(
    'ns/a',
  );
});

test('the order of documents never matters', () => {
  const documents = [
    gateway('ns', 'a', '2026-01-03T00:00:00Z'),
    gateway('ns', 'b', '2026-01-02T00:00:00Z'),
    gateway('m', 'c', null),
    gateway('k', 'c', null),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
      expect(winner(...shuffled)).toBe('k/c');
    }),
    { numRuns: 24 },
  );
});

test('who wins by name only is an open question, not a certainty (M1)', () => {
  const [config] = predict([workload, gateway('ns', 'a', null), gateway('ns', 'b', null)].join('\n---\n'));
  expect(config!.undecided.map((u) => u.question)).toEqual([
    'Which is older in the cluster, Gateway ns/a or Gateway ns/b? The older one wins.',
  ]);
  const at = '2026-01-01T00:00:00Z';
  const [known] = predict([workload, gateway('ns', 'a', at), gateway('ns', 'b', at)].join('\n---\n'));
  expect(known!.undecided).toEqual([]);
});
