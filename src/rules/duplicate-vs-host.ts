import { hostsMatch } from '../istio/hosts.ts';
import { resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'duplicate-vs-host',
  summary: 'Two hosts of one VirtualService overlap: the admission webhook refuses it',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const vs of traitsOf(view).severalHosts) {
      for (const { index, host, earlier, other } of overlaps(vs.spec.hosts ?? [])) {
        yield {
          kind: 'problem',
          message:
            host === other
              ? `${resourceText(vs.id)} has host ${host} twice`
              : `hosts ${other} and ${host} of ${resourceText(vs.id)} overlap: one covers the other`,
          at: { resource: vs, path: ['spec', 'hosts', index] },
          related: [{ at: { resource: vs, path: ['spec', 'hosts', earlier] }, message: `overlaps with ${host}` }],
          symptom: `kubectl apply: admission webhook "validation.istio.io" denied the request: duplicate hosts in virtual service: ${other} & ${host}`,
          remedy: patchObject(vs, 'remove', [
            'spec',
            'hosts',
            host.startsWith('*') && !other.startsWith('*') ? earlier : index,
          ]),
        };
      }
    }
  },
});

interface Overlap {
  readonly index: number;
  readonly host: string;
  readonly earlier: number;
  readonly other: string;
}

/** The later host of each overlapping pair with the first it overlaps with, compared as the webhook does. mirrors: J12, E11. */
function* overlaps(hosts: readonly string[]): Generator<Overlap> {
  const exact = new Map<string, number>();
  const wildcards: number[] = [];
  for (const [index, host] of hosts.entries()) {
    const isWildcard = host.startsWith('*');
    const candidates = isWildcard
      ? [...exact.values(), ...wildcards]
      : [...wildcards, ...(exact.has(host) ? [exact.get(host)!] : [])];
    const earlier = candidates.filter((i) => hostsMatch(hosts[i]!, host)).sort((a, b) => a - b)[0];
    if (earlier !== undefined) yield { index, host, earlier, other: hosts[earlier]! };
    if (isWildcard) wildcards.push(index);
    else if (!exact.has(host)) exact.set(host, index);
  }
}
