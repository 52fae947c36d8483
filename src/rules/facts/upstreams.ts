import { destinationRulesFor, type NormalDestinationRule } from '../../istio/destination-rules.ts';
import { selectorMatches } from '../../istio/select.ts';
import { type RegisteredService, visibleServiceFor } from '../../istio/services.ts';
import { visibleTo } from '../../istio/visibility.ts';
import type { ClusterView, DestinationRule } from '../../model/cluster-view.ts';
import { readDestination } from './destinations.ts';
import { oncePer } from './once.ts';
import { type ClientTlsAt, clientTls, clusterParts, registryOf, rulesCovering, startsTls } from './registry.ts';
import type { Use } from './uses.ts';

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

function upstream(view: ClusterView, use: Use): Upstream | null {
  const { config, rule, destination, cluster } = use;
  const { virtualService, block, index } = rule;
  const read = readDestination(view, { virtualService, block, index, destination });
  const parts = clusterParts(cluster);
  if (!read || !parts || !config.clusters.has(cluster)) return null;
  const pods = config.workload.namespace;
  const service = visibleServiceFor(registryOf(view), read.host, rule.virtualService.id.namespace, pods ?? '');
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

const upstreams = oncePer((view: ClusterView) => oncePer((use: Use) => upstream(view, use)));

/** Null for clusters that do not exist (rules destination-*) and for aliases, which have no cluster of their own (F30). */
export const upstreamOf = (view: ClusterView, use: Use): Upstream | null => upstreams(view)(use);

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
