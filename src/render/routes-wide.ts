import type { EnvoyConfig, Route, RouteAction } from '../model/envoy-config.ts';
import { type Cell, grid } from './grid.ts';
import type { WideOptions } from './listeners-wide.ts';
import { routeRows } from './routes-table.ts';

const HEAD = ['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE', 'HOST REDIRECT', 'DESTINATION', 'WEIGHT'];

const NONE = '-';

// Envoy's own default is 301, which protobuf JSON leaves out.
const CODES: Readonly<Record<string, string>> = {
  FOUND: '302',
  SEE_OTHER: '303',
  TEMPORARY_REDIRECT: '307',
  PERMANENT_REDIRECT: '308',
};

function redirectText(redirect: Readonly<Record<string, unknown>>): string {
  const part = (key: string): string => {
    const value = redirect[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const scheme = part('schemeRedirect') || (redirect.httpsRedirect === true ? 'https' : '');
  const port = part('portRedirect');
  const target = [
    scheme && `${scheme}://`,
    part('hostRedirect') || (scheme || port ? '<host>' : ''),
    port && `:${port}`,
    part('pathRedirect') || (part('prefixRewrite') && `${part('prefixRewrite')}*`),
  ].join('');
  return `redirect ${CODES[part('responseCode')] ?? '301'} ${target}`.trimEnd();
}

const REFUSED: Cell = { text: 'no action: Envoy refuses the routes', tone: 'bad' };

const ACTION: {
  readonly [K in RouteAction['kind']]: (
    action: Extract<RouteAction, { readonly kind: K }>,
  ) => readonly [destination: Cell, weight: Cell];
} = {
  cluster: (a) => [a.cluster, NONE],
  weighted: (a) =>
    a.weighted.length === 0
      ? [REFUSED, NONE]
      : [a.weighted.map((w) => w.cluster).join(','), a.weighted.map((w) => w.weight).join(',')],
  redirect: (a) => [redirectText(a.redirect), NONE],
  'direct-response': (a) => [`answer ${a.status}`, NONE],
  none: () => [REFUSED, NONE],
};

const actionCells = <K extends RouteAction['kind']>(action: Extract<RouteAction, { readonly kind: K }>) =>
  ACTION[action.kind as K](action);

const routeCells = (route: Route | null): readonly Cell[] =>
  route === null ? [NONE, NONE] : actionCells(route.action);

/** `routes -o wide`: istioctl's rows with the redirect of the virtual host, the destination and its weight. */
export const routesWide = (config: Pick<EnvoyConfig, 'routes'>, options: WideOptions): Promise<string> =>
  grid(
    HEAD,
    routeRows(config, options).map((row): Cell[] => [
      row.name || NONE,
      row.virtualHost,
      row.domains,
      row.match,
      row.virtualService || NONE,
      row.host?.requireTls ? 'https' : NONE,
      ...routeCells(row.route),
    ]),
    options.color,
  );
