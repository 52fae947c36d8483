import type { Drop, Route, RouteConfiguration, ServerRef, VirtualHost } from '../model/envoy-config.ts';
import { rulePlace } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import type { Workload } from '../model/workload.ts';
import { boundTo } from './bound.ts';
import { compareSpecificity, compareText, isIpv6 } from './hosts.ts';
import { intersectHosts } from './intersect.ts';
import { isCatchAll } from './route-match.ts';
import { buildRoutes } from './routes.ts';
import type { MergedServer } from './servers.ts';
import { type ServiceRegistry, visibleServiceFor } from './services.ts';
import { shadowedRoutes } from './shadow.ts';
import type { VirtualServiceIndex } from './virtual-services.ts';

/** A virtual host while it is being put together. */
interface Draft {
  readonly name: string;
  readonly domains: string[];
  requireTls: boolean;
  readonly routes: Route[];
  /** In the order in which they are merged; one may come again. */
  readonly servers: ServerRef[];
}

const virtualHostName = (host: string, port: number): string => `${isIpv6(host) ? `[${host}]` : host}:${port}`;

export interface RouteConfigurationInput {
  readonly workload: Workload;
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
  const cache = new Map<string, readonly Route[]>();
  const namespace = input.workload.namespace ?? '';

  for (const server of servers) {
    const gateway = keyOf(server.ref.gateway.id);
    const redirect = server.ref.server.tls?.httpsRedirect === true;
    const draftFor = (host: string): Draft => {
      const known = drafts.get(host);
      if (known) return known;
      const draft: Draft = {
        name: virtualHostName(host, server.number),
        domains: [host],
        requireTls: false,
        routes: [],
        servers: [],
      };
      drafts.set(host, draft);
      return draft;
    };
    for (const vs of boundTo(input.index, gateway, namespace).meeting(server.hosts)) {
      const hosts = intersectHosts(server.hosts, vs.hosts, vs.source.id.namespace);
      if (hosts.length === 0) continue;
      const key = `${gateway} ${keyOf(vs.source.id)}`;
      let routes = cache.get(key);
      if (!routes) {
        const find = (hostname: string) =>
          visibleServiceFor(input.registry, hostname, vs.source.id.namespace, namespace);
        const built = buildRoutes(vs, { workload: input.workload, gateway, server: server.ref, find });
        drops.push(...built.drops);
        if (built.routes.length === 0) continue;
        routes = built.routes;
        cache.set(key, routes);
      }
      for (const host of hosts) {
        const draft = draftFor(host.toLowerCase());
        draft.routes.push(...routes);
        addServer(draft, server.ref);
        if (redirect) draft.requireTls = true;
      }
    }
    if (!redirect) continue;
    // F7, and random-1-598: a virtual host that an earlier server made redirects too.
    for (const host of server.hosts) {
      const draft = draftFor(host.toLowerCase());
      draft.requireTls = true;
      addServer(draft, server.ref);
    }
  }

  const virtualHosts =
    drafts.size === 0 ? [blackhole(servers[0]?.number ?? 0)] : collapse(drafts).map((draft) => finish(draft, drops));
  return { route: { name, virtualHosts }, drops };
}

/** Servers are merged one after the other: one that the virtual host has already is its last. */
function addServer({ servers }: Draft, server: ServerRef): void {
  if (servers.at(-1) !== server) servers.push(server);
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
  return kept.sort((a, b) => compareText(a.name, b.name));
}

/** Moves catch-alls to the end, and names the routes that no request can reach. mirrors: F18. */
function finish(draft: Draft, drops: Drop[]): VirtualHost {
  const rest: Route[] = [];
  const last: Route[] = [];
  for (const route of draft.routes) (isCatchAll(route.match) ? last : rest).push(route);
  const routes = [...rest, ...last];
  for (const { route, by } of shadowedRoutes(routes)) {
    drops.push({
      reason: 'route-shadowed',
      rule: route.origin,
      virtualHost: draft.name,
      winner: by.origin,
      at: rulePlace(route.origin),
      mirrors: 'F9',
    });
  }
  return {
    name: draft.name,
    domains: draft.domains,
    requireTls: draft.requireTls,
    routes,
    servers: draft.servers.length > 1 ? [...new Set(draft.servers)] : draft.servers,
  };
}
