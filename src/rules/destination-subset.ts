import { destinationRulesFor, subsetsOf } from '../istio/destination-rules.ts';
import { hostSubsetOf } from '../istio/hosts.ts';
import type { RegisteredService } from '../istio/services.ts';
import { visibleTo } from '../istio/visibility.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import { absence } from '../model/coverage.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { kubectl } from './facts/commands.ts';
import { findService, noClusterSymptom, readDestination, ruleText } from './facts/destinations.ts';
import { decidedBy } from './facts/gaps.ts';
import { destinationRulesOf } from './facts/registry.ts';
import { enumerate } from './facts/symptoms.ts';
import { destinationPlace, usesOfDestination, type WrittenDestination, writtenDestinations } from './facts/uses.ts';
import { defineRule, type Open, type Problem } from './rule.ts';

export default defineRule({
  id: 'destination-subset',
  summary: 'A route leads to a subset that no DestinationRule defines for its Service',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const place of writtenDestinations(view, configs)) {
      const read = readDestination(view, place);
      const subset = read?.destination.subset;
      if (!read || !subset) continue;
      const found = findService(view, read.host, place);
      // Without the service there is no cluster at all: rule destination-host.
      if (found.kind !== 'service') continue;
      const service =
        found.services.find((s) => s.namespace === place.virtualService.id.namespace) ?? found.services[0]!;
      const said = judge(view, place, subset, service, podNamespaces(configs, place));
      if (said) yield said;
    }
  },
});

/** Namespaces of the gateways that use this destination; empty where nobody knows. */
const podNamespaces = (configs: readonly EnvoyConfig[], of: WrittenDestination): string[] => [
  ...new Set(usesOfDestination(configs, of).flatMap(({ config }) => config.workload.namespace ?? [])),
];

function judge(
  view: ClusterView,
  place: WrittenDestination,
  subset: string,
  service: RegisteredService,
  namespaces: readonly string[],
): Problem | Open | null {
  const all = destinationRulesOf(view);
  const { rootNamespace } = view.mesh;
  const covering = all.filter((r) => r.host !== '' && hostSubsetOf(service.hostname, r.host));
  const defining = covering.filter((r) => (r.source.spec.subsets ?? []).some((s) => s.name === subset));
  const consulted = namespaces.map((ns) => destinationRulesFor(all, service, ns, rootNamespace));
  if (
    namespaces.length === 0
      ? defining.length > 0
      : consulted.every((rules) => subsetsOf(rules).some((s) => s.name === subset))
  ) {
    return null;
  }
  // Read if it were exported: rule vs-not-visible-to-gateway.
  const places = new Set([service.namespace, rootNamespace]);
  const hidden = (ns: string) =>
    defining.some((r) => places.has(r.source.id.namespace) && !visibleTo(r.visibility, ns));
  if (namespaces.length > 0 && namespaces.every(hidden)) return null;
  const rules = consulted.flat().length > 0 ? consulted.flat() : covering;
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
  const unread = defining.filter((r) => !consulted.flat().includes(r));
  const name = resourceText(service.resource.id);
  const why =
    unread.length > 0
      ? `${resourceText(unread[0]!.source.id)} defines it, but the gateway does not read that one: only its own namespace, then that of the service, then ${rootNamespace}`
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
