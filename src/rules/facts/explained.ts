import type { ClusterView } from '../../model/cluster-view.ts';
import type { Drop, EnvoyConfig, RuleRef, ServerRef } from '../../model/envoy-config.ts';
import { keyOf } from '../../model/resource.ts';
import { bindingOf, missedServers, strayGateways } from './bindings.ts';
import { oncePer } from './once.ts';
import { hostsOnServer } from './routes.ts';
import { serversOf } from './servers.ts';

/** True when a match is left out for a mistake that has a rule of its own: vs-match-port, vs-match-gateway-unknown. */
function isMistake(view: ClusterView, { rule, by }: Extract<Drop, { readonly reason: 'match-filtered' }>): boolean {
  const { virtualService: vs, block, index, match } = rule;
  const found = match === null ? undefined : vs.spec[block]?.[index]?.match?.[match];
  if (!found) return false;
  const binding = bindingOf(view, vs);
  return by === 'port'
    ? missedServers(binding, vs, found) !== null
    : by === 'gateways' && strayGateways(binding, vs, found).length > 0;
}

/**
 * The servers that lack a route of this kind because of a mistake in a VirtualService that was meant for them. That mistake
 * is reported, and what follows from it is not (one cause, one finding).
 */
export function explainedServers(
  view: ClusterView,
  config: EnvoyConfig,
  block: RuleRef['block'],
): ReadonlySet<ServerRef['server']> {
  const servers = new Set<ServerRef['server']>();
  for (const drop of config.drops) {
    if (drop.reason === 'match-filtered' && drop.rule.block === block && isMistake(view, drop)) {
      servers.add(drop.server.server);
    }
    // Rule sni-missing.
    if (drop.reason === 'rule-without-match' && block === 'tls') servers.add(drop.server.server);
    // Rule vs-not-visible-to-gateway.
    if (drop.reason === 'vs-not-visible' && (drop.virtualService.spec[block] ?? []).length > 0) {
      for (const ref of serversOf([drop.gateway])) {
        if (hostsOnServer(drop.virtualService, ref, view.mesh.domain).length > 0) servers.add(ref.server);
      }
    }
  }
  return servers;
}

/** The rules whose mistake leaves a server without any filter chain: nothing listens for its hosts then (G3). */
export const rulesThatLeaveNoChain = oncePer((configs: readonly EnvoyConfig[]): ReadonlySet<string> => {
  const keys = new Set<string>();
  for (const { drops } of configs) {
    const without = new Set(drops.flatMap((d) => (d.reason === 'no-chain' ? [d.server.server] : [])));
    for (const drop of drops) {
      if (drop.reason === 'match-filtered' && without.has(drop.server.server)) keys.add(ruleKey(drop.rule));
    }
  }
  return keys;
});

/** Names one rule of a VirtualService. */
export const ruleKey = ({ virtualService, block, index }: Omit<RuleRef, 'match'>): string =>
  `${keyOf(virtualService.id)} ${block} ${index}`;
