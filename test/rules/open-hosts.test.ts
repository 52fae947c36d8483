import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostsMatch } from '../../src/istio/hosts.ts';
import type { Gateway } from '../../src/model/cluster-view.ts';
import { hostsOfGateway } from '../../src/rules/facts/host-index.ts';

const gatewayWith = (hosts: readonly string[]): Gateway =>
  ({
    id: { apiVersion: 'networking.istio.io/v1', kind: 'Gateway', namespace: 'team', name: 'shop' },
    spec: { servers: [{ hosts }] },
  }) as unknown as Gateway;

const label = fc.constantFrom('a', 'b', 'ab');
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const host = fc.oneof(
  name,
  name.map((text) => `*.${text}`),
  fc.constant('*'),
);

test('the hosts of a Gateway that a name meets: those of pairwise comparison, in one order however many there are', () => {
  fc.assert(
    fc.property(fc.array(host, { maxLength: 8 }), host, (hosts, wanted) => {
      const met = (of: readonly string[]) =>
        hostsOfGateway(gatewayWith(of))
          .meeting(wanted)
          .map((open) => open.host)
          .filter((text) => !text.startsWith('filler'));
      const few = met(hosts);
      expect([...few].sort()).toEqual(hosts.filter((text) => hostsMatch(text, wanted)).sort());
      // More than are compared one by one.
      expect(met([...hosts, ...Array.from({ length: 20 }, (_, i) => `filler-${i}.a`)])).toEqual(few);
    }),
    { numRuns: 1000 },
  );
});
