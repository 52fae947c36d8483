import { destinationRulesFor, type NormalDestinationRule } from '../../istio/destination-rules.ts';
import { selectorMatches } from '../../istio/select.ts';
import { type RegisteredService, visibleServiceFor } from '../../istio/services.ts';
import { visibleTo } from '../../istio/visibility.ts';
import type { ClusterView, DestinationRule } from '../../model/cluster-view.ts';
import type { EnvoyConfig } from '../../model/envoy-config.ts';
import { readDestination } from './destinations.ts';
import { oncePer } from './once.ts';
import { type ClientTlsAt, clientTls, clusterParts, registryOf, rulesCovering, startsTls } from './registry.ts';
import { destinationOf, type Use } from './uses.ts';

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

/** By what an upstream depends on: hundreds of thousands of destinations lead to few services. */
const upstreams = oncePer((_: ClusterView) => oncePer((_: EnvoyConfig) => new Map<string, Upstream | null>()));

/** Null for clusters that do not exist (rules destination-*) and for aliases, which have no cluster of their own (F30). */
export function upstreamOf(view: ClusterView, use: Use): Upstream | null {
  const { config, cluster } = use;
  const of = destinationOf(use);
  const read = readDestination(view, of);
  if (!read) return null;
  const from = of.virtualService.id.namespace;
  const known = upstreams(view)(config);
  const key = `${from} ${read.host} ${cluster}`;
  let found = known.get(key);
  if (found === undefined) {
    found = upstream(view, config, read.host, from, cluster);
    known.set(key, found);
  }
  return found;
}

/** TLS that a hidden DestinationRule would start. */
export const hiddenTls = ({ hidden, port, subset }: Upstream): ClientTlsAt | null =>
  hidden.map((r) => clientTls([r], port.number, subset)).find((t) => startsTls(t?.tls)) ?? null;

/** A DestinationRule that defines the missing subset of a use's cluster, and would hold if it were exported to the pods. */
export function hiddenSubset(view: ClusterView, use: Use): DestinationRule | null {
  const parts = clusterParts(use.cluster);
  // Without the subset there is a cluster, from which the service is known.
  const whole = parts && upstreamOf(view, { ...use, cluster: `outbound|${parts.port}||${parts.host}` });
  const found = whole?.hidden.find((r) => (r.source.spec.subsets ?? []).some((s) => s.name === parts?.subset));
  return found?.source ?? null;
}

/** TLS that a DestinationRule would start if the gateway read the namespace it is in. */
export const unreadTls = ({ covering, port, subset }: Upstream): ClientTlsAt | null =>
  covering.map((r) => clientTls([r], port.number, subset)).find((t) => startsTls(t?.tls)) ?? null;
