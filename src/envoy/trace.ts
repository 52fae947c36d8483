import type { EnvoyConfig, FilterChain, Listener, Route, WeightedCluster } from '../model/envoy-config.ts';
import type { Call, Trace, TracedCluster } from '../model/trace.ts';
import { hasRefusedExpression, listenerRejection, routeRejections } from './accept.ts';
import { handshake, notReady } from './handshake.ts';
import { findChain, findRoute, findVirtualHost, type RegexTest, type RequestParts } from './match.ts';
import { redirectLocation, sslRedirectLocation } from './redirect.ts';

/** Everything a trace needs besides the call. */
export interface TraceInput {
  readonly config: EnvoyConfig;
  readonly regex: RegexTest;
  readonly now: Date;
}

/** Follows one request through the predicted configuration. Pure. Source: symptoms.md 5-8, D7, D8, F. */
export function trace(call: Call, input: TraceInput): Trace {
  const listener = listenerOf(call, input.config.listeners);
  if (!listener) return { outcome: 'refused', details: 'no listener' };
  const rejection = listenerRejection(listener);
  if (rejection) return { outcome: 'refused', details: rejection.error, listener };
  const index = findChain(listener, { sni: call.tls?.sni ?? null, alpn: call.tls?.alpn ?? [] });
  if (index === null) return { outcome: 'reset', details: 'filter_chain_not_found', listener };
  const chain = listener.chains[index]!;
  const met = { listener, chain: { index, chain } };
  const { target } = chain;
  if (chain.tls) {
    const ended = endOfHandshake(call, chain, input);
    // A TCP chain opens its upstream connection before the handshake ends (symptoms.md 8): without the cluster it hangs up
    // first, whatever the client shows (measured with Envoy 1.38.3).
    const hangsUp = target.kind !== 'http' && forward(target, input.config).outcome === 'reset';
    if (ended && !(ended.outcome === 'tls-error' && hangsUp)) return { ...met, ...ended };
  }
  if (target.kind !== 'http') return { ...met, ...forward(target, input.config) };
  if (!chain.tls && call.tls) return { ...met, outcome: 'plain-answer', status: 400, details: 'http1.codec_error' };
  return { ...met, ...answer(call, target.route, input) };
}

/** A listener of that very address, else the one of the wildcard address. */
function listenerOf(call: Call, listeners: readonly Listener[]): Listener | undefined {
  const onPort = listeners.filter((l) => l.pipe === null && l.port === call.port);
  return (
    onPort.find((l) => l.address === call.address) ?? onPort.find((l) => l.address === '0.0.0.0' || l.address === '::')
  );
}

type End = Pick<Trace, 'outcome' | 'details'>;

function endOfHandshake(call: Call, chain: FilterChain, { config, now }: TraceInput): End | null {
  if (!call.tls) {
    const unready = notReady(chain, config, now);
    if (unready?.kind === 'not-ready') return { outcome: 'reset', details: unready.transport };
    if (unready?.kind === 'undecided') return { outcome: 'undecided', details: unready.because };
    return { outcome: 'tls-error', details: plainTextReason(call.method) };
  }
  const { maxVersion, certificate } = call.tls;
  const result = handshake(chain, config, { maxVersion, certificate }, now);
  switch (result.kind) {
    case 'ok':
      return null;
    case 'not-ready':
      return { outcome: 'reset', details: result.transport };
    case 'failed':
      return { outcome: 'tls-error', details: result.transport };
    case 'undecided':
      return { outcome: 'undecided', details: result.because };
  }
}

/** BoringSSL knows plain HTTP by the first bytes of these methods. */
const plainTextReason = (method: string): string =>
  ['GET', 'POST', 'HEAD', 'PUT'].includes(method) ? 'HTTP_REQUEST' : 'WRONG_VERSION_NUMBER';

type Target = Pick<Trace, 'outcome' | 'status' | 'details' | 'cluster' | 'weighted'>;

function tracedClusters(weighted: readonly WeightedCluster[], config: EnvoyConfig): TracedCluster[] {
  return weighted.map((w) => (config.clusters.has(w.cluster) ? w : { ...w, missing: true }));
}

function forward(target: Exclude<FilterChain['target'], { kind: 'http' }>, config: EnvoyConfig): Target {
  if (target.kind === 'tcp') {
    const exists = config.clusters.has(target.cluster);
    return {
      outcome: exists ? 'forwarded' : 'reset',
      details: exists ? '' : 'cluster_not_found',
      cluster: target.cluster,
    };
  }
  const weighted = tracedClusters(target.weighted, config);
  const some = weighted.some((w) => !w.missing);
  return {
    outcome: some ? 'forwarded' : 'reset',
    details: some ? '' : 'cluster_not_found',
    ...oneOf(weighted),
  };
}

