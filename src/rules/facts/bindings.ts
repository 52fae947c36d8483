import { resolveGatewayName } from '../../istio/hosts.ts';
import { rewriteHosts } from '../../istio/server-hosts.ts';
import { isDelegate } from '../../istio/virtual-services.ts';
import type { ClusterView, Gateway, VirtualService } from '../../model/cluster-view.ts';
import type { ServerRef } from '../../model/envoy-config.ts';
import { append, getOrMake, oncePer } from '../../model/once.ts';
import { keyOf } from '../../model/resource.ts';
import type { HttpMatch, L4Match } from '../../model/specs.ts';
import { serversOfGateway } from './servers.ts';

/** Where the rules of a VirtualService may be used; of a delegate: where those of its roots may (E4, E6). */
export interface Binding {
  /** `namespace/name`, and `mesh`. */
  readonly keys: ReadonlySet<string>;
  readonly gateways: readonly Gateway[];
  /** Gateways that the input does not hold, or that are not Istio's own: nothing can be said about their servers. */
  readonly isPartial: boolean;
}

/** The Gateways by `namespace/name`. */
export const gatewaysByKey = oncePer((view: ClusterView) => new Map(view.gateways.map((g) => [keyOf(g.id), g])));

/** Roots by the `namespace/name` they delegate to. */
const rootsByDelegate = oncePer((view: ClusterView) => {
  const roots = new Map<string, VirtualService[]>();
  for (const vs of view.virtualServices) {
    if (isDelegate(vs)) continue;
    for (const { delegate } of vs.spec.http ?? []) {
      if (delegate)
        append(roots, keyOf({ namespace: delegate.namespace || vs.id.namespace, name: delegate.name ?? '' }), vs);
    }
  }
  return roots;
});

/** The VirtualServices that delegate to this one, each once. */
export const rootsOf = (view: ClusterView, delegate: VirtualService): readonly VirtualService[] => [
  ...new Set(rootsByDelegate(view).get(keyOf(delegate.id)) ?? []),
];

function bindingFor(view: ClusterView, sources: readonly VirtualService[]): Binding {
  const keys = new Set(sources.flatMap(gatewayKeys));
  const named = [...keys].filter((key) => key !== 'mesh');
  const gateways = named.flatMap((key) => gatewaysByKey(view).get(key) ?? []);
  return { keys, gateways, isPartial: sources.length === 0 || gateways.length < named.length };
}

const delegateBindings = oncePer((view: ClusterView) =>
  oncePer((delegate: VirtualService) => bindingFor(view, rootsOf(view, delegate))),
);

/** By the Gateways as istiod reads them: most VirtualServices share theirs with others. */
const rootBindings = oncePer((_: ClusterView) => new Map<string, Binding>());

/** Where this VirtualService is bound. Without any gateway that is the mesh (E4). */
export function bindingOf(view: ClusterView, vs: VirtualService): Binding {
  if (isDelegate(vs)) return delegateBindings(view)(vs);
  const known = rootBindings(view);
  const written = vs.spec.gateways ?? [];
  const key = written.length === 1 ? resolveGatewayName(written[0]!, vs.id.namespace) : gatewayKeys(vs).join('\n');
  return getOrMake(known, key, () => bindingFor(view, [vs]));
}

const gatewayKeys = (vs: VirtualService): string[] => {
  const written = vs.spec.gateways ?? [];
  return written.length === 0 ? ['mesh'] : written.map((g) => resolveGatewayName(g, vs.id.namespace));
};

/** True when it is bound to something else than the mesh. */
export const isOnGateway = ({ keys }: Binding): boolean => keys.size > Number(keys.has('mesh'));

/** The entries of a match's `gateways` that the VirtualService is not bound to: with those it is never used (F21, G4). */
export function strayGateways(
  binding: Binding,
  vs: VirtualService,
  match: HttpMatch | L4Match,
): readonly { readonly index: number; readonly written: string; readonly key: string }[] {
  if (binding.keys.size === 0) return [];
  return (match.gateways ?? []).flatMap((written, index) => {
    const key = resolveGatewayName(written, vs.id.namespace);
    return binding.keys.has(key) ? [] : [{ index, written, key }];
  });
}

/**
 * The servers whose port numbers a match's `port` is compared with, or null when they are not all known: those of the
 * match's own `gateways`, else of all. In the mesh the port is that of a Service.
 */
function serversForMatch(
  binding: Binding,
  vs: VirtualService,
  match: HttpMatch | L4Match,
): readonly ServerRef[] | null {
  const own = (match.gateways ?? []).map((g) => resolveGatewayName(g, vs.id.namespace));
  const limited = own.filter((key) => binding.keys.has(key));
  if (own.length > 0 ? limited.includes('mesh') : binding.keys.has('mesh')) return null;
  const gateways = binding.gateways.filter((g) => own.length === 0 || limited.includes(keyOf(g.id)));
  if (own.length > 0 ? gateways.length < new Set(limited).size : binding.isPartial) return null;
  return gateways.flatMap(serversOfGateway);
}

/** The servers that a match's port misses, when it is the port of none of them (F21, G4); null when it fits or nobody knows. */
export function missedServers(
  binding: Binding,
  vs: VirtualService,
  match: HttpMatch | L4Match,
): readonly ServerRef[] | null {
  if (!match.port) return null;
  const servers = serversForMatch(binding, vs, match);
  if (servers === null || servers.length === 0) return null;
  return servers.some((s) => s.server.port?.number === match.port) ? null : servers;
}

/** The server's hosts as istiod compares them: `./h` and `*` before a slash resolved (B3). */
export const comparedHosts = (ref: ServerRef): readonly string[] =>
  rewriteHosts(ref.server.hosts ?? [], ref.gateway.id.namespace).hosts;
