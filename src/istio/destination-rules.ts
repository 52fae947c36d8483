import type { ClusterView, DestinationRule } from '../model/cluster-view.ts';
import type { Subset } from '../model/specs.ts';
import { compareSpecificity, hostSubsetOf, resolveShortName } from './hosts.ts';
import { sortByCreation } from './order.ts';
import { type Visibility, visibilityOf, visibleTo } from './visibility.ts';

/** A DestinationRule with its host resolved and its visibility read. */
export interface NormalDestinationRule {
  readonly source: DestinationRule;
  readonly host: string;
  readonly visibility: Visibility;
}

/** All DestinationRules, those with a workloadSelector first, then by age. mirrors: F33. */
export function normaliseDestinationRules(view: ClusterView): NormalDestinationRule[] {
  const all = sortByCreation(view.destinationRules).map((source) => ({
    source,
    host: resolveShortName(source.spec.host ?? '', source.id.namespace, view.mesh.domain),
    visibility: visibilityOf(source.spec.exportTo, view.mesh.defaultDestinationRuleExportTo, source.id.namespace),
  }));
  const selected = (r: NormalDestinationRule) => r.source.spec.workloadSelector !== undefined;
  return [...all.filter(selected), ...all.filter((r) => !selected(r))];
}

/**
 * The rules that hold for a service as a proxy of this namespace sees it: those of the first place that has any for
 * the most specific host. mirrors: F33.
 */
export function destinationRulesFor(
  rules: readonly NormalDestinationRule[],
  service: { readonly hostname: string; readonly namespace: string },
  proxyNamespace: string,
  rootNamespace: string,
): NormalDestinationRule[] {
  const places: ((r: NormalDestinationRule) => boolean)[] = [
    (r) =>
      r.source.id.namespace === proxyNamespace && (proxyNamespace !== rootNamespace || r.visibility.kind !== 'public'),
    (r) => r.source.id.namespace === service.namespace && visibleTo(r.visibility, proxyNamespace),
    (r) => r.source.id.namespace === rootNamespace && visibleTo(r.visibility, proxyNamespace),
  ];
  for (const place of places) {
    const fitting = rules.filter((r) => place(r) && r.host !== '' && hostSubsetOf(service.hostname, r.host));
    const best = fitting.map((r) => r.host).sort(compareSpecificity)[0];
    if (best !== undefined) return fitting.filter((r) => r.host === best);
  }
  return [];
}

/** The subsets of those rules; the first definition of a name counts. mirrors: F33. */
export function subsetsOf(rules: readonly NormalDestinationRule[]): Subset[] {
  const byName = new Map<string, Subset>();
  for (const rule of rules) {
    for (const subset of rule.source.spec.subsets ?? []) {
      const name = subset.name ?? '';
      if (!byName.has(name)) byName.set(name, subset);
    }
  }
  return [...byName.values()];
}
