import type { VirtualService } from '../model/cluster-view.ts';
import type { Drop, RuleRef } from '../model/envoy-config.ts';
import { rulePlace } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import type { HttpMatch, HttpRoute, StringMatch } from '../model/specs.ts';
import { type Visibility, visibleTo } from './visibility.ts';

/** An http rule with the places it came from: the rule itself and one per match. */
export interface HttpRule {
  readonly rule: HttpRoute;
  readonly origin: RuleRef;
  readonly matchOrigins: readonly RuleRef[];
}

/** What a root needs to know of a delegate: its rules with the names of gateways resolved, and who may use it. */
export interface Delegate {
  readonly source: VirtualService;
  readonly rules: readonly HttpRule[];
  readonly visibility: Visibility;
}

function stringMatchConflict(root: StringMatch | undefined, leaf: StringMatch | undefined): boolean {
  if (!root || !leaf) return false;
  const any = (m: StringMatch) => Boolean(m.regex || m.prefix || m.exact);
  if (root.regex && any(leaf)) return true;
  if (leaf.regex && any(root)) return true;
  if (root.exact) return Boolean(leaf.prefix) || leaf.exact !== root.exact;
  if (root.prefix) {
    if (leaf.prefix) return !leaf.prefix.startsWith(root.prefix);
    if (leaf.exact) return !leaf.exact.startsWith(root.prefix);
  }
  return true;
}

const mapConflict = (
  root: Readonly<Record<string, StringMatch>> | undefined,
  leaf: Readonly<Record<string, StringMatch>> | undefined,
): boolean => Object.entries(leaf ?? {}).some(([key, match]) => stringMatchConflict(root?.[key], match));

/** True when a request cannot satisfy both matches as istiod judges it. mirrors: E7. */
function hasConflict(root: HttpMatch, leaf: HttpMatch): boolean {
  const texts = ['uri', 'scheme', 'method', 'authority'] as const;
  if (texts.some((field) => stringMatchConflict(root[field], leaf[field]))) return true;
  if (mapConflict(root.headers, leaf.headers)) return true;
  if (mapConflict(root.withoutHeaders, leaf.withoutHeaders)) return true;
  if (mapConflict(root.queryParams, leaf.queryParams)) return true;
  if ((root.ignoreUriCase ?? false) !== (leaf.ignoreUriCase ?? false)) return true;
  if (root.port && leaf.port && root.port !== leaf.port) return true;
  if (root.sourceNamespace && leaf.sourceNamespace !== root.sourceNamespace) return true;
  for (const [key, value] of Object.entries(leaf.sourceLabels ?? {})) {
    const own = root.sourceLabels?.[key];
    if (own !== undefined && own !== value) return true;
  }
  const [rootGateways, leafGateways] = [root.gateways ?? [], leaf.gateways ?? []];
  if (rootGateways.length > 0 && leafGateways.length > 0) {
    if (rootGateways.length < leafGateways.length) return true;
    if (leafGateways.some((g) => !rootGateways.includes(g))) return true;
  }
  return false;
}

const joinNames = (root: string | undefined, leaf: string | undefined): string =>
  root && leaf ? `${root}-${leaf}` : leaf || root || '';

/** Leaves out undefined values, so that an absent field stays absent. */
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;

function mergeMatch(root: HttpMatch, leaf: HttpMatch): HttpMatch {
  return defined({
    ...leaf,
    name: joinNames(root.name, leaf.name),
    uri: leaf.uri ?? root.uri,
    scheme: leaf.scheme ?? root.scheme,
    method: leaf.method ?? root.method,
    authority: leaf.authority ?? root.authority,
    headers: { ...root.headers, ...leaf.headers },
    withoutHeaders: { ...root.withoutHeaders, ...leaf.withoutHeaders },
    queryParams: { ...root.queryParams, ...leaf.queryParams },
    sourceLabels: { ...root.sourceLabels, ...leaf.sourceLabels },
    port: leaf.port || root.port,
    sourceNamespace: leaf.sourceNamespace || root.sourceNamespace,
    gateways: (leaf.gateways ?? []).length > 0 ? leaf.gateways : root.gateways,
  }) as HttpMatch;
}

