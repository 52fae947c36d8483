import type { Route } from '../model/envoy-config.ts';

/** A route that no request reaches, and the earlier one that takes its requests. */
export interface ShadowedRoute {
  readonly route: Route;
  readonly by: Route;
}

/** Headers, query and claim conditions as one text; '' when there are none. */
function conditionsOf(match: Route['match']): string {
  const { headers, queryParameters, dynamicMetadata } = match;
  return headers || queryParameters || dynamicMetadata
    ? JSON.stringify([headers, queryParameters, dynamicMetadata])
    : '';
}

/** What earlier routes take whole, by their conditions: prefixes, exact paths and regexes (F9, F23). */
interface Taken {
  readonly prefixes: Map<string, Route>;
  readonly separated: Map<string, Route>;
  readonly exact: Map<string, Route>;
  readonly regexes: Map<string, Route>;
  everything: Route | null;
}

/** Regexes that take every path, since Envoy matches the whole of it. */
const everyPath = new Set(['.*', '/.*', '^/.*', '^.*', '^.*$', '^/.*$', '/?.*']);

function coveredBy(match: Route['match'], taken: Taken): Route | null {
  if (taken.everything) return taken.everything;
  const exact = match['path'] as string | undefined;
  const prefix = match['prefix'] as string | undefined;
  const separated = match['pathSeparatedPrefix'] as string | undefined;
  const regex = (match['safeRegex'] as { regex?: string } | undefined)?.regex;
  if (regex !== undefined) return taken.regexes.get(regex) ?? null;
  const path = exact ?? prefix ?? separated ?? '';
  for (let length = 0; length <= path.length; length++) {
    const found = taken.prefixes.get(path.slice(0, length));
    if (found) return found;
  }
  for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) {
    // A path-separated prefix takes `/a`, `/a/b`, not `/ab`; it covers prefixes only below it.
    const found = taken.separated.get(path.slice(0, at));
    if (found && (exact !== undefined || separated !== undefined || at < path.length)) return found;
  }
  return exact === undefined ? null : (taken.exact.get(exact) ?? null);
}

function record(route: Route, taken: Taken): void {
  const { match } = route;
  const put = (map: Map<string, Route>, key: string) => {
    if (!map.has(key)) map.set(key, route);
  };
  const regex = (match['safeRegex'] as { regex?: string } | undefined)?.regex;
  if (match['path'] !== undefined) put(taken.exact, match['path'] as string);
  else if (match['prefix'] !== undefined) {
    // Every path begins with a slash.
    if (match['prefix'] === '' || match['prefix'] === '/') taken.everything ??= route;
    else put(taken.prefixes, match['prefix'] as string);
  } else if (match['pathSeparatedPrefix'] !== undefined) put(taken.separated, match['pathSeparatedPrefix'] as string);
  else if (regex !== undefined) {
    if (everyPath.has(regex)) taken.everything ??= route;
    else put(taken.regexes, regex);
  }
}

/**
 * The routes of a virtual host that no request can reach, because an earlier one takes all of theirs: its path covers
 * theirs and it asks for nothing more. Envoy takes the first route that fits. mirrors: F9, F12.
 * Conditions are compared as a whole: an earlier route with some, but not all, of the later one's is not seen.
 */
export function shadowedRoutes(routes: readonly Route[]): ShadowedRoute[] {
  if (routes.length < 2) return [];
  const byConditions = new Map<string, Taken>();
  const takenFor = (key: string): Taken => {
    const known = byConditions.get(key);
    if (known) return known;
    const taken: Taken = {
      prefixes: new Map(),
      separated: new Map(),
      exact: new Map(),
      regexes: new Map(),
      everything: null,
    };
    byConditions.set(key, taken);
    return taken;
  };
  const found: ShadowedRoute[] = [];
  for (const route of routes) {
    const conditions = conditionsOf(route.match);
    // A later route that ignores case takes more than an earlier one of the same text that does not.
    const caseText = route.match['caseSensitive'] === false ? 'i' : 's';
    const by =
      coveredBy(route.match, takenFor(`${caseText}`)) ??
      coveredBy(route.match, takenFor(`${caseText}${conditions}`)) ??
      takenFor('s').everything;
    if (by && by !== route) found.push({ route, by });
    record(route, takenFor(`${caseText}${conditions}`));
    if (conditions === '' && caseText === 'i' && takenFor('i').everything === route) takenFor('s').everything ??= route;
  }
  return found;
}
