import type { EnvoyConfig, Route, RouteConfiguration, VirtualHost } from '../model/envoy-config.ts';
import { configPath, virtualServiceText } from './config-path.ts';
import { byBytes } from './order.ts';
import type { TableOptions } from './table-options.ts';
import { tabwriter } from './tabwriter.ts';

/** One row of the route table; `route` is null for a virtual host without routes, `host` for the static rows. */
export interface RouteRow {
  readonly name: string;
  readonly virtualHost: string;
  readonly domains: string;
  readonly match: string;
  readonly virtualService: string;
  readonly host: VirtualHost | null;
  readonly route: Route | null;
}

const isAddress = (domain: string): boolean => domain.split(':').length > 3 && domain.endsWith(']');

/** The DOMAINS column (H15). */
export function domainsText(domains: readonly string[]): string {
  const [only] = domains;
  if (only === undefined || domains.length === 1) return only ?? '';
  const plain = domains.filter((domain) => !domain.includes(':') || isAddress(domain));
  const listed = new Set(plain);
  const isExpanded = (domain: string): boolean =>
    ['.svc.cluster.local', '.svc'].some(
      (suffix) => domain.endsWith(suffix) && listed.has(domain.slice(0, -suffix.length)),
    );
  const kept = plain.filter((domain) => !isExpanded(domain));
  const shown = kept.slice(0, 2).join(', ');
  return kept.length > 2 ? `${shown} + ${kept.length - 2} more...` : shown;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const regexText = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'regex' in value ? text(value.regex) : '';

/** The MATCH column: the path alone, without headers, methods, query parameters and ports (H16). */
export function matchText(match: Route['match']): string {
  const parts: string[] = [];
  if (text(match.prefix) !== '') parts.push(`${text(match.prefix)}*`);
  if (text(match.pathSeparatedPrefix) !== '') parts.push(`PathPrefix:${text(match.pathSeparatedPrefix)}`);
  if (text(match.path) !== '') parts.push(text(match.path));
  if (match.safeRegex !== undefined) parts.push(`regex ${regexText(match.safeRegex)}`);
  return parts.join(' ');
}

function hostRows(name: string, host: VirtualHost): readonly RouteRow[] {
  const common = { name, virtualHost: host.name, domains: domainsText(host.domains), host };
  if (host.routes.length === 0) return [{ ...common, match: '/*', virtualService: '404', route: null }];
  return host.routes
    .filter((route) => route.action.kind !== 'cluster' || route.action.cluster !== 'PassthroughCluster')
    .map((route) => ({
      ...common,
      match: matchText(route.match),
      virtualService: virtualServiceText(configPath(route)),
      route,
    }));
}

const staticRow = (path: string): RouteRow => ({
  name: '',
  virtualHost: 'backend',
  domains: '*',
  match: `${path}*`,
  virtualService: '',
  host: null,
  route: null,
});

// The inline routes of the two static listeners (H19).
const STATIC = [staticRow('/stats/prometheus'), staticRow('/healthz/ready')];

/** The route configurations that the options leave, sorted by name. */
export const selectRoutes = (
  routes: readonly RouteConfiguration[],
  options: TableOptions,
): readonly RouteConfiguration[] =>
  routes.filter((r) => !options.name || r.name === options.name).sort((a, b) => byBytes(a.name, b.name));

/** The rows of the route table: dynamic configurations by name, then the static ones (H18). */
export function routeRows(config: Pick<EnvoyConfig, 'routes'>, options: TableOptions): readonly RouteRow[] {
  const dynamic = selectRoutes(config.routes, options).flatMap((route) =>
    route.virtualHosts.flatMap((host) => hostRows(route.name, host)),
  );
  return options.name ? dynamic : [...dynamic, ...STATIC];
}

/** `istioctl proxy-config route`, byte for byte (H13-H20). */
export function routesTable(config: Pick<EnvoyConfig, 'routes'>, options: TableOptions): string {
  const rows = routeRows(config, options).map((r) => [r.name, r.virtualHost, r.domains, r.match, r.virtualService]);
  return tabwriter([['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'], ...rows], 5);
}
