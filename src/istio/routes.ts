import type { Drop, Route, RouteAction, RuleRef, ServerRef } from '../model/envoy-config.ts';
import { rulePlace } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import type { HttpMatch, HttpRedirect, HttpRoute } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { clusterName, type Lookup, weightedClusters } from './clusters.ts';
import type { HttpRule } from './delegates.ts';
import { isCatchAll, routeMatch } from './route-match.ts';
import { selectorMatches } from './select.ts';
import type { NormalVirtualService } from './virtual-services.ts';

/** Where a VirtualService's routes are built: istiod keeps the first server's port and TLS flag for all (F4). */
export interface RouteContext extends Lookup {
  readonly workload: Workload;
  readonly server: ServerRef;
}

const redirectCodes: Readonly<Record<number, string>> = {
  0: '',
  301: '',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
};

/** Redirect codes for which Envoy has a name (F25); others give a route without action. */
export const hasEnvoyRedirectCode = (code: number): boolean => Object.hasOwn(redirectCodes, code);

/** mirrors: F25. */
function redirectAction(redirect: HttpRedirect, serverPort: number, isTls: boolean): RouteAction {
  const code = redirect.redirectCode ?? 0;
  if (!hasEnvoyRedirectCode(code)) return { kind: 'none' };
  const scheme = redirect.scheme || (isTls ? 'https' : 'http');
  let port = redirect.derivePort === 'FROM_REQUEST_PORT' ? serverPort : (redirect.port ?? 0);
  if ((port === 80 && scheme === 'http') || (port === 443 && scheme === 'https')) port = 0;
  return {
    kind: 'redirect',
    redirect: {
      ...(redirect.scheme ? { schemeRedirect: redirect.scheme } : {}),
      ...(redirect.authority ? { hostRedirect: redirect.authority } : {}),
      ...(port !== 0 ? { portRedirect: port } : {}),
      pathRedirect: redirect.uri ?? '',
      ...(redirectCodes[code] ? { responseCode: redirectCodes[code] } : {}),
    },
  };
}

function actionOf({ rule, origin }: HttpRule, context: RouteContext): RouteAction {
  const author = origin.virtualService;
  if (rule.redirect) return redirectAction(rule.redirect, context.serverPort, context.server.server.tls !== undefined);
  if (rule.directResponse) return { kind: 'direct-response', status: rule.directResponse.status ?? 0 };
  const route = rule.route ?? [];
  if (route.length === 1) return { kind: 'cluster', cluster: clusterName(route[0]!.destination, author, context) };
  return { kind: 'weighted', weighted: weightedClusters(route, author, context) };
}

/** Why a match does not apply on this server, or null. mirrors: F21. */
function filteredBy(match: HttpMatch, context: RouteContext): 'port' | 'gateways' | 'source' | null {
  if (match.port && match.port !== context.serverPort) return 'port';
  const gateways = match.gateways ?? [];
  if (gateways.length > 0) return gateways.includes(keyOf(context.server.gateway.id)) ? null : 'gateways';
  if (!selectorMatches(match.sourceLabels, context.workload.labels)) return 'source';
  if (match.sourceNamespace && match.sourceNamespace !== context.workload.namespace) return 'source';
  return null;
}

const routeName = (rule: HttpRoute, match: HttpMatch | null): string =>
  match?.name ? `${rule.name ?? ''}.${match.name}` : (rule.name ?? '');

/** In place of the matches of a rule that has none. */
const ANYTHING: readonly null[] = [null];

/**
 * The routes of one VirtualService on one server, in order; what is left out on the way is added to `drops`.
 * mirrors: F19-F29. The list ends with the first catch-all.
 */
export function buildRoutes(vs: NormalVirtualService, context: RouteContext, drops: Drop[]): readonly Route[] {
  const routes: Route[] = [];
  let catchAll: RuleRef | null = null;
  for (const rule of vs.http) {
    const matches = rule.rule.match?.length ? rule.rule.match : ANYTHING;
    for (let i = 0; i < matches.length; i++) {
      const match = matches[i] ?? null;
      const origin = rule.matchOrigins[i] ?? rule.origin;
      if (catchAll) {
        drops.push({
          reason: 'rule-after-catch-all',
          rule: origin,
          winner: catchAll,
          at: rulePlace(origin),
          mirrors: 'F19',
        });
        continue;
      }
      const by = match && filteredBy(match, context);
      if (by) {
        drops.push({
          reason: 'match-filtered',
          rule: origin,
          server: context.server,
          by,
          at: rulePlace(origin, by === 'source' ? 'sourceLabels' : by),
          mirrors: 'F21',
        });
        continue;
      }
      const envoyMatch = routeMatch(match, vs.semantics !== null);
      routes.push({
        name: routeName(rule.rule, match),
        match: envoyMatch,
        virtualService: vs.source,
        action: actionOf(rule, context),
        origin,
      });
      if (isCatchAll(envoyMatch)) catchAll = origin;
    }
  }
  return routes;
}
