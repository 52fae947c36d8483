import { isDelegate } from '../../istio/virtual-services.ts';
import type { ClusterView, VirtualService } from '../../model/cluster-view.ts';
import type { Drop, EnvoyConfig, RuleRef, ServerRef } from '../../model/envoy-config.ts';
import { append, oncePer } from '../../model/once.ts';
import { keyOf } from '../../model/resource.ts';
import { bindingOf, missedServers, strayGateways } from './bindings.ts';
import { boundByGateway, hostsOnServer } from './routes.ts';
import { serversOfGateway } from './servers.ts';

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
      for (const ref of serversOfGateway(drop.gateway)) {
        if (hostsOnServer(drop.virtualService, ref, view.mesh.domain).length > 0) servers.add(ref.server);
      }
    }
  }
  for (const gateway of config.gateways) {
    const meant = (astray(view).get(gateway.id.name) ?? []).filter((vs) => (vs.spec[block] ?? []).length > 0);
    if (meant.length === 0) continue;
    for (const ref of serversOfGateway(gateway)) {
      if (meant.some((vs) => hostsOnServer(vs, ref, view.mesh.domain).length > 0)) servers.add(ref.server);
    }
  }
  return servers;
}

/** VirtualServices that name a Gateway which does not exist (rule vs-gateway-not-found), by its name without the namespace. */
const astray = oncePer((view: ClusterView) => {
  const index = new Map<string, VirtualService[]>();
  const known = new Set(view.gateways.map((g) => keyOf(g.id)));
  for (const [key, bound] of boundByGateway(view)) {
    if (known.has(key)) continue;
    for (const vs of bound) if (!isDelegate(vs)) append(index, key.split('/').at(-1)!, vs);
  }
  return index;
});

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
