import { hostSubsetOf, isOpenTo } from '../../istio/hosts.ts';
import { isHttpServer } from '../../istio/protocol.ts';
import type { ClusterView, VirtualService } from '../../model/cluster-view.ts';
import type { Server } from '../../model/specs.ts';
import { bindingOf } from './bindings.ts';
import { isMeshHost } from './destinations.ts';
import type { HostIndex, OpenHost } from './host-index.ts';
import { hostsOf } from './routes.ts';
import { serverText } from './servers.ts';

/** A host that no server of the Gateways takes, and the entry that comes nearest. */
export interface LostHost {
  readonly index: number;
  readonly written: string;
  readonly near: { readonly open: OpenHost; readonly why: string } | null;
}

/** The hosts of a VirtualService that are lost on its Gateways, whose hosts are `open`; `live` are the servers in some chain. */
export function lostHosts(
  view: ClusterView,
  vs: VirtualService,
  open: readonly HostIndex[],
  live: ReadonlySet<Server>,
): readonly LostHost[] {
  const resolved = hostsOf(vs, view.mesh.domain);
  const met = resolved.map((host) => open.flatMap((o) => o.meeting(host)));
  const isEligible = met.some((some) => some.some((m) => isOpenTo(m, vs.id.namespace)));
  const judged = resolved.map((host, index) => lostHost(vs, index, host, met[index]!, open, live, isEligible));
  if (judged.every((l) => l === null)) return [];
  // Bound to the mesh as well, some hosts may be for it; if no Gateway takes any, one for the outside is a mistake.
  const isOnMesh = bindingOf(view, vs).keys.has('mesh');
  const isForMesh = (host: string) => isOnMesh && (isEligible || isMeshHost(view, host));
  const taken = resolved.filter((_, index) => judged[index] === null);
  // Virtual hosts are lower-cased (F5): another host of the VirtualService may serve the same name.
  const isServed = (host: string) =>
    taken.some((other) => hostSubsetOf(host, other.toLowerCase())) && open.some((o) => o.meeting(host).length > 0);
  const lost = judged.flatMap((l) =>
    l && !isForMesh(resolved[l.index]!) && !isServed(resolved[l.index]!.toLowerCase()) ? [l] : [],
  );
  const isHttp = (vs.spec.http ?? []).length > 0;
  // For tls and tcp one host that fits is enough, and sniHosts decide (E15, G7).
  return isHttp || lost.length === resolved.length ? lost : [];
}

/**
 * Judges one host of a VirtualService against its Gateways: `met` are their hosts that it meets, `live` the servers in
 * some chain, `isEligible` tells whether any of its hosts is taken. Null: taken, or told by another rule.
 */
function lostHost(
  vs: VirtualService,
  index: number,
  host: string,
  met: readonly OpenHost[],
  open: readonly HostIndex[],
  live: ReadonlySet<Server>,
  isEligible: boolean,
): LostHost | null {
  const written = vs.spec.hosts![index]!;
  const { http = [], tls = [] } = vs.spec;
  const mine = met.filter((o) => isOpenTo(o, vs.id.namespace));
  if (mine.length > 0) {
    // Taken by servers that read no http: without a chain that is rule passthrough-no-tls-route or its like.
    const isUnread =
      http.length > 0 && tls.length + (vs.spec.tcp ?? []).length === 0 && !mine.some((o) => isHttpServer(o.ref.server));
    if (!isUnread || !mine.every((o) => live.has(o.ref.server))) return null;
    return {
      index,
      written,
      near: { open: mine[0]!, why: `${serverText(mine[0]!.ref)} has it, but reads no routes under http` },
    };
  }
  const sni = tls.flatMap((rule) => (rule.match ?? []).flatMap((m) => m.sniHosts ?? []));
  // As long as another host fits, names outside the server's hosts get their chain (G7).
  if (isEligible && sni.some((name) => hostSubsetOf(name, host))) return null;
  const closed = met[0];
  if (closed) {
    return {
      index,
      written,
      near: { open: closed, why: `${serverText(closed.ref)} has it for namespace ${closed.namespace} only` },
    };
  }
  const alike = open.map((o) => o.alike(host)).find((o) => o !== null);
  // Rule host-trailing-dot.
  if (alike && alike.host.endsWith('.') !== host.endsWith('.')) return null;
  return {
    index,
    written,
    near: alike ? { open: alike, why: `istiod takes ${alike.host} for another name: case counts` } : null,
  };
}
