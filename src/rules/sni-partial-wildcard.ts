import { isPartialWildcard } from '../envoy/accept.ts';
import type { RuleRef } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { liveServers } from './facts/live.ts';
import { portOf, serverText } from './facts/servers.ts';
import { REFUSED } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'sni-partial-wildcard',
  summary: 'A name in sniHosts has * within a label: Envoy rejects the whole listener',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { config, listener, chain, server } of liveServers(configs)) {
      // A terminating chain has its names from the Gateway: rule invalid-host.
      if (chain.tls !== null || chain.serverNames === null || chain.target.kind === 'http' || !chain.target.rule)
        continue;
      const { rule } = chain.target;
      const names = sniHosts(rule);
      const index = names.findIndex(isPartialWildcard);
      if (index < 0) continue;
      const name = names[index]!;
      yield {
        kind: 'problem',
        message: `${name} in sniHosts of ${resourceText(rule.virtualService.id)} has * within a label, so Envoy rejects the whole listener of ${portOf(server, listener.port)}`,
        at: rulePlace(rule, 'sniHosts', index),
        related: [{ at: serverPlace(server), message: `${serverText(server)} takes this name` }],
        symptom: `every host on ${portOf(server, listener.port)} stays at its old configuration; after the next restart of the pod: ${REFUSED}`,
        remedy: patchSni(rule, names, name),
        workload: config.workload,
      };
    }
  },
});

const sniHosts = ({ virtualService, block, index, match }: RuleRef): readonly string[] =>
  (block === 'tls' && match !== null ? virtualService.spec.tls?.[index]?.match?.[match]?.sniHosts : null) ?? [];

/** Names the domain instead, which takes in all names of the partial wildcard; the hosts must allow it first (J21). */
function patchSni(rule: RuleRef, names: readonly string[], name: string): string {
  const vs = rule.virtualService;
  const wider = `*.${name.slice(name.lastIndexOf('*')).split('.').slice(1).join('.') || 'example.com'}`;
  const widened = (list: readonly string[]) => [...new Set(list.map((n) => (n === name ? wider : n)))];
  const hosts = vs.spec.hosts ?? [];
  const path = ['spec', 'tls', rule.index, 'match', rule.match ?? 0, 'sniHosts'];
  const patches = [
    ...(hosts.includes(name) ? [patchObject(vs, 'replace', ['spec', 'hosts'], widened(hosts))] : []),
    patchObject(vs, 'replace', path, widened(names)),
  ];
  return `List the names one by one, or take the whole domain:\n  ${patches.join('\n  ')}`;
}
