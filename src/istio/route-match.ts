import type { HttpMatch, StringMatch } from '../model/specs.ts';
import { compareText } from './hosts.ts';

type Json = Readonly<Record<string, unknown>>;

/** Envoy's StringMatcher as protobuf JSON, null when no kind is given. */
function envoyStringMatch(match: StringMatch): Json | null {
  if (match.exact !== undefined) return { exact: match.exact };
  if (match.prefix !== undefined) return { prefix: match.prefix };
  if (match.regex !== undefined) return { safeRegex: { regex: match.regex } };
  return null;
}

/** A header or query condition; absent kind and regex `*` only ask for presence. mirrors: F24. */
function presenceOrString(name: string, match: StringMatch): Json {
  const string = match.regex === '*' ? null : envoyStringMatch(match);
  return string === null ? { name, presentMatch: true } : { name, stringMatch: string };
}

function inverted(name: string, match: StringMatch): Json {
  const condition = presenceOrString(name, match);
  const present = 'presentMatch' in condition;
  return { ...condition, invertMatch: true, ...(present ? {} : { treatMissingHeaderAsEmpty: true }) };
}

const claimsPrefix = '@request.auth.claims';

/** The keys of a claim condition (`.a.b` or `[a][b]`), or null for an ordinary header. mirrors: F24. */
function claimPath(header: string): string[] | null {
  if (!header.toLowerCase().startsWith(claimsPrefix)) return null;
  const rest = header.slice(claimsPrefix.length);
  if (rest.startsWith('.')) return rest.slice(1).split('.');
  if (rest.startsWith('[') && rest.endsWith(']')) return rest.slice(1, -1).split('][');
  return null;
}

function claimCondition(path: readonly string[], match: StringMatch, invert: boolean): Json {
  const string = envoyStringMatch(match) ?? { safeRegex: { regex: '.*' } };
  return {
    filter: 'envoy.filters.http.jwt_authn',
    path: ['payload', ...path].map((key) => ({ key })),
    value: {
      orMatch: { valueMatchers: [{ listMatch: { oneOf: { stringMatch: string } } }, { stringMatch: string }] },
    },
    ...(invert ? { invert: true } : {}),
  };
}

function pathOf(uri: StringMatch | undefined, pathSeparated: boolean): Json {
  if (uri?.exact !== undefined) return { path: uri.exact };
  if (uri?.prefix !== undefined) {
    if (!pathSeparated || uri.prefix === '/') return { prefix: uri.prefix };
    return { pathSeparatedPrefix: uri.prefix.endsWith('/') ? uri.prefix.slice(0, -1) : uri.prefix };
  }
  if (uri?.regex !== undefined) return { safeRegex: { regex: uri.regex } };
  return { prefix: '/' };
}

const sortedEntries = (map: Readonly<Record<string, StringMatch>> | undefined) =>
  Object.entries(map ?? {}).sort(([a], [b]) => compareText(a, b));

const EVERYTHING: Json = { prefix: '/' };

/**
 * Envoy's RouteMatch as protobuf JSON. `pathSeparated`: the VirtualService was generated from Ingress or Gateway API.
 * mirrors: F23, F24. Query conditions are sorted by name; istiod's order is random (M6).
 */
export function routeMatch(match: HttpMatch | null, pathSeparated: boolean): Json {
  if (match === null) return EVERYTHING;
  const headers: Json[] = [];
  const dynamicMetadata: Json[] = [];
  for (const [name, condition] of sortedEntries(match.headers)) {
    const claim = claimPath(name);
    if (claim) dynamicMetadata.push(claimCondition(claim, condition, false));
    else headers.push(presenceOrString(name, condition));
  }
  for (const [name, condition] of sortedEntries(match.withoutHeaders)) {
    const claim = claimPath(name);
    if (claim) dynamicMetadata.push(claimCondition(claim, condition, true));
    else headers.push(inverted(name, condition));
  }
  // Wanted and unwanted headers are sorted together (random-1-347), unlike what F24 suggests.
  headers.sort((a, b) => compareText(String(a['name']), String(b['name'])));
  for (const field of ['method', 'authority', 'scheme'] as const) {
    const condition = match[field];
    if (condition) headers.push(presenceOrString(`:${field}`, condition));
  }
  const queryParameters = sortedEntries(match.queryParams).map(([name, condition]) =>
    presenceOrString(name, condition),
  );
  return {
    ...pathOf(match.uri, pathSeparated),
    caseSensitive: !(match.ignoreUriCase ?? false),
    ...(headers.length > 0 ? { headers } : {}),
    ...(queryParameters.length > 0 ? { queryParameters } : {}),
    ...(dynamicMetadata.length > 0 ? { dynamicMetadata } : {}),
  };
}

/** True for a match that takes every request: only these are moved to the end of a virtual host. mirrors: F18. */
export function isCatchAll(match: Json): boolean {
  const regex = (match['safeRegex'] as { regex?: string } | undefined)?.regex;
  const everything = match['prefix'] === '/' || match['pathSeparatedPrefix'] === '/' || regex === '.*';
  return (
    everything &&
    match['headers'] === undefined &&
    match['queryParameters'] === undefined &&
    match['dynamicMetadata'] === undefined
  );
}
