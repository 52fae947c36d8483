import type { FilterChain } from '../model/envoy-config.ts';
import { destinationRulesFor, type NormalDestinationRule, subsetsOf } from './destination-rules.ts';
import type { ServiceRegistry } from './services.ts';
import { visibleTo } from './visibility.ts';

/**
 * Names of the clusters that istiod sends to a gateway: one per visible service port but UDP, one more per subset,
 * and those that AUTO_PASSTHROUGH chains lead to. A route to any other name answers 503 NC. mirrors: F32, B19.
 */
export function generatedClusters(
  registry: ServiceRegistry,
  rules: readonly NormalDestinationRule[],
  chains: readonly FilterChain[],
  proxyNamespace: string,
  rootNamespace: string,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const service of registry.all) {
    if (service.externalName !== null || !visibleTo(service.visibility, proxyNamespace)) continue;
    const subsets =
      rules.length === 0 ? [] : subsetsOf(destinationRulesFor(rules, service, proxyNamespace, rootNamespace));
    for (const { number, protocol } of service.ports) {
      if (protocol === 'UDP') continue;
      names.add(`outbound|${number}||${service.hostname}`);
      for (const subset of subsets) names.add(`outbound|${number}|${subset.name ?? ''}|${service.hostname}`);
    }
  }
  for (const { target } of chains) {
    if (target.kind === 'tcp' && target.rule === null) names.add(target.cluster);
  }
  return names;
}
