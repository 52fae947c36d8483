import type { ClusterView, VirtualService } from '../model/cluster-view.ts';
import type { Drop, RuleRef } from '../model/envoy-config.ts';
import { append } from '../model/once.ts';
import { keyOf } from '../model/resource.ts';
import type { L4Match, TcpRoute, TlsRoute } from '../model/specs.ts';
import { type Delegate, expandDelegates, type HttpRule } from './delegates.ts';
import { resolveGatewayName, resolveShortName } from './hosts.ts';
import { sortByCreation, sortByCreationOf } from './order.ts';
import { type Visibility, visibilityOf, visibleTo } from './visibility.ts';

/** Written by conversions from Gateway API and Ingress: names are final, prefixes end at a slash (E2, F23). */
export const routeSemanticsAnnotation = 'internal.istio.io/route-semantics';

export interface L4Rule<R extends TlsRoute | TcpRoute> {
  readonly rule: R;
  readonly origin: RuleRef;
}

/** A VirtualService with short names of hosts and gateways resolved and delegates expanded. mirrors: E1-E9. */
export interface NormalVirtualService {
  readonly source: VirtualService;
  readonly hosts: readonly string[];
  /** `namespace/name`, or `mesh`. */
  readonly gateways: readonly string[];
  readonly http: readonly HttpRule[];
  readonly tls: readonly L4Rule<TlsRoute>[];
  readonly tcp: readonly L4Rule<TcpRoute>[];
  readonly visibility: Visibility;
  /** 'gateway' or 'ingress' for generated ones, null for authored ones. */
  readonly semantics: string | null;
  /** What was lost while delegates were expanded. */
  readonly drops: readonly Drop[];
}

/** All VirtualServices, by the Gateways they name, there in istiod's order. */
export interface VirtualServiceIndex {
  /** How many have hosts; those without are used by other VirtualServices only (E1). */
  readonly roots: number;
  readonly byGateway: ReadonlyMap<string, readonly NormalVirtualService[]>;
}

/** Shared by all that have none: a mesh has hundreds of thousands of rules without a match. */
const NONE: readonly never[] = [];

const MESH = ['mesh'];

/** The very list where nothing changes, which is so for most names of most meshes. */
function replaced<T>(list: readonly T[], of: (item: T) => T): readonly T[] {
  return list.every((item) => of(item) === item) ? list : list.map(of);
}

/** A host as written in a VirtualService, in full. mirrors: E2, E3. */
export const fullHost = (written: string, author: VirtualService, domain: string): string =>
  author.meta.annotations[routeSemanticsAnnotation] === 'gateway'
    ? written
    : resolveShortName(written, author.id.namespace, domain);

/** A VirtualService without hosts is used by other VirtualServices only (E1). */
export const isDelegate = (vs: VirtualService): boolean => (vs.spec.hosts ?? []).length === 0;

/** Normalises, indexes and sorts. mirrors: E1-E5, E8. */
export function indexVirtualServices(view: ClusterView): VirtualServiceIndex {
  const delegates = new Map<string, Delegate>(
    sortByCreation(view.virtualServices.filter(isDelegate)).map((source) => [
      keyOf(source.id),
      { source, rules: httpRules(source), visibility: visibilityFor(source, view) },
    ]),
  );
  let rootsByKey: ReadonlyMap<string, VirtualService> | null = null;
  const rootOf = (key: string): VirtualService | undefined => {
    rootsByKey ??= new Map(
      sortByCreation(view.virtualServices.filter((vs) => !isDelegate(vs))).map((vs) => [keyOf(vs.id), vs]),
    );
    return rootsByKey.get(key);
  };
  const byGateway = new Map<string, NormalVirtualService[]>();
  let roots = 0;
  for (const source of view.virtualServices) {
    if (isDelegate(source)) continue;
    roots++;
    const vs = normalise(source, view, delegates, rootOf);
    // E5: a gateway listed twice makes the VirtualService appear twice.
    for (const gateway of vs.gateways) if (gateway !== 'mesh') append(byGateway, gateway, vs);
  }
  // Gateway by gateway: a mesh has far more VirtualServices than one Gateway has.
  for (const [gateway, bound] of byGateway)
    byGateway.set(
      gateway,
      sortByCreationOf(bound, (vs) => vs.source),
    );
  return { roots, byGateway };
}

