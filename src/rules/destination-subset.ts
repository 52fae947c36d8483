import { subsetsOf } from '../istio/destination-rules.ts';
import type { RegisteredService } from '../istio/services.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import { absence } from '../model/coverage.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { kubectl } from './facts/commands.ts';
import { doubtfulBy, findService, noClusterSymptom, type ReadDestination, ruleText } from './facts/destinations.ts';
import { decidedBy } from './facts/gaps.ts';
import { missingSubset } from './facts/subsets.ts';
import { enumerate } from './facts/symptoms.ts';
import { destinationPlace, usesOfDestination, type WrittenDestination } from './facts/uses.ts';
import { defineRule, type Open, type Problem } from './rule.ts';

export default defineRule({
  id: 'destination-subset',
  summary: 'A route leads to a subset that no DestinationRule defines for its Service',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const key = ({ host, destination: { subset } }: ReadDestination) => (subset ? `${host} ${subset}` : null);
    for (const { read, places } of doubtfulBy(view, configs, key)) {
      const [place, ...others] = places;
      const found = findService(view, read.host, place);
      // Without the service there is no cluster at all: rule destination-host.
      if (found.kind !== 'service') continue;
      const { namespace } = place.virtualService.id;
      const service = found.services.find((s) => s.namespace === namespace) ?? found.services[0]!;
      const said = judge(view, place, read.destination.subset!, service, podNamespaces(configs, places));
      const more = others.map((p) => ({
        at: destinationPlace(p, 'subset'),
        message: `${ruleText(p)} sends there too`,
      }));
      if (said) yield said.kind === 'open' ? said : { ...said, related: [...(said.related ?? []), ...more] };
    }
  },
});

/** Namespaces of the gateways that use this destination; empty where nobody knows. */
const podNamespaces = (configs: readonly EnvoyConfig[], all: readonly WrittenDestination[]): string[] => [
  ...new Set(
    all.flatMap((p) => usesOfDestination(configs, p)).flatMap(({ config }) => config.workload.namespace ?? []),
  ),
];

function judge(
  view: ClusterView,
  place: WrittenDestination,
  subset: string,
  service: RegisteredService,
  namespaces: readonly string[],
): Problem | Open | null {
  const found = missingSubset(view, subset, service, namespaces);
  if (!found) return null;
  const { rules, unread } = found;
  const missing = absence(view.coverage, 'destinationrules', service.namespace);
  if (rules.length === 0 && missing.kind === 'unknown') {
    return {
      kind: 'open',
      question: `Does a DestinationRule define subset ${subset} of ${service.hostname}, to which ${ruleText(place)} sends?`,
      because: missing.because,
      decides: decidedBy(
        missing.gap,
        kubectl(service.namespace, 'get', 'destinationrules.networking.istio.io', '-o', 'yaml'),
      ),
      at: destinationPlace(place, 'subset'),
    };
  }
  const known = subsetsOf(rules).map((s) => s.name ?? '');
  const name = resourceText(service.resource.id);
  const why =
    unread.length > 0
      ? `${resourceText(unread[0]!.source.id)} defines it, but the gateway reads only its own namespace, that of the service and ${view.mesh.rootNamespace}`
      : known.length > 0
        ? `${enumerate([...new Set(rules.map((r) => resourceText(r.source.id)))])} defines only ${enumerate(known)}`
        : rules.length > 0
          ? `${resourceText(rules[0]!.source.id)} defines no subsets`
          : 'there is no DestinationRule for it';
  return {
    kind: 'problem',
    message: `${ruleText(place)} sends to subset ${subset} of ${name}: ${why}`,
    at: destinationPlace(place, 'subset'),
    related: [...new Set([...unread, ...rules].map((r) => r.source))].map((source) => ({
      at: { resource: source, path: ['spec', 'subsets'] },
      message: `for ${source.spec.host}`,
    })),
    symptom: noClusterSymptom(place),
    remedy: remedyOf(service, subset, (unread[0] ?? rules[0])?.source.id ?? null),
    severity:
      rules.length > 0 || unread.length > 0 || (missing.kind === 'absent' && missing.certain) ? 'error' : 'warning',
  };
}

function remedyOf(
  service: RegisteredService,
  subset: string,
  rule: { namespace: string; name: string } | null,
): string {
  const where =
    rule && rule.namespace === service.namespace
      ? `to DestinationRule ${keyOf(rule)}`
      : `to a DestinationRule in namespace ${service.namespace}`;
  return `Add the subset ${where}:\n  host: ${service.hostname}\n  subsets:\n  - name: ${subset}\n    labels: {version: ${subset}}`;
}