/** The merged rule, or null when one of the delegate's matches fits none of the root's. mirrors: E7. */
function mergeRule(root: HttpRule, leaf: HttpRule): HttpRule | null {
  const rootMatches = root.rule.match ?? [];
  const leafMatches = leaf.rule.match ?? [];
  let match: readonly HttpMatch[];
  let matchOrigins: readonly RuleRef[];
  if (rootMatches.length === 0) {
    match = leafMatches;
    matchOrigins = leaf.matchOrigins;
  } else if (leafMatches.length === 0) {
    match = rootMatches;
    matchOrigins = rootMatches.map(() => leaf.origin);
  } else {
    const pairs: { match: HttpMatch; origin: RuleRef }[] = [];
    for (const [i, leafMatch] of leafMatches.entries()) {
      const fitting = rootMatches.filter((rootMatch) => !hasConflict(rootMatch, leafMatch));
      if (fitting.length === 0) return null;
      for (const rootMatch of fitting) {
        pairs.push({ match: mergeMatch(rootMatch, leafMatch), origin: leaf.matchOrigins[i] ?? leaf.origin });
      }
    }
    match = pairs.map((p) => p.match);
    matchOrigins = pairs.map((p) => p.origin);
  }
  const [r, l] = [root.rule, leaf.rule];
  const rule = defined({
    ...l,
    match,
    name: joinNames(r.name, l.name),
    rewrite: l.rewrite ?? r.rewrite,
    directResponse: l.directResponse ?? r.directResponse,
    timeout: l.timeout ?? r.timeout,
    retries: l.retries ?? r.retries,
    fault: l.fault ?? r.fault,
    mirror: l.mirror ?? r.mirror,
    corsPolicy: l.corsPolicy ?? r.corsPolicy,
    mirrors: l.mirrors ?? r.mirrors,
    headers: l.headers ?? r.headers,
  }) as HttpRoute;
  const via = (ref: RuleRef): RuleRef => ({ ...ref, via: root.origin });
  return { rule, origin: via(leaf.origin), matchOrigins: matchOrigins.map(via) };
}

/**
 * Replaces each rule that delegates by the delegate's rules, in place; rules that cannot be merged become drops.
 * mirrors: E6, E7. Nested delegation is not expanded.
 */
export function expandDelegates(
  root: VirtualService,
  rules: readonly HttpRule[],
  delegates: ReadonlyMap<string, Delegate>,
  rootOf: (key: string) => VirtualService | undefined,
): { readonly rules: readonly HttpRule[]; readonly drops: readonly Drop[] } {
  const drops: Drop[] = [];
  if (!rules.some(({ rule }) => rule.delegate)) return { rules, drops };
  const expanded = rules.flatMap((rule): readonly HttpRule[] => {
    const wanted = rule.rule.delegate;
    if (!wanted) return [rule];
    const key = keyOf({ namespace: wanted.namespace || root.id.namespace, name: wanted.name ?? '' });
    const at = rulePlace(rule.origin, 'delegate');
    const delegate = delegates.get(key);
    if (!delegate) {
      const notDelegate = rootOf(key);
      drops.push(
        notDelegate
          ? { reason: 'delegate-is-root', rule: rule.origin, delegate: notDelegate, at, mirrors: 'E6' }
          : { reason: 'delegate-not-found', rule: rule.origin, delegate: key, at, mirrors: 'E6' },
      );
      return [];
    }
    if (!visibleTo(delegate.visibility, root.id.namespace)) {
      drops.push({ reason: 'delegate-not-exported', rule: rule.origin, delegate: delegate.source, at, mirrors: 'E6' });
      return [];
    }
    return delegate.rules.flatMap((leaf) => {
      const merged = mergeRule(rule, leaf);
      if (merged) return [merged];
      drops.push({
        reason: 'delegate-match-conflict',
        rule: leaf.origin,
        root: rule.origin,
        at: rulePlace(leaf.origin),
        mirrors: 'E7',
      });
      return [];
    });
  });
  return { rules: expanded, drops };
}
