import type { Drop, ServerRef } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import type { Place } from '../model/resource.ts';
import type { PortResolver } from './ports.ts';
import { isHttpFamily, isHttpServer, isHttpsTerminated, isTlsServer, parseProtocol } from './protocol.ts';
import type { SelectedGateway } from './select.ts';
import { rewriteHosts } from './server-hosts.ts';

/** A server as it takes part in the merge: hosts rewritten (B3). */
export interface MergedServer {
  readonly ref: ServerRef;
  /** After B3: `ns/host`, `host` or `*`. */
  readonly hosts: readonly string[];
  readonly bind: string;
  /** Declared port number. */
  readonly number: number;
  /** RDS route name; '' for TCP and passthrough (B6). */
  readonly routeName: string;
}

/** Servers that share port, protocol text and bind: one pass of chain building (B5, D2). */
export interface MergeEntry {
  readonly port: number;
  readonly protocol: string;
  readonly bind: string;
  readonly routeName: string;
  readonly servers: MergedServer[];
}

export interface MergedGateways {
  /** In creation order of the merge keys (D2); twice where a plain server replaced others (see `replace`). */
  readonly entries: readonly MergeEntry[];
  /** Servers whose hosts make up each route configuration (B17). */
  readonly serversOfRoute: ReadonlyMap<string, readonly MergedServer[]>;
  /** Every server with the ports it resolves to, dropped ones too. */
  readonly resolved: readonly { readonly server: ServerRef; readonly ports: readonly number[] }[];
  readonly drops: readonly Drop[];
  /** Where istiod panics, or null (B3). */
  readonly crash: Place | null;
}

/** The name of the route configuration that the server's chain asks for. mirrors: B6. */
function routeNameOf(ref: ServerRef, port: number): string {
  const { server, gateway } = ref;
  const protocol = parseProtocol(server.port?.protocol ?? '');
  const bind = server.bind ? `.${server.bind}` : '';
  if (isHttpFamily(protocol)) return `http.${port}${bind}`;
  if (protocol === 'HTTPS' && isHttpServer(server)) {
    return `https.${server.port?.number ?? 0}.${server.port?.name ?? ''}.${gateway.meta.name}.${gateway.meta.namespace}${bind}`;
  }
  return '';
}

/**
 * Merges the servers of the selected Gateways and keeps a reason for each that istiod leaves out.
 * mirrors: B1-B20 (MergeGateways).
 */
export function mergeServers(selected: readonly SelectedGateway[], ports: PortResolver): MergedGateways {
  const merge = new Merge();
  for (const { gateway, targets } of selected) {
    for (const [index, server] of (gateway.spec.servers ?? []).entries()) {
      const ref: ServerRef = { gateway, index, server };
      if (!server.port) {
        merge.drops.push({ reason: 'server-without-port', at: serverPlace(ref), mirrors: 'B2' });
        continue;
      }
      const rewritten = rewriteHosts(server.hosts ?? [], gateway.meta.namespace);
      if (rewritten.panicsAt !== null) {
        return { ...merge.result(), crash: serverPlace(ref, 'hosts', rewritten.panicsAt) };
      }
      if (rewritten.replaced.length > 0) {
        merge.drops.push({
          reason: 'hosts-replaced-by-star',
          server: ref,
          hosts: rewritten.replaced,
          at: serverPlace(ref, 'hosts'),
          mirrors: 'B3',
        });
      }
      const number = server.port.number ?? 0;
      const resolved = targets === null ? [ports.legacy(number)] : ports.direct(number, targets);
      merge.resolved.push({ server: ref, ports: resolved });
      if (resolved.length === 0)
        merge.drops.push({ reason: 'no-target-port', server: ref, at: serverPlace(ref, 'port'), mirrors: 'A18' });
      for (const port of resolved) merge.add(ref, rewritten.hosts, port);
    }
  }
  return merge.result();
}

interface PortState {
  /** Hosts of servers with `tls`, with the bind and server that claimed them last (B7). */
  readonly tlsHosts: Map<string, { bind: string; server: ServerRef }>;
  /** The latest plaintext server stored on the port (B5). */
  plaintext: { isHttp: boolean; bind: string; server: MergedServer } | null;
  used: boolean;
}

/** The state of one merge; a closure would do, but the three keys of B5 read better as fields. */
class Merge {
  readonly drops: Drop[] = [];
  readonly resolved: { server: ServerRef; ports: readonly number[] }[] = [];
  private readonly entries = new Map<string, MergeEntry>();
  /** The keys of the entries, each time one was made. */
  private readonly order: string[] = [];
  private readonly routes = new Map<string, MergedServer[]>();
  private readonly ports = new Map<number, PortState>();

  result(): MergedGateways {
    return {
      entries: this.order.map((key) => this.entries.get(key)!),
      serversOfRoute: this.routes,
      resolved: this.resolved,
      drops: this.drops,
      crash: null,
    };
  }