/** One cluster has no weights to speak of; of several, chance decides. */
const oneOf = (weighted: readonly TracedCluster[]): Pick<Target, 'cluster' | 'weighted'> =>
  weighted.length === 1 ? { cluster: weighted[0]!.cluster } : { weighted };

type Answer = Omit<Trace, 'listener' | 'chain'>;

const bad = (details: string): Answer => ({ outcome: 'response', status: 400, details });

/** What HTTP answers. Source: symptoms.md 5, 6, 8. */
function answer(call: Call, name: string, { config, regex }: TraceInput): Answer {
  if (!call.path.startsWith('/') && call.path !== '*') return bad('http1.codec_error');
  // An empty Host header is a name that only `*` takes (measured with Envoy 1.38.3).
  if (call.host === null) return bad('missing_host_header');
  if (/[/\s?#@\\]/.test(call.host)) return bad('http.invalid_authority');
  const path = normalizePath(call.path);
  if (path === null) return bad('path_normalization_failed');
  const notFound: Answer = { outcome: 'response', status: 404, details: 'route_not_found' };
  // A refused route answer leaves every route configuration of a fresh proxy empty (F25).
  if (routeRejections(config).length > 0) return notFound;
  const configuration = config.routes.find((r) => r.name === name);
  if (configuration && hasRefusedExpression(configuration)) return notFound;
  const host = configuration ? findVirtualHost(configuration, call.host) : null;
  if (!configuration || !host) return notFound;
  const met = { virtualHost: { configuration, host } };
  if (host.requireTls && !call.tls) {
    const redirect = sslRedirectLocation(call.host, path);
    return { ...met, outcome: 'response', status: 301, details: 'direct_response', redirect };
  }
  const request = requestParts(call, path);
  const index = findRoute(host, request, regex);
  if (index === null) return { ...met, ...notFound };
  const route = host.routes[index]!;
  return { ...met, route: { index, route }, ...act(route, call, request, config) };
}

function act(route: Route, call: Call, request: RequestParts, config: EnvoyConfig): Answer {
  const { action } = route;
  switch (action.kind) {
    case 'redirect': {
      const { status, location } = redirectLocation(action.redirect, call.host ?? '', request, call.tls !== null);
      return { outcome: 'response', status, details: 'direct_response', redirect: location };
    }
    case 'direct-response':
      return { outcome: 'response', status: action.status, details: 'direct_response' };
    case 'cluster': {
      const exists = config.clusters.has(action.cluster);
      const details = exists ? 'via_upstream' : 'cluster_not_found';
      return { outcome: 'response', status: exists ? 200 : 503, details, cluster: action.cluster };
    }
    case 'weighted': {
      const weighted = tracedClusters(action.weighted, config);
      const exists = weighted.some((w) => !w.missing);
      const details = exists ? 'via_upstream' : 'cluster_not_found';
      return { outcome: 'response', status: exists ? 200 : 503, details, ...oneOf(weighted) };
    }
    case 'none':
      return { outcome: 'response', status: 404, details: 'route_not_found' };
  }
}

/** Escapes that stand for unreserved characters are decoded (RFC 3986 6.2.2.2). */
const decodeUnreserved = (path: string): string =>
  path.replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escaped;
  });

/** RFC 3986 normal form as Envoy's normalize_path makes it; null: refused (a fragment). The query stays as it is. */
function normalizePath(path: string): string | null {
  if (path.includes('#')) return null;
  const mark = path.indexOf('?');
  const [only, query] = mark < 0 ? [path, ''] : [path.slice(0, mark), path.slice(mark)];
  if (!/\/\.|%|\\/.test(only)) return path;
  const segments: string[] = [];
  const parts = decodeUnreserved(only.replace(/\\/g, '/')).split('/').slice(1);
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === '..') segments.pop();
    if (part === '.' || part === '..') {
      if (last) segments.push('');
    } else segments.push(part);
  }
  return `/${segments.join('/')}${query}`;
}

function requestParts(call: Call, normalized: string): RequestParts {
  const mark = normalized.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.headers)) headers[name.toLowerCase()] = value;
  headers[':method'] = call.method;
  headers[':authority'] = call.host ?? '';
  headers[':scheme'] = call.tls ? 'https' : 'http';
  headers[':path'] = normalized;
  return {
    path: mark < 0 ? normalized : normalized.slice(0, mark),
    query: mark < 0 ? '' : normalized.slice(mark + 1),
    headers,
  };
}
