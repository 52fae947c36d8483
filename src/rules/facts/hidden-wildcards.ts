import { isCatchAll } from '../../istio/route-match.ts';
import { shadowedRoutes } from '../../istio/shadow.ts';
import type { EnvoyConfig, Route, VirtualHost } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import { groupBy } from './live.ts';
import { isGenerated, leadElsewhere } from './shadows.ts';

/** Routes of a wildcard's virtual host that a name under it does not get, because it has a virtual host of its own (F12). */
export interface HiddenRoutes {
  readonly wildcard: VirtualHost;
  readonly exact: VirtualHost;
  /** The wildcard that covers the names in question. */
  readonly pattern: string;
  readonly domains: readonly string[];
  readonly routes: readonly Route[];
  /** Requests for those paths get 404; else another route of the exact virtual host takes them. */
  readonly isLost: boolean;
}

/** Routes that answer; where everything is redirected to HTTPS none is used. */
const answering = (host: VirtualHost): readonly Route[] => (host.requireTls ? [] : host.routes);

const judge = oncePer((wildcard: VirtualHost) =>
  oncePer((exact: VirtualHost): Pick<HiddenRoutes, 'routes' | 'isLost'> | null => {
    if (exact.requireTls || exact.routes.length === 0) return null;
    const wanted = answering(wildcard).filter((r) => !isGenerated(r.origin) && !exact.routes.includes(r));
    const rest = exact.routes.filter((r) => isCatchAll(r.match));
    const own = exact.routes.filter((r) => !isCatchAll(r.match));
    const taken = new Set(shadowedRoutes([...own, ...wanted]).flatMap((s) => (own.includes(s.by) ? [s.route] : [])));
    const routes = wanted.filter((route) => {
      if (taken.has(route)) return false;
      const everything = rest[0];
      return everything === undefined || (!isCatchAll(route.match) && leadElsewhere(route, everything));
    });
    return routes.length === 0 ? null : { routes, isLost: rest.length === 0 };
  }),
);

/** The routes of wildcards that exact names beside them hide. */
export function hiddenByExact(config: EnvoyConfig): HiddenRoutes[] {
  const found: HiddenRoutes[] = [];
  for (const { virtualHosts } of config.routes) {
    const wildcards = new Map<string, VirtualHost>();
    for (const host of virtualHosts)
      for (const d of host.domains) if (d.startsWith('*')) wildcards.set(d.slice(1), host);
    if (wildcards.size === 0) continue;
    for (const exact of virtualHosts) {
      const covered = exact.domains.flatMap((domain) => {
        const found = domain.startsWith('*') ? null : covering(wildcards, domain);
        return found && found.wildcard !== exact ? [{ domain, ...found }] : [];
      });
      for (const group of groupBy(covered, (c) => c.pattern)) {
        const { wildcard, pattern } = group[0];
        const hidden = judge(wildcard)(exact);
        if (hidden) found.push({ wildcard, pattern, exact, domains: group.map((c) => c.domain), ...hidden });
      }
    }
  }
  return found;
}

/** The virtual host that would answer for a name without one of its own: that of the longest wildcard. */
function covering(
  wildcards: ReadonlyMap<string, VirtualHost>,
  domain: string,
): { readonly wildcard: VirtualHost; readonly pattern: string } | null {
  for (let at = 1; at <= domain.length; at++) {
    const found = wildcards.get(domain.slice(at));
    if (found) return { wildcard: found, pattern: `*${domain.slice(at)}` };
  }
  return null;
}
