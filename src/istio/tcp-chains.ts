import type { ChainTarget, Drop, RuleRef, ServerRef } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import type { Place } from '../model/resource.ts';
import { keyOf } from '../model/resource.ts';
import type { L4Match, RouteDestination } from '../model/specs.ts';
import { writtenValue } from '../model/written-path.ts';
import { clusterName, type Lookup, weightedClusters } from './clusters.ts';
import { hostsForNamespace, hostsMatch } from './hosts.ts';
import type { MergedServer } from './servers.ts';
import type { NormalVirtualService } from './virtual-services.ts';

/** What a TCP or passthrough chain leads to, before it becomes a filter chain. */
export interface TcpTarget {
  /** null: taken from the server's hosts. */
  readonly sniHosts: readonly string[] | null;
  readonly target: ChainTarget;
}

export interface TcpTargets {
  readonly targets: readonly TcpTarget[];
  readonly drops: readonly Drop[];
  /** Where istiod panics: several destinations, all of weight 0 (G13), or none at all (docs/facts-vs-oracle.md). */
  readonly crash: Place | null;
}

/** Any host of the VirtualService fits any host of the server. mirrors: E15. */
function eligible(server: MergedServer, vs: NormalVirtualService): boolean {
  const own = hostsForNamespace(server.hosts, vs.source.id.namespace);
  return vs.hosts.some((wanted) => own.some((host) => hostsMatch(wanted, host)));
}

/** Port and gateways are all that counts; sources and subnets are ignored. mirrors: G4, G11. */
function l4Filter(match: L4Match, server: ServerRef): 'port' | 'gateways' | null {
  if (match.port && match.port !== (server.server.port?.number ?? 0)) return 'port';
  const gateways = match.gateways ?? [];
  return gateways.length > 0 && !gateways.includes(keyOf(server.gateway.id)) ? 'gateways' : null;
}

function targetOf(
  route: readonly RouteDestination[],
  rule: RuleRef,
  lookup: Lookup,
): { readonly target: ChainTarget; readonly crash: Place | null } {
  const author = rule.virtualService;
  const at = rulePlace({ ...rule, match: null }, 'route');
  // Of a route that could not be read (rule schema) nothing is known.
  if (route.length === 1 || (route.length === 0 && !isEmpty(writtenValue(at.resource, at.path)))) {
    return { target: { kind: 'tcp', cluster: clusterName(route[0]?.destination, author, lookup), rule }, crash: null };
  }
  const weighted = weightedClusters(route, author, lookup);
  return {
    target: { kind: 'tcp-weighted', weighted, rule },
    crash: weighted.length === 0 ? at : null,
  };
}

const isEmpty = (route: unknown): boolean =>
  route === undefined || route === null || (Array.isArray(route) && route.length === 0);

function filteredDrop(rule: RuleRef, server: ServerRef, by: 'port' | 'gateways'): Drop {
  return { reason: 'match-filtered', rule, server, by, at: rulePlace(rule, by), mirrors: 'G4' };
}

/** The one chain of a server that reads `tcp` blocks: the first rule that fits supplies it. mirrors: G2-G5. */
export function tcpTarget(
  server: MergedServer,
  virtualServices: readonly NormalVirtualService[],
  lookup: Lookup,
): TcpTargets {
  const drops: Drop[] = [];
  let winner: RuleRef | null = null;
  let result: { target: ChainTarget; crash: Place | null } | null = null;
  for (const vs of virtualServices) {
    if (!eligible(server, vs)) continue;
    for (const { rule, origin } of vs.tcp) {
      if (winner) {
        drops.push({
          reason: 'rule-not-first',
          rule: origin,
          server: server.ref,
          winner,
          at: rulePlace(origin),
          mirrors: 'G4',
        });
        continue;
      }
      const matches = rule.match ?? [];
      const filters = matches.map((match) => l4Filter(match, server.ref));
      if (matches.length > 0 && !filters.includes(null)) {
        for (const [i, by] of filters.entries()) drops.push(filteredDrop({ ...origin, match: i }, server.ref, by!));
        continue;
      }
      winner = origin;
      result = targetOf(rule.route ?? [], origin, lookup);
    }
  }
  return {
    targets: result ? [{ sniHosts: null, target: result.target }] : [],
    drops,
    crash: result?.crash ?? null,
  };
}

/** SNI names that passthrough chains of one listening port have taken, with their bind and rule (G8). */
export type SniRegistry = Map<string, { bind: string; rule: RuleRef }>;

/** The chains of a PASSTHROUGH server: one per match of every `tls` rule that fits. mirrors: G7, G8. */
export function passthroughTargets(
  server: MergedServer,
  virtualServices: readonly NormalVirtualService[],
  lookup: Lookup,
  taken: SniRegistry,
): TcpTargets {
  const drops: Drop[] = [];
  const targets: TcpTarget[] = [];
  let crash: Place | null = null;
  for (const vs of virtualServices) {
    if (!eligible(server, vs)) continue;
    for (const { rule, origin } of vs.tls) {
      const matches = rule.match ?? [];
      if (matches.length === 0) {
        drops.push({
          reason: 'rule-without-match',
          rule: origin,
          server: server.ref,
          at: rulePlace(origin),
          mirrors: 'G7',
        });
      }
      for (const [i, match] of matches.entries()) {
        const ref: RuleRef = { ...origin, match: i };
        const by = l4Filter(match, server.ref);
        if (by !== null) {
          drops.push(filteredDrop(ref, server.ref, by));
          continue;
        }
        const sniHosts = match.sniHosts ?? [];
        const duplicates = sniHosts.flatMap((host) => {
          const known = taken.get(host);
          return known && known.bind === server.bind ? [{ host, winner: known.rule }] : [];
        });
        if (duplicates.length > 0) {
          drops.push({
            reason: 'duplicate-sni',
            rule: ref,
            server: server.ref,
            hosts: duplicates,
            at: rulePlace(ref, 'sniHosts'),
            mirrors: 'G8',
          });
          continue;
        }
        for (const host of sniHosts) taken.set(host, { bind: server.bind, rule: ref });
        const built = targetOf(rule.route ?? [], ref, lookup);
        crash ??= built.crash;
        targets.push({ sniHosts, target: built.target });
      }
    }
  }
  return { targets, drops, crash };
}

/** A drop for a server that gives no chain at all. mirrors: G3, D3. */
export const noChainDrop = (server: ServerRef, port: number, wants: 'tcp' | 'tls' | 'service'): Drop => ({
  reason: 'no-chain',
  server,
  port,
  wants,
  at: serverPlace(server),
  mirrors: 'G3',
});
