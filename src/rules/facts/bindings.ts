import { resolveGatewayName } from '../../istio/hosts.ts';
import { rewriteHosts } from '../../istio/server-hosts.ts';
import type { ClusterView, Gateway, VirtualService } from '../../model/cluster-view.ts';
import type { ServerRef } from '../../model/envoy-config.ts';
import { keyOf } from '../../model/resource.ts';
import type { HttpMatch, L4Match } from '../../model/specs.ts';

/** Where the rules of a VirtualService may be used; of a delegate: where those of its roots may (E4, E6). */
export interface Binding {
  /** `namespace/name`, and `mesh`. */
  readonly keys: ReadonlySet<string>;
  readonly gateways: readonly Gateway[];
  /** Gateways that the input does not hold, or that are not Istio's own: nothing can be said about their servers. */
  readonly isPartial: boolean;
}

interface Index {
  readonly gateways: ReadonlyMap<string, Gateway>;
  /** Roots by the `namespace/name` they delegate to. */
  readonly roots: ReadonlyMap<string, readonly VirtualService[]>;
  readonly bindings: Map<VirtualService, Binding>;
}

const indexes = new WeakMap<ClusterView, Index>();

function indexOf(view: ClusterView): Index {
  const known = indexes.get(view);
  if (known) return known;
  const roots = new Map<string, VirtualService[]>();
  for (const vs of view.virtualServices) {
    for (const { delegate } of vs.spec.http ?? []) {
      if (!delegate || isDelegate(vs)) continue;
      const key = keyOf({ namespace: delegate.namespace || vs.id.namespace, name: delegate.name ?? '' });
      const list = roots.get(key);
      if (list) list.push(vs);
      else roots.set(key, [vs]);
    }
  }
  const index = { gateways: new Map(view.gateways.map((g) => [keyOf(g.id), g])), roots, bindings: new Map() };
  indexes.set(view, index);
  return index;
}

/** A VirtualService without hosts is used by other VirtualServices only (E1). */
export const isDelegate = (vs: VirtualService): boolean => (vs.spec.hosts ?? []).length === 0;

/** The VirtualServices that delegate to this one, each once. */
export const rootsOf = (view: ClusterView, delegate: VirtualService): readonly VirtualService[] => [
  ...new Set(indexOf(view).roots.get(keyOf(delegate.id)) ?? []),
];

/** Where this VirtualService is bound. Without any gateway that is the mesh (E4). */
export function bindingOf(view: ClusterView, vs: VirtualService): Binding {
  const index = indexOf(view);
  const known = index.bindings.get(vs);
  if (known) return known;
  const sources = isDelegate(vs) ? rootsOf(view, vs) : [vs];
  const keys = new Set(sources.flatMap(gatewayKeys));
  const named = [...keys].filter((key) => key !== 'mesh');
  const gateways = named.flatMap((key) => index.gateways.get(key) ?? []);
  const binding = { keys, gateways, isPartial: sources.length === 0 || gateways.length < named.length };
  index.bindings.set(vs, binding);
  return binding;
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
export function serversForMatch(
  binding: Binding,
  vs: VirtualService,
  match: HttpMatch | L4Match,
): readonly ServerRef[] | null {
  const own = (match.gateways ?? []).map((g) => resolveGatewayName(g, vs.id.namespace));
  const limited = own.filter((key) => binding.keys.has(key));
  if (own.length > 0 ? limited.includes('mesh') : binding.keys.has('mesh')) return null;
  const gateways = binding.gateways.filter((g) => own.length === 0 || limited.includes(keyOf(g.id)));
  if (own.length > 0 ? gateways.length < new Set(limited).size : binding.isPartial) return null;
  return gateways.flatMap((gateway) =>
    (gateway.spec.servers ?? []).map((server, index) => ({ gateway, index, server })),
  );
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
