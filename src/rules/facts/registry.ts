import { type NormalDestinationRule, normaliseDestinationRules } from '../../istio/destination-rules.ts';
import { type ServiceRegistry, serviceRegistry } from '../../istio/services.ts';
import { SuffixMap } from '../../istio/suffix-map.ts';
import type { ClusterView } from '../../model/cluster-view.ts';
import { append, oncePer } from '../../model/once.ts';
import type { Place } from '../../model/resource.ts';
import type { ClientTls, TrafficPolicy } from '../../model/specs.ts';

/** The Services and ServiceEntries of the input, indexed once per view. */
export const registryOf: (view: ClusterView) => ServiceRegistry = oncePer(serviceRegistry);

/** DestinationRules by host in istiod's order: exact ones by name, wildcards by the text after the star. */
const rulesByHost = oncePer((view: ClusterView) => {
  const exact = new Map<string, NormalDestinationRule[]>();
  const suffixes = new SuffixMap<NormalDestinationRule[]>();
  for (const rule of normaliseDestinationRules(view)) {
    if (rule.host.startsWith('*')) append(suffixes, rule.host.slice(1), rule);
    else if (rule.host !== '') append(exact, rule.host, rule);
  }
  return { exact, suffixes };
});

/** The DestinationRules whose host covers this one, those of one host in istiod's order (E11). */
export function rulesCovering(view: ClusterView, hostname: string): NormalDestinationRule[] {
  const { exact, suffixes } = rulesByHost(view);
  // A wildcard host is covered by its own text and shorter suffixes.
  const ending = hostname.startsWith('*') ? hostname.slice(1) : hostname;
  return [...(exact.get(hostname) ?? []), ...suffixes.endingsOf(ending).flat()];
}

/** TLS that a DestinationRule asks for, and where it says so. */
export interface ClientTlsAt {
  readonly tls: ClientTls;
  readonly at: Place;
}

/** What one policy says for a port: settings of the port replace those of the policy, they are not merged. */
function tlsIn(
  policy: TrafficPolicy | undefined,
  port: number,
  path: Place['path'],
): { path: Place['path']; tls: ClientTls | undefined } | null {
  const index = (policy?.portLevelSettings ?? []).findIndex((p) => p.port?.number === port);
  if (index >= 0) {
    return { path: [...path, 'portLevelSettings', index, 'tls'], tls: policy!.portLevelSettings![index]!.tls };
  }
  return policy?.tls ? { path: [...path, 'tls'], tls: policy.tls } : null;
}

/**
 * The TLS settings of a cluster, from the rules that hold for its service: the policy of the first, overridden by that
 * of the subset. mirrors: F33.
 */
export function clientTls(found: readonly NormalDestinationRule[], port: number, subset: string): ClientTlsAt | null {
  const first = found[0];
  if (!first) return null;
  const own = {
    resource: first.source,
    ...(tlsIn(first.source.spec.trafficPolicy, port, ['spec', 'trafficPolicy']) ?? { path: [], tls: undefined }),
  };
  const special = subset === '' ? null : subsetTls(found, port, subset);
  const { resource, path, tls } = special ?? own;
  return tls ? { tls, at: { resource, path } } : null;
}

function subsetTls(found: readonly NormalDestinationRule[], port: number, name: string) {
  for (const { source } of found) {
    const index = (source.spec.subsets ?? []).findIndex((s) => s.name === name);
    if (index < 0) continue;
    const said = tlsIn(source.spec.subsets![index]!.trafficPolicy, port, ['spec', 'subsets', index, 'trafficPolicy']);
    return said ? { resource: source, ...said } : null;
  }
  return null;
}

/** True when TLS is started towards the backend. */
export const startsTls = (tls: ClientTls | undefined): boolean => tls?.mode === 'SIMPLE' || tls?.mode === 'MUTUAL';

/** `outbound|443||shop.shop.svc.cluster.local` in its parts; null for other names (F30). */
export function clusterParts(
  cluster: string,
): { readonly port: number; readonly subset: string; readonly host: string } | null {
  const parts = cluster.split('|');
  if (parts.length !== 4 || parts[0] !== 'outbound') return null;
  return { port: Number(parts[1]), subset: parts[2]!, host: parts[3]! };
}