const visibilityFor = (vs: VirtualService, view: ClusterView): Visibility =>
  visibilityOf(vs.spec.exportTo, view.mesh.defaultVirtualServiceExportTo, vs.id.namespace);

function normalise(
  source: VirtualService,
  view: ClusterView,
  delegates: ReadonlyMap<string, Delegate>,
  rootOf: (key: string) => VirtualService | undefined,
): NormalVirtualService {
  const { namespace } = source.id;
  const gateways = source.spec.gateways ?? NONE;
  const expanded = expandDelegates(source, httpRules(source), delegates, rootOf);
  return {
    source,
    hosts: replaced(source.spec.hosts ?? NONE, (host) => fullHost(host, source, view.mesh.domain)),
    gateways: gateways.length === 0 ? MESH : replaced(gateways, (g) => resolveGatewayName(g, namespace)),
    http: expanded.rules,
    tls: l4Rules(source, 'tls', source.spec.tls),
    tcp: l4Rules(source, 'tcp', source.spec.tcp),
    visibility: visibilityFor(source, view),
    semantics: source.meta.annotations[routeSemanticsAnnotation] ?? null,
    drops: expanded.drops,
  };
}

function l4Rules<R extends TlsRoute | TcpRoute>(
  source: VirtualService,
  block: 'tls' | 'tcp',
  rules: readonly R[] | undefined,
): readonly L4Rule<R>[] {
  if (rules === undefined) return NONE;
  return rules.map((rule, index) => ({
    rule: withFullGateways(rule, source.id.namespace),
    origin: { virtualService: source, block, index, match: null },
  }));
}

/** The rule with the gateways of its matches resolved; the very rule where they are. mirrors: E4. */
function withFullGateways<R extends { readonly match?: readonly L4Match[] }>(rule: R, namespace: string): R {
  const before = rule.match ?? NONE;
  const match = replaced(before, (m) => {
    const gateways = replaced(m.gateways ?? NONE, (g) => resolveGatewayName(g, namespace));
    return gateways === (m.gateways ?? NONE) ? m : { ...m, gateways };
  });
  return match === before ? rule : { ...rule, match };
}

function httpRules(source: VirtualService): readonly HttpRule[] {
  const { http } = source.spec;
  if (http === undefined) return NONE;
  return http.map((rule, index) => ({
    rule: withFullGateways(rule, source.id.namespace),
    origin: { virtualService: source, block: 'http', index, match: null },
    matchOrigins:
      rule.match?.map((_, match): RuleRef => ({ virtualService: source, block: 'http', index, match })) ?? NONE,
  }));
}

/**
 * VirtualServices bound to a gateway that a proxy of this namespace sees: private ones, then those exported to the
 * namespace, then generated ones of the namespace, then all other public ones. mirrors: E10.
 */
export function virtualServicesForGateway(
  index: VirtualServiceIndex,
  gateway: string,
  proxyNamespace: string,
): NormalVirtualService[] {
  const rank = (vs: NormalVirtualService): number => {
    if (vs.visibility.kind !== 'public') return vs.source.id.namespace === proxyNamespace ? 0 : 1;
    return vs.semantics === 'gateway' && vs.source.id.namespace === proxyNamespace ? 2 : 3;
  };
  const bound = index.byGateway.get(gateway) ?? NONE;
  return bound.filter((vs) => visibleTo(vs.visibility, proxyNamespace)).sort((a, b) => rank(a) - rank(b));
}