  add(ref: ServerRef, hosts: readonly string[], port: number): void {
    const { server } = ref;
    const state = this.stateOf(port);
    const bind = server.bind ?? '';
    if (server.tls !== undefined && !this.claimHosts(ref, hosts, port, bind, state)) return;

    const protocol = parseProtocol(server.port?.protocol ?? '');
    const merged: MergedServer = {
      ref,
      hosts,
      bind,
      number: server.port?.number ?? 0,
      routeName: routeNameOf(ref, port),
    };
    const slot = state.plaintext;
    const plain = !isTlsServer(server);

    if (slot && slot.bind === bind && !(slot.isHttp && isHttpFamily(protocol))) {
      this.drops.push({
        reason: 'protocol-conflict',
        server: ref,
        port,
        winner: slot.server.ref,
        at: serverPlace(ref),
        mirrors: 'B11',
      });
      return;
    }
    if (slot && slot.bind === bind) {
      // B11: both HTTP-family on one bind, merged into the first server's entry whatever its spelling.
      this.entries.get(entryKey(port, slot.server.ref.server.port?.protocol ?? '', bind))!.servers.push(merged);
      this.appendRoute(merged);
      return;
    }
    if (!slot && state.used && !plain && isHttpsTerminated(server)) {
      const taken = this.routes.get(merged.routeName)?.[0];
      if (taken) {
        this.drops.push({
          reason: 'route-name-reused',
          server: ref,
          port,
          winner: taken.ref,
          at: serverPlace(ref, 'port', 'name'),
          mirrors: 'B13',
        });
        return;
      }
    }
    // B12: the first plain server of a port always gets a fresh entry, even where TLS servers have its key.
    if (plain && !slot) this.replace(merged, port);
    const isNewKey = this.store(merged, port);
    if (plain && isNewKey) state.plaintext = { isHttp: isHttpFamily(protocol), bind, server: merged };
    state.used = true;
  }

  /** Adds a server under its own key: a new key sets the route's server list, an existing one appends (B17). True if new. */
  private store(merged: MergedServer, port: number): boolean {
    const protocol = merged.ref.server.port?.protocol ?? '';
    const key = entryKey(port, protocol, merged.bind);
    const entry = this.entries.get(key);
    if (entry) {
      entry.servers.push(merged);
      this.appendRoute(merged);
      return false;
    }
    this.entries.set(key, { port, protocol, bind: merged.bind, routeName: merged.routeName, servers: [merged] });
    this.order.push(key);
    if (!isHttpServer(merged.ref.server)) return true;
    for (const lost of this.routes.get(merged.routeName) ?? []) {
      this.drops.push({
        reason: 'route-list-overwritten',
        server: lost.ref,
        port,
        winner: merged.ref,
        at: serverPlace(lost.ref),
        mirrors: 'B17',
      });
    }
    this.routes.set(merged.routeName, [merged]);
    return true;
  }

  /**
   * Forgets the TLS servers stored under the plain server's own key: `HTTPS` without `tls` after `HTTPS` with it. Their
   * place stays and then names the new entry, which is built twice. Not in B12's text; recorded in random-1-100.
   */
  private replace(merged: MergedServer, port: number): void {
    const key = entryKey(port, merged.ref.server.port?.protocol ?? '', merged.bind);
    for (const lost of this.entries.get(key)?.servers ?? []) {
      this.drops.push({
        reason: 'replaced-by-plain-server',
        server: lost.ref,
        port,
        winner: merged.ref,
        at: serverPlace(lost.ref),
        mirrors: 'B12',
      });
    }
    this.entries.delete(key);
  }

  private appendRoute(merged: MergedServer): void {
    if (!isHttpServer(merged.ref.server)) return;
    const list = this.routes.get(merged.routeName);
    if (list) list.push(merged);
    else this.routes.set(merged.routeName, [merged]);
  }

  /** Returns false, with a drop, when one of the hosts is taken on this port and bind; else records them all. mirrors: B7. */
  private claimHosts(ref: ServerRef, hosts: readonly string[], port: number, bind: string, state: PortState): boolean {
    const taken = hosts.flatMap((host) => {
      const winner = state.tlsHosts.get(host);
      return winner && winner.bind === bind ? [{ host, winner: winner.server }] : [];
    });
    if (taken.length > 0) {
      this.drops.push({
        reason: 'duplicate-host',
        server: ref,
        port,
        hosts: taken,
        at: serverPlace(ref),
        mirrors: 'B7',
      });
      return false;
    }
    for (const host of hosts) state.tlsHosts.set(host, { bind, server: ref });
    return true;
  }

  private stateOf(port: number): PortState {
    const known = this.ports.get(port);
    if (known) return known;
    const state: PortState = { tlsHosts: new Map(), plaintext: null, used: false };
    this.ports.set(port, state);
    return state;
  }
}

const entryKey = (port: number, protocol: string, bind: string): string => `${port}~${protocol}~${bind}`;
