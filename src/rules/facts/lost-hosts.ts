import { hostSubsetOf } from '../../istio/hosts.ts';
import { isHttpServer } from '../../istio/protocol.ts';
import type { VirtualService } from '../../model/cluster-view.ts';
import type { Server } from '../../model/specs.ts';
import { type HostIndex, isOpenTo, type OpenHost } from './host-index.ts';
import { serverText } from './servers.ts';

/** A host that no server of the Gateways takes, and the entry that comes nearest. */
export interface LostHost {
  readonly index: number;
  readonly written: string;
  readonly near: { readonly open: OpenHost; readonly why: string } | null;
}

/**
 * Judges one host of a VirtualService against its Gateways: `met` are their hosts that it meets, `live` the servers in
 * some chain, `isEligible` tells whether any of its hosts is taken. Null: taken, or told by another rule.
 */
export function lostHost(
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
