import type { Drop, Route, RouteAction, RuleRef, ServerRef } from '../model/envoy-config.ts';
import { rulePlace } from '../model/envoy-config.ts';
import type { HttpMatch, HttpRedirect, HttpRoute } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { clusterName, type FindService, weightedClusters } from './clusters.ts';
import type { HttpRule } from './delegates.ts';
import { isCatchAll, routeMatch } from './route-match.ts';
import { selectorMatches } from './select.ts';
import type { NormalVirtualService } from './virtual-services.ts';

/** Where a VirtualService's routes are built: istiod keeps the first server's port and TLS flag for all (F4). */
export interface RouteContext {
  readonly workload: Workload;
  readonly gateway: string;
  readonly server: ServerRef;
  readonly find: FindService;
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

function actionOf(rule: HttpRoute, context: RouteContext): RouteAction {
  const port = context.server.server.port?.number ?? 0;
  if (rule.redirect) return redirectAction(rule.redirect, port, context.server.server.tls !== undefined);
  if (rule.directResponse) return { kind: 'direct-response', status: rule.directResponse.status ?? 0 };
  const route = rule.route ?? [];
  if (route.length === 1) {
    return { kind: 'cluster', cluster: clusterName(route[0]!.destination, context.find, port) };
  }
  return { kind: 'weighted', weighted: weightedClusters(route, context.find, port) };
}

/** Why a match does not apply on this server, or null. mirrors: F21. */
function filteredBy(match: HttpMatch, context: RouteContext): 'port' | 'gateways' | 'source' | null {
  if (match.port && match.port !== (context.server.server.port?.number ?? 0)) return 'port';
  const gateways = match.gateways ?? [];
  if (gateways.length > 0) return gateways.includes(context.gateway) ? null : 'gateways';
  if (!selectorMatches(match.sourceLabels, context.workload.labels)) return 'source';
  if (match.sourceNamespace && match.sourceNamespace !== context.workload.namespace) return 'source';
  return null;
}

/** The path that istiod writes into the metadata of routes; istioctl prints it as VIRTUAL SERVICE. mirrors: F22. */
const configPath = (vs: NormalVirtualService): string =>
  `/apis/networking.istio.io/v1/namespaces/${vs.source.id.namespace}/virtual-service/${vs.source.id.name}`;

const routeName = (rule: HttpRoute, match: HttpMatch | null): string =>
  match?.name ? `${rule.name ?? ''}.${match.name}` : (rule.name ?? '');

/**
 * The routes of one VirtualService on one server, in order, and what is left out on the way. mirrors: F19-F29.
 * The list ends with the first catch-all.
 */
export function buildRoutes(
  vs: NormalVirtualService,
  context: RouteContext,
): { readonly routes: readonly Route[]; readonly drops: readonly Drop[] } {
  const routes: Route[] = [];
  const drops: Drop[] = [];
  let catchAll: RuleRef | null = null;
  const afterCatchAll = (rule: RuleRef) =>
    drops.push({ reason: 'rule-after-catch-all', rule, winner: catchAll!, at: rulePlace(rule), mirrors: 'F19' });

  const add = (rule: HttpRule, match: HttpMatch | null, origin: RuleRef) => {
    const envoyMatch = routeMatch(match, vs.semantics !== null);
    routes.push({
      name: routeName(rule.rule, match),
      match: envoyMatch,
      config: configPath(vs),
      action: actionOf(rule.rule, context),
      origin,
    });
    if (isCatchAll(envoyMatch)) catchAll = origin;
  };

  for (const rule of vs.http) {
    const matches = rule.rule.match ?? [];
    if (catchAll) {
      if (matches.length === 0) afterCatchAll(rule.origin);
      for (const [i] of matches.entries()) afterCatchAll(rule.matchOrigins[i] ?? rule.origin);
      continue;
    }
    if (matches.length === 0) {
      add(rule, null, rule.origin);
      catchAll = rule.origin;
      continue;
    }
    for (const [i, match] of matches.entries()) {
      const origin = rule.matchOrigins[i] ?? rule.origin;
      if (catchAll) {
        afterCatchAll(origin);
        continue;
      }
      const by = filteredBy(match, context);
      if (by === null) add(rule, match, origin);
      else {
        drops.push({
          reason: 'match-filtered',
          rule: origin,
          server: context.server,
          by,
          at: rulePlace(origin, by === 'source' ? 'sourceLabels' : by),
          mirrors: 'F21',
        });
      }
    }
  }
  return { routes, drops };
}
