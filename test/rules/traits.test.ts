import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterView, VirtualService } from '../../src/model/cluster-view.ts';
import { domainProblem } from '../../src/rules/facts/host-names.ts';
import { type Traits, traitsOf } from '../../src/rules/facts/traits.ts';

/** What is known of a VirtualService with this spec. */
function traits(spec: VirtualService['spec']): (keyof Traits)[] {
  const virtualService = { id: { name: 'vs', namespace: 'ns' }, spec } as VirtualService;
  const found = traitsOf({ virtualServices: [virtualService] } as unknown as ClusterView);
  return (Object.keys(found) as (keyof Traits)[]).filter((trait) => found[trait].length > 0);
}

const label = fc.stringMatching(/^[*]?[-a-zA-Z0-9_]{0,70}$/);
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.')),
  fc.domain(),
  fc.ipV4(),
  fc.ipV6(),
  fc.webUrl(),
  fc.string(),
);

test('every host that a rule minds is odd, and ordinary hosts are not', () => {
  fc.assert(
    fc.property(host, (written) => {
      const isMinded = domainProblem(written) !== null || written.endsWith('.');
      if (isMinded) expect(traits({ hosts: [written], gateways: ['g'] })).toContain('oddHosts');
    }),
    { numRuns: 1000 },
  );
  for (const plain of ['shop.example.com', '*.example.com', 'a-1.b2.example.co'])
    expect(traits({ hosts: [plain], gateways: ['g'] })).toEqual([]);
});

test('what rules look for puts a VirtualService on their lists', () => {
  const route = [{ destination: { host: 'app' } }];
  const base = { hosts: ['shop.example.com'], gateways: ['g'] };
  expect(traits({ ...base, http: [{ route }] })).toEqual([]);
  expect(traits({ ...base, http: [{ match: [{ port: 443 }], route }] })).toEqual(['choosy', 'patterned']);
  expect(traits({ ...base, tcp: [{ match: [{ gateways: ['h'] }], route }] })).toEqual(['withoutHttp', 'choosy']);
  expect(traits({ ...base, tls: [{ match: [{ sniHosts: ['a'] }], route }] })).toEqual(['tls', 'withoutHttp']);
  expect(traits({ ...base, http: [{ route }], tls: [{ route }] })).toEqual(['tls']);
  expect(traits({ ...base, http: [{ redirect: {} }] })).toEqual(['redirecting']);
  expect(traits({ ...base, tls: [{ route: [...route, ...route] }] })).toEqual(['tls', 'withoutHttp', 'splitting']);
  expect(traits({ hosts: ['a.example.com', 'b.example.com'] })).toEqual(['withoutGateways', 'severalHosts']);
});
