import type { FilterChain, Listener, Route, RouteConfiguration, VirtualHost } from '../model/envoy-config.ts';

/** Full-match test of an RE2 expression; made outside, because RE2 is loaded only where a regex is met. */
export type RegexTest = (pattern: string, text: string) => boolean;

/** What Envoy's TLS inspector reads of a connection. */
export interface Hello {
  /** null: none sent, or plain text. */
  readonly sni: string | null;
  readonly alpn: readonly string[];
}

/** Names under which chains are looked up: lower-case, '' for no match object. */
const namesOf = (chain: FilterChain): readonly string[] => chain.serverNames?.map((n) => n.toLowerCase()) ?? [''];

/** The names that Envoy tries for an SNI, in order: exact, wildcards from long to short, no name. mirrors: D8, symptoms.md 6. */
function candidates(sni: string | null): string[] {
  const name = (sni ?? '').toLowerCase();
  if (name === '') return [''];
  const found = [name];
  for (let dot = name.indexOf('.'); dot >= 0 && dot < name.length - 1; dot = name.indexOf('.', dot + 1)) {
    found.push(`*${name.slice(dot)}`);
  }
  return [...found, ''];
}

/**
 * The index of the chain that takes a connection, or null. Once some chain has the name there is no way back to a
 * less specific one. Source: symptoms.md 6, D8.
 */
export function findChain(listener: Listener, hello: Hello): number | null {
  for (const name of candidates(hello.sni)) {
    const bucket = listener.chains.flatMap((chain, index) => (namesOf(chain).includes(name) ? [{ chain, index }] : []));
    if (bucket.length === 0) continue;
    for (const protocol of hello.alpn) {
      const found = bucket.find(({ chain }) => chain.applicationProtocols.includes(protocol));
      if (found) return found.index;
    }
    return bucket.find(({ chain }) => chain.applicationProtocols.length === 0)?.index ?? null;
  }
  return null;
}

/** Host header as Envoy compares it with domains: lower-case, without port. */
export function hostForMatching(host: string): string {
  const lower = host.toLowerCase();
  const end = lower.startsWith('[') ? lower.indexOf(']') + 1 : lower.lastIndexOf(':');
  if (lower.startsWith('[')) return end > 0 ? lower.slice(0, end) : lower;
  return end >= 0 && /^\d+$/.test(lower.slice(end + 1)) ? lower.slice(0, end) : lower;
}

/**
 * The virtual host for a Host header: exact, then the longest suffix wildcard, then the longest prefix wildcard,
 * then `*`; null is a 404. Source: symptoms.md 6.
 */
export function findVirtualHost(configuration: RouteConfiguration, host: string): VirtualHost | null {
  const name = hostForMatching(host);
  let best: { host: VirtualHost; rank: number } | null = null;
  for (const virtualHost of configuration.virtualHosts) {
    for (const domain of virtualHost.domains) {
      const rank = domainRank(domain.toLowerCase(), name);
      if (rank > (best?.rank ?? 0)) best = { host: virtualHost, rank };
    }
  }
  return best?.host ?? null;
}

/** 0: no match; greater is better. Domains are at most a few hundred characters. */
function domainRank(domain: string, name: string): number {
  if (domain === name) return 4e6;
  if (domain === '*') return 1;
  if (domain.startsWith('*'))
    return name.length >= domain.length && name.endsWith(domain.slice(1)) ? 3e6 + domain.length : 0;
  if (domain.endsWith('*'))
    return name.length >= domain.length && name.startsWith(domain.slice(0, -1)) ? 2e6 + domain.length : 0;
  return 0;
}

/** The parts of a request that routes look at. `headers` with lower-case names, pseudo headers included. */
export interface RequestParts {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface StringMatcher {
  readonly exact?: string;
  readonly prefix?: string;
  readonly safeRegex?: { readonly regex?: string };
}

function stringMatches(matcher: StringMatcher, value: string, regex: RegexTest): boolean {
  if (matcher.exact !== undefined) return value === matcher.exact;
  if (matcher.prefix !== undefined) return value.startsWith(matcher.prefix);
  return regex(matcher.safeRegex?.regex ?? '', value);
}

interface Condition {
  readonly name: string;
  readonly presentMatch?: boolean;
  readonly stringMatch?: StringMatcher;
  readonly invertMatch?: boolean;
  readonly treatMissingHeaderAsEmpty?: boolean;
}

function headerMatches(condition: Condition, headers: RequestParts['headers'], regex: RegexTest): boolean {
  const value = headers[condition.name.toLowerCase()];
  const invert = condition.invertMatch ?? false;
  if (condition.presentMatch) return (value !== undefined) !== invert;
  if (value === undefined && !condition.treatMissingHeaderAsEmpty) return false;
  return stringMatches(condition.stringMatch ?? {}, value ?? '', regex) !== invert;
}

function queryMatches(condition: Condition, query: URLSearchParams, regex: RegexTest): boolean {
  const value = query.get(condition.name);
  if (value === null) return false;
  return condition.presentMatch === true || stringMatches(condition.stringMatch ?? {}, value, regex);
}

function pathMatches(match: Route['match'], path: string, regex: RegexTest): boolean {
  const fold = (text: string) => (match['caseSensitive'] === false ? text.toLowerCase() : text);
  const at = fold(path);
  if (match['path'] !== undefined) return at === fold(match['path'] as string);
  if (match['prefix'] !== undefined) return at.startsWith(fold(match['prefix'] as string));
  if (match['pathSeparatedPrefix'] !== undefined) {
    const prefix = fold(match['pathSeparatedPrefix'] as string);
    return at === prefix || at.startsWith(`${prefix}/`);
  }
  return regex((match['safeRegex'] as { regex?: string } | undefined)?.regex ?? '', path);
}

/** True when Envoy would take this route for the request. Claims never match: there is no token (symptoms.md 8). */
export function routeMatches(route: Route, request: RequestParts, regex: RegexTest): boolean {
  const { match } = route;
  if (!pathMatches(match, request.path, regex)) return false;
  if (match['dynamicMetadata'] !== undefined) return false;
  const headers = (match['headers'] ?? []) as readonly Condition[];
  if (!headers.every((condition) => headerMatches(condition, request.headers, regex))) return false;
  const queries = (match['queryParameters'] ?? []) as readonly Condition[];
  if (queries.length === 0) return true;
  const query = new URLSearchParams(request.query);
  return queries.every((condition) => queryMatches(condition, query, regex));
}

/** The index of the first route that takes the request, or null. */
export function findRoute(host: VirtualHost, request: RequestParts, regex: RegexTest): number | null {
  const index = host.routes.findIndex((route) => routeMatches(route, request, regex));
  return index < 0 ? null : index;
}
