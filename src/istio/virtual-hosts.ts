import type { Gateway } from '../model/cluster-view.ts';
import type { Drop, Route, RouteConfiguration, ServerRef, VirtualHost } from '../model/envoy-config.ts';
import { rulePlace } from '../model/envoy-config.ts';
import { isIpv6 } from '../model/ip-address.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import type { Workload } from '../model/workload.ts';
import { boundTo } from './bound.ts';
import { compareSpecificity, compareText } from './hosts.ts';
import { intersectionWith } from './intersect.ts';
import { isCatchAll } from './route-match.ts';
import { buildRoutes, type RouteContext } from './routes.ts';
import type { MergedServer } from './servers.ts';
import { type ServiceRegistry, visibleServiceFor } from './services.ts';
import { shadowedRoutes } from './shadow.ts';
import type { NormalVirtualService, VirtualServiceIndex } from './virtual-services.ts';

/** A virtual host while it is being put together. */
interface Draft {
  readonly name: string;
  readonly domains: string[];
  requireTls: boolean;
  routes: Route[];
  /** In the order in which they are merged; one may come again. */
  servers: ServerRef[];
}

const virtualHostName = (host: string, port: number): string => `${isIpv6(host) ? `[${host}]` : host}:${port}`;

export interface RouteConfigurationInput {
  readonly workload: Workload;
  readonly mesh: MeshConfig;
  readonly index: VirtualServiceIndex;
  readonly registry: ServiceRegistry;
}

/** The route configuration of one RDS name from its servers, in merge order. mirrors: F1-F18. */
export function buildRouteConfiguration(
  name: string,
  servers: readonly MergedServer[],
  input: RouteConfigurationInput,
): { readonly route: RouteConfiguration; readonly drops: readonly Drop[] } {
  const drops: Drop[] = [];
  const drafts = new Map<string, Draft>();
  /** F4: routes per (gateway, VirtualService), built for the first server that intersects. */
  const cache = new Map<Gateway, Map<NormalVirtualService, readonly Route[]>>();
  const namespace = input.workload.namespace ?? '';

  for (const server of servers) {
    const { gateway } = server.ref;
    const built = cache.get(gateway) ?? new Map<NormalVirtualService, readonly Route[]>();
    cache.set(gateway, built);
    const intersect = intersectionWith(server.hosts);
    for (const vs of boundTo(input.index, gateway, namespace).meeting(server.hosts)) {
      const hosts = intersect(vs.hosts, vs.source.id.namespace);
      if (hosts.length === 0) continue;
      const routes = built.get(vs) ?? buildRoutes(vs, contextOf(vs, server.ref, input), drops);
      if (routes.length === 0) continue;
      built.set(vs, routes);
      for (const host of hosts) addTo(drafts, host, server, routes);
    }
    // F7, and random-1-598: a virtual host that an earlier server made redirects too.
    if (redirects(server)) for (const host of server.hosts) addTo(drafts, host, server, []);
  }

  if (drafts.size === 0) return { route: { name, virtualHosts: [blackhole(servers[0]?.number ?? 0)] }, drops };
  const virtualHosts = collapse(drafts);
  for (const draft of virtualHosts) finish(draft, drops);
  return { route: { name, virtualHosts }, drops };
}

const redirects = (server: MergedServer): boolean => server.ref.server.tls?.httpsRedirect === true;

function contextOf(
  vs: NormalVirtualService,
  server: ServerRef,
  { workload, mesh, registry }: RouteConfigurationInput,
): RouteContext {
  const { namespace } = vs.source.id;
  return {
    workload,
    server,
    serverPort: server.server.port?.number ?? 0,
    domain: mesh.domain,
    find: (hostname) => visibleServiceFor(registry, hostname, namespace, workload.namespace ?? ''),
  };
}

/** Adds a server to the virtual host of this host, with these routes. */
function addTo(drafts: Map<string, Draft>, host: string, server: MergedServer, routes: readonly Route[]): void {
  const domain = host.toLowerCase();
  const draft = drafts.get(domain);
  if (!draft) {
    drafts.set(domain, {
      name: virtualHostName(domain, server.number),
      domains: [domain],
      requireTls: redirects(server),
      routes: [...routes],
      servers: [server.ref],
    });
    return;
  }
  draft.routes.push(...routes);
  // Servers are merged one after the other: one that the virtual host has already is its last.
  if (draft.servers.at(-1) !== server.ref) draft.servers.push(server.ref);
  if (redirects(server)) draft.requireTls = true;
}

/** mirrors: F8. */
const blackhole = (port: number): VirtualHost => ({
  name: `blackhole:${port}`,
  domains: ['*'],
  requireTls: false,
  routes: [],
  servers: [],
});

/** Folds virtual hosts whose routes are the same objects into the most specific one; sorted by name. mirrors: F15, F17. */
function collapse(drafts: ReadonlyMap<string, Draft>): Draft[] {
  const all = [...drafts.values()];
  const firsts = new Set(all.map((draft) => draft.routes[0]));
  // Those that begin with different routes have no list in common, and in most meshes all do.
  const kept = firsts.size === all.length ? all : folded(drafts);
  return kept.sort((a, b) => compareText(a.name, b.name));
}

function folded(drafts: ReadonlyMap<string, Draft>): Draft[] {
  const ids = new Map<Route, number>();
  const idOf = (route: Route): number => {
    const known = ids.get(route);
    if (known !== undefined) return known;
    ids.set(route, ids.size);
    return ids.size - 1;
  };
  const kept: Draft[] = [];
  /** Per list of routes only the latest virtual host takes others in, as in istiod (random-1-874). */
  const latest = new Map<string, Draft>();
  for (const host of [...drafts.keys()].sort(compareSpecificity)) {
    const draft = drafts.get(host)!;
    const key = draft.routes.map(idOf).join(' ');
    const other = latest.get(key);
    if (other && other.requireTls === draft.requireTls) {
      other.domains.push(...draft.domains);
      other.servers.push(...draft.servers);
    } else {
      latest.set(key, draft);
      kept.push(draft);
    }
  }
  return kept;
}

/** Moves catch-alls to the end, and names the routes that no request can reach. mirrors: F18. */
function finish(draft: Draft, drops: Drop[]): void {
  if (draft.servers.length > 1) draft.servers = [...new Set(draft.servers)];
  if (draft.routes.length === 1) return;
  const rest: Route[] = [];
  const last: Route[] = [];
  for (const route of draft.routes) (isCatchAll(route.match) ? last : rest).push(route);
  draft.routes = [...rest, ...last];
  for (const { route, by } of shadowedRoutes(draft.routes)) {
    drops.push({
      reason: 'route-shadowed',
      rule: route.origin,
      virtualHost: draft.name,
      winner: by.origin,
      at: rulePlace(route.origin),
      mirrors: 'F9',
    });
  }
}
