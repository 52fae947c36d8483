import { destinationRulesFor, type NormalDestinationRule } from '../../istio/destination-rules.ts';
import { selectorMatches } from '../../istio/select.ts';
import { type RegisteredService, visibleServiceFor } from '../../istio/services.ts';
import { visibleTo } from '../../istio/visibility.ts';
import type { ClusterView, DestinationRule } from '../../model/cluster-view.ts';
import type { EnvoyConfig } from '../../model/envoy-config.ts';
import { append, oncePer } from '../../model/once.ts';
import { readDestination } from './destinations.ts';
import { type ClientTlsAt, clientTls, clusterParts, registryOf, rulesCovering, startsTls } from './registry.ts';
import { destinationOf, eachUse, type Use, usesOf, type WrittenDestination } from './uses.ts';

/** The cluster of a used destination, as it exists: its service and what DestinationRules say about TLS to it. */
export interface Upstream {
  readonly service: RegisteredService;
  readonly port: RegisteredService['ports'][number];
  readonly subset: string;
  readonly tls: ClientTlsAt | null;
  /** DestinationRules that would hold if they were exported to the pods (E9, F33). */
  readonly hidden: readonly NormalDestinationRule[];
  /** All whose host covers the service, read by the pods or not. */
  readonly covering: readonly NormalDestinationRule[];
}

function upstream(
  view: ClusterView,
  config: EnvoyConfig,
  host: string,
  from: string,
  cluster: string,
): Upstream | null {
  const parts = clusterParts(cluster);
  if (!parts || !config.clusters.has(cluster)) return null;
  const pods = config.workload.namespace;
  const service = visibleServiceFor(registryOf(view), host, from, pods ?? '');
  const port = service?.ports.find((p) => p.number === parts.port);
  if (!service || !port || service.externalName !== null) return null;
  const { subset } = parts;
  const { labels } = config.workload;
  const covering = rulesCovering(view, service.hostname).filter(({ source: { spec } }) =>
    selectorMatches(spec.workloadSelector?.matchLabels, labels),
  );
  if (pods === null) {
    // Any of them may be read, as nobody knows from where.
    const tls = covering.map((r) => clientTls([r], port.number, subset)).find((t) => startsTls(t?.tls));
    return { service, port, subset, tls: tls ?? null, hidden: [], covering };
  }
  const { rootNamespace } = view.mesh;
  const places = new Set([service.namespace, rootNamespace]);
  return {
    service,
    port,
    subset,
    covering,
    tls: clientTls(destinationRulesFor(covering, service, pods, rootNamespace), port.number, subset),
    hidden: covering.filter((r) => places.has(r.source.id.namespace) && !visibleTo(r.visibility, pods)),
  };
}

/** Uses that lead from one namespace to one cluster in the same way. */
export interface AlikeUses {
  readonly host: string;
  readonly cluster: string;
  readonly over: Use['over'];
  readonly config: EnvoyConfig;
  /** Namespace of their VirtualServices. */
  readonly from: string;
  /** Null for clusters that do not exist (rules destination-*) and for aliases, which have no cluster of their own (F30). */
  readonly upstream: Upstream | null;
}

/** What tells alike uses from others; null for a destination without a host. */
function keyOfUse(view: ClusterView, of: WrittenDestination, cluster: string, over: Use['over']): string | null {
  const host = readDestination(view, of)?.host;
  return host === undefined ? null : `${of.virtualService.id.namespace} ${host} ${cluster} ${over}`;
}

const alikeUses = oncePer((view: ClusterView) =>
  oncePer((config: EnvoyConfig): ReadonlyMap<string, AlikeUses> => {
    const found = new Map<string, AlikeUses>();
    /** By cluster the use before: nearly always the next one is like it. */
    const before = new Map<string, Pick<AlikeUses, 'over' | 'from'> & { readonly written: string | undefined }>();
    eachUse(config, ({ virtualService, block, index }, destination, cluster, over) => {
      const from = virtualService.id.namespace;
      const written = virtualService.spec[block]?.[index]?.route?.[destination]?.destination?.host;
      const known = before.get(cluster);
      if (known && known.from === from && known.written === written && known.over === over) return;
      before.set(cluster, { from, written, over });
      const of = { virtualService, block, index, destination };
      const key = keyOfUse(view, of, cluster, over);
      if (key === null || found.has(key)) return;
      const { host } = readDestination(view, of)!;
      found.set(key, { host, cluster, over, config, from, upstream: upstream(view, config, host, from, cluster) });
    });
    return found;
  }),
);

/** Where the destinations of a configuration lead: hundreds of thousands of them lead to few services. */
export const usesByUpstream = (view: ClusterView, config: EnvoyConfig): readonly AlikeUses[] => [
  ...alikeUses(view)(config).values(),
];

const usesByKey = oncePer((view: ClusterView) =>
  oncePer((config: EnvoyConfig) => {
    const found = new Map<string | null, Use[]>();
    for (const use of usesOf(config)) append(found, keyOfUse(view, destinationOf(use), use.cluster, use.over), use);
    return found;
  }),
);

/** The uses themselves; only asked for where something is wrong with them. */
export const usesIn = (view: ClusterView, { config, from, host, cluster, over }: AlikeUses): readonly Use[] =>
  usesByKey(view)(config).get(`${from} ${host} ${cluster} ${over}`) ?? [];

/** The uses of an upstream that exists, over one way and as `wanted` says, in all configurations. */
export const usesWhere = (
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  wanted: (upstream: Upstream, over: Use['over']) => boolean,
): { readonly use: Use; readonly upstream: Upstream }[] =>
  configs
    .flatMap((config) => usesByUpstream(view, config))
    .flatMap((alike) => {
      const { upstream, over } = alike;
      if (upstream === null || !wanted(upstream, over)) return [];
      return usesIn(view, alike).map((use) => ({ use, upstream }));
    });

/** TLS that a hidden DestinationRule would start. */
export const hiddenTls = ({ hidden, port, subset }: Upstream): ClientTlsAt | null =>
  hidden.map((r) => clientTls([r], port.number, subset)).find((t) => startsTls(t?.tls)) ?? null;

/** A DestinationRule that defines the missing subset of a cluster, and would hold if it were exported to the pods. */
export function hiddenSubset(view: ClusterView, { host, cluster, config, from }: AlikeUses): DestinationRule | null {
  const parts = clusterParts(cluster);
  if (!parts) return null;
  // Without the subset there is a cluster, from which the service is known.
  const whole = `outbound|${parts.port}||${parts.host}`;
  const hidden = upstream(view, config, host, from, whole)?.hidden ?? [];
  return hidden.find((r) => (r.source.spec.subsets ?? []).some((s) => s.name === parts.subset))?.source ?? null;
}

/** TLS that a DestinationRule would start if the gateway read the namespace it is in. */
export const unreadTls = ({ covering, port, subset }: Upstream): ClientTlsAt | null =>
  covering.map((r) => clientTls([r], port.number, subset)).find((t) => startsTls(t?.tls)) ?? null;
