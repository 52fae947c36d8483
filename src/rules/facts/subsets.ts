import { destinationRulesFor, type NormalDestinationRule, subsetsOf } from '../../istio/destination-rules.ts';
import type { RegisteredService } from '../../istio/services.ts';
import { visibleTo } from '../../istio/visibility.ts';
import type { ClusterView } from '../../model/cluster-view.ts';
import { rulesCovering } from './registry.ts';

/** A subset that a gateway finds in no DestinationRule. */
export interface MissingSubset {
  /** The rules that were looked at, or might be where the gateway is not known. */
  readonly rules: readonly NormalDestinationRule[];
  /** Rules that define it, in a namespace that the gateway does not read. */
  readonly unread: readonly NormalDestinationRule[];
}

const defines = (rules: readonly NormalDestinationRule[], subset: string): boolean =>
  subsetsOf(rules).some((s) => s.name === subset);

/**
 * Looks for a subset as gateways of these namespaces do; without any namespace every rule may be the one. Null where it is
 * found, or would be if it were exported (rule vs-not-visible-to-gateway). mirrors: F33.
 */
export function missingSubset(
  view: ClusterView,
  subset: string,
  service: RegisteredService,
  namespaces: readonly string[],
): MissingSubset | null {
  const { rootNamespace } = view.mesh;
  const covering = rulesCovering(view, service.hostname);
  const defining = covering.filter((r) => defines([r], subset));
  if (namespaces.length === 0) return defining.length > 0 ? null : { rules: covering, unread: [] };
  const consulted = namespaces.map((ns) => destinationRulesFor(covering, service, ns, rootNamespace));
  if (consulted.every((rules) => defines(rules, subset))) return null;
  const read = new Set([service.namespace, rootNamespace]);
  const isHidden = (ns: string) =>
    defining.some((r) => read.has(r.source.id.namespace) && !visibleTo(r.visibility, ns));
  if (namespaces.every(isHidden)) return null;
  const seen = consulted.flat();
  return { rules: seen.length > 0 ? seen : covering, unread: defining.filter((r) => !seen.includes(r)) };
}
