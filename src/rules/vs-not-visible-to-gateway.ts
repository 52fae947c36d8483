import { visibilityOf, visibleTo } from '../istio/visibility.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { type AnyResource, resourceText } from '../model/resource.ts';
import { ruleText } from './facts/destinations.ts';
import { bindingGateway, exportedByMesh, exportPlace, exportRemedy, seenBy } from './facts/exports.ts';
import { whereOf } from './facts/matches.ts';
import { clusterParts, registryOf } from './facts/registry.ts';
import { clientsOf, enumerate, NO_CLUSTER, NO_ROUTE, RESET } from './facts/symptoms.ts';
import { type AlikeUses, hiddenSubset, hiddenTls, usesByUpstream, usesIn } from './facts/upstreams.ts';
import { destinationOf, destinationPlace, namesOf, type Use } from './facts/uses.ts';
import { defineRule, type Open, type Problem } from './rule.ts';

export default defineRule({
  id: 'vs-not-visible-to-gateway',
  summary: 'exportTo hides a VirtualService, or a Service or DestinationRule that it needs, from the gateway pods',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of configs) {
      yield* hiddenVirtualServices(view, config, configs);
      const pods = config.workload.namespace;
      if (pods === null) continue;
      for (const alike of usesByUpstream(view, config)) yield* hiddenUpstream(view, alike, pods);
    }
  },
});

function* hiddenVirtualServices(
  view: ClusterView,
  config: EnvoyConfig,
  configs: readonly EnvoyConfig[],
): Generator<Problem | Open> {
  const pods = config.workload.namespace;
  for (const drop of config.drops) {
    if (drop.reason === 'delegate-not-exported') {
      const { delegate, rule } = drop;
      const { namespace } = rule.virtualService.id;
      yield {
        ...hidden(view, delegate, [namespace], config),
        message: `${resourceText(delegate.id)} is not exported to namespace ${namespace}, so ${resourceText(rule.virtualService.id)} cannot delegate to it: its ${whereOf({ ...rule, match: null })} is left out`,
        related: [{ at: drop.at, message: 'delegates to it' }],
        symptom: clientsOf(rule.virtualService.spec.hosts ?? [], `${NO_ROUTE}, for the paths of this rule`),
      };
    }
    if (drop.reason !== 'vs-not-visible') continue;
    const { virtualService: vs, gateway } = drop;
    // A selector may reach pods of other teams as well; it is enough that some pods get it.
    const seen = visibilityOf(vs.spec.exportTo, view.mesh.defaultVirtualServiceExportTo, vs.id.namespace);
    const serving = configs.filter((c) => c.gateways.includes(gateway));
    if (serving.some((c) => visibleTo(seen, c.workload.namespace ?? ''))) continue;
    const at = exportPlace(vs);
    if (pods === null) {
      yield {
        kind: 'open',
        question: `In which namespace run the pods of ${resourceText(gateway.id)}? ${resourceText(vs.id)} is not exported to all.`,
        because: 'the input holds no gateway pods',
        decides: { kind: 'file', command: 'kubectl get pods -A -l istio -o yaml' },
        at,
      };
      continue;
    }
    const namespaces = [...new Set(serving.flatMap((c) => c.workload.namespace ?? []))];
    yield {
      ...hidden(view, vs, namespaces, config),
      message: `${resourceText(vs.id)} is bound to ${resourceText(gateway.id)}, but not exported to namespace${namespaces.length > 1 ? 's' : ''} ${enumerate(namespaces)} of the gateway pods: they never get it`,
      related: [bindingGateway(gateway), ...seenBy(config, pods), ...exportedByMesh(view, vs)],
      symptom: clientsOf(vs.spec.hosts ?? [], vs.spec.http ? NO_ROUTE : RESET),
    };
  }
}

function* hiddenUpstream(view: ClusterView, alike: AlikeUses, pods: string): Generator<Problem> {
  const { host, cluster, over, upstream, config } = alike;
  const services = registryOf(view).byHostname.get(host) ?? [];
  const service = services[0];
  const isHidden = service !== undefined && !services.some((s) => visibleTo(s.visibility, pods));
  const subsetName = clusterParts(cluster)?.subset ?? '';
  const isMissing = !isHidden && subsetName !== '' && !config.clusters.has(cluster);
  const subset = isMissing ? hiddenSubset(view, alike) : null;
  const isPlain = over !== 'tls' && (upstream?.tls?.tls.mode ?? 'DISABLE') === 'DISABLE';
  const tls = !isHidden && upstream && isPlain ? hiddenTls(upstream) : null;
  const source = isHidden ? service.resource : (subset ?? tls?.at.resource);
  if (!source) return;
  for (const use of usesIn(view, alike)) {
    const of = destinationOf(use);
    const name = resourceText(source.id);
    yield {
      ...hidden(view, source, [pods], config),
      message: isHidden
        ? `${name} is not exported to namespace ${pods} of the gateway pods: they have no cluster for it`
        : subset
          ? `${name} defines subset ${subsetName}, but is not exported to namespace ${pods} of the gateway pods: they have no cluster for it`
          : `${name} starts TLS to ${host}, but is not exported to namespace ${pods} of the gateway pods: they send plain text`,
      related: [
        { at: destinationPlace(of), message: `${ruleText(of)} needs it` },
        ...seenBy(config, pods),
        ...exportedByMesh(view, source),
      ],
      symptom: clientsOf(namesOf([use]), symptomOf(isHidden || subset !== null, over)),
    };
  }
}

/** What clients see without the cluster, or when the gateway sends plain text to it. */
const symptomOf = (isGone: boolean, over: Use['over']): string =>
  !isGone
    ? '400 The plain HTTP request was sent to HTTPS port, or 503 (connection termination)'
    : over === 'http'
      ? NO_CLUSTER
      : RESET;

const hidden = (view: ClusterView, resource: AnyResource, wanted: readonly string[], config: EnvoyConfig) => ({
  kind: 'problem' as const,
  at: exportPlace(resource),
  remedy: exportRemedy(view, resource, wanted),
  workload: config.workload,
});
