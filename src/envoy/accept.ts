import type { EnvoyConfig, FilterChain, Listener, Route, RouteConfiguration } from '../model/envoy-config.ts';
import { isSocketAddress } from '../model/ip-address.ts';
import { oncePer } from '../model/once.ts';
import { re2Error } from './re2.ts';

/** Why Envoy refuses a listener whole; its other listeners are applied. `error` is Envoy's own text. Source: symptoms.md 2. */
export interface ListenerRejection {
  readonly listener: Listener;
  readonly error: string;
  readonly why:
    | 'same-match'
    | 'overlapping-match'
    | 'partial-wildcard'
    | 'sans-without-ca'
    | 'malformed-address'
    | 'duplicate-address'
    | 'address-in-use';
  /** The chains that meet, the earlier one first; all of the listener's for an address. */
  readonly chains: readonly FilterChain[];
  /** The names in question, lower-case; empty where every connection is meant. */
  readonly names: readonly string[];
}

/** Static listeners of every proxy (D23). */
const staticPorts = new Set([15021, 15090]);
/** Ports that other sockets of the pod hold: admin, and the agent's (D5). */
const heldPorts = new Set([15000, 15004, 15020, 15053]);

/** True where `bind` is neither an address nor a pipe: Envoy refuses the listener. */
export const hasMalformedAddress = ({ pipe, address }: Listener): boolean => pipe === null && !isSocketAddress(address);

/** True for a port of every gateway pod that Envoy or the agent has already. */
export const isReservedPort = ({ pipe, port }: Listener): boolean =>
  pipe === null && (staticPorts.has(port) || heldPorts.has(port));

/** `ip:port`, or the path of a unix socket. */
const addressText = (listener: Listener): string =>
  listener.pipe ?? `${listener.address.includes(':') ? `[${listener.address}]` : listener.address}:${listener.port}`;

/** The chain's match as Envoy prints it. */
function matchJson(chain: FilterChain): string {
  const match = {
    ...(chain.serverNames === null ? {} : { server_names: chain.serverNames }),
    ...(chain.applicationProtocols.length === 0 ? {} : { application_protocols: chain.applicationProtocols }),
  };
  return JSON.stringify(match);
}

/** True for a name with `*` elsewhere than as a leading `*.`: Envoy refuses it. Source: symptoms.md 2. */
export const isPartialWildcard = (name: string): boolean => name.slice(name.startsWith('*.') ? 2 : 0).includes('*');

/** Returns why Envoy refuses this listener, or null when it takes it. Checks run chain by chain as Envoy's do. */
export function listenerRejection(listener: Listener): ListenerRejection | null {
  const address = addressText(listener);
  const adding = `error adding listener '${address}': `;
  const all = { listener, chains: listener.chains, names: [] };
  if (hasMalformedAddress(listener)) {
    return { ...all, error: `malformed IP address: ${listener.address}`, why: 'malformed-address' };
  }
  if (listener.pipe === null && staticPorts.has(listener.port)) {
    const error = `error adding listener: '${listener.name}' has duplicate address '${address}' as existing listener, to check if the listener has duplicated addresses with other listeners or 'enable_reuse_port' is set to 'false' for the listener`;
    return { ...all, error, why: 'duplicate-address' };
  }
  if (listener.pipe === null && heldPorts.has(listener.port)) {
    return { ...all, error: `cannot bind '${address}': Address already in use`, why: 'address-in-use' };
  }
  const byMatch = new Map<string, FilterChain>();
  const byName = new Map<string, FilterChain>();
  for (const chain of listener.chains) {
    const match = matchJson(chain);
    const same = byMatch.get(match);
    if (same) {
      const error = `${adding}filter chain '' has the same matching rules defined as ''. duplicate matcher is: ${match}`;
      return { listener, error, why: 'same-match', chains: [same, chain], names: lower(chain) };
    }
    byMatch.set(match, chain);
    const partial = (chain.serverNames ?? []).filter(isPartialWildcard);
    if (partial.length > 0) {
      const error = `${adding}partial wildcards are not supported in "server_names"`;
      return { listener, error, why: 'partial-wildcard', chains: [chain], names: partial };
    }
    if (chain.tls && chain.tls.validation === null && chain.tls.subjectAltNames.length > 0) {
      const error = 'SAN-based verification of peer certificates without trusted CA is insecure and not allowed';
      return { listener, error, why: 'sans-without-ca', chains: [chain], names: [] };
    }
    const overlap = claimNames(chain, byName);
    if (overlap) {
      const error = `${adding}multiple filter chains with overlapping matching rules are defined`;
      return { listener, error, why: 'overlapping-match', chains: [overlap.earlier, chain], names: [overlap.name] };
    }
  }
  return null;
}

const lower = (chain: FilterChain): string[] => (chain.serverNames ?? []).map((name) => name.toLowerCase());

/** Records the chain's names; returns the first that an earlier chain (or the chain itself) has. mirrors: D8. */
function claimNames(
  chain: FilterChain,
  owners: Map<string, FilterChain>,
): { earlier: FilterChain; name: string } | null {
  const protocols = chain.applicationProtocols.length === 0 ? [''] : chain.applicationProtocols;
  for (const name of chain.serverNames === null ? [''] : lower(chain)) {
    for (const protocol of protocols) {
      const key = `${name} ${protocol}`;
      const earlier = owners.get(key);
      if (earlier) return { earlier, name };
      owners.set(key, chain);
    }
  }
  return null;
}

/** All listeners of a configuration that Envoy refuses. */
export const listenerRejections = (config: EnvoyConfig): ListenerRejection[] =>
  config.listeners.flatMap((listener) => listenerRejection(listener) ?? []);

/** Why Envoy refuses a route configuration. Source: F25, F26, symptoms.md 6. */
export interface RouteRejection {
  readonly configuration: RouteConfiguration;
  readonly virtualHost: string;
  readonly route: Route;
  readonly why: 'no-action' | 'no-weighted-clusters';
  /** A constraint error: the whole answer is refused, every route configuration of the proxy keeps its old version. */
  readonly error: string;
}

/** The routes for which Envoy refuses the whole route answer of this proxy. */
export function routeRejections(config: Pick<EnvoyConfig, 'routes'>): RouteRejection[] {
  return config.routes.flatMap((configuration) =>
    configuration.virtualHosts.flatMap((host) =>
      host.routes.flatMap((route): RouteRejection[] => {
        const at = { configuration, virtualHost: host.name, route };
        if (route.action.kind === 'none') {
          return [{ ...at, why: 'no-action', error: 'field: "action", reason: is required' }];
        }
        if (route.action.kind === 'weighted' && route.action.weighted.length === 0) {
          const error = 'WeightedClusterValidationError.Clusters: value must contain at least 1 item(s)';
          return [{ ...at, why: 'no-weighted-clusters', error }];
        }
        return [];
      }),
    ),
  );
}

/** Every expression in a match, at whatever depth. */
function expressionsIn(match: unknown): string[] {
  if (typeof match !== 'object' || match === null) return [];
  return Object.entries(match).flatMap(([key, value]) =>
    key === 'regex' && typeof value === 'string' ? [value] : expressionsIn(value),
  );
}

/**
 * Does RE2 refuse an expression in this configuration? Then Envoy refuses it as a whole, and others that come with it may
 * be lost (not predicted). Source: symptoms.md 6 (bad regex).
 */
export const hasRefusedExpression = oncePer((configuration: RouteConfiguration): boolean =>
  configuration.virtualHosts.some((host) =>
    host.routes.some((route) => expressionsIn(route.match).some((expression) => re2Error(expression) !== null)),
  ),
);
