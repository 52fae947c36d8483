import { hasMalformedAddress } from '../../envoy/accept.ts';
import type { EnvoyConfig, FilterChain, Listener, SecretEntry, ServerRef } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';

/** A server that Envoy is sent, with one of the filter chains that were built from it. */
export interface LiveServer {
  readonly config: EnvoyConfig;
  readonly listener: Listener;
  readonly chain: FilterChain;
  readonly server: ServerRef;
}

/**
 * A prediction as rules judge it. Where istiod panics that is the only finding. And Secrets are those that pods get if they
 * may list them: that is one question (rule gateway-sa-cannot-list-secrets), and a binding somewhere in the input must
 * not hide what is wrong with the Secrets. A listener whose address is none takes no connection, whatever else it says.
 */
export function asJudged(config: EnvoyConfig): EnvoyConfig {
  if (config.crash !== null) return { ...config, listeners: [], routes: [], secrets: [], drops: [], servers: [] };
  const isListening = (listener: Listener) => !hasMalformedAddress(listener);
  if (!config.secrets.some(isWithheld) && config.listeners.every(isListening)) return config;
  return {
    ...config,
    listeners: config.listeners.filter(isListening),
    secrets: config.secrets.map((entry) => ({ ...entry, payload: permitted(entry.payload) })),
  };
}

const isWithheld = ({ payload }: SecretEntry): boolean => permitted(payload) !== payload;

const permitted = (payload: SecretEntry['payload']): SecretEntry['payload'] =>
  payload.kind === 'not-delivered' ? (payload.otherwise ?? payload) : payload;

/** The configurations that reach their pods: where istiod panics nothing is sent at all, and that is the only finding. */
export const sent = (configs: readonly EnvoyConfig[]): EnvoyConfig[] => configs.filter((c) => c.crash === null);

/** Every server with each of its filter chains; a server of several chains or workloads comes several times. */
export const liveServers = oncePer((configs: readonly EnvoyConfig[]): readonly LiveServer[] =>
  sent(configs).flatMap((config) =>
    config.listeners.flatMap((listener) =>
      listener.chains.flatMap((chain) => chain.servers.map((server) => ({ config, listener, chain, server }))),
    ),
  ),
);

/** A server with one of the listeners that serve it. */
export type Listening = Omit<LiveServer, 'chain'>;

/** Every server with each listener that serves it, however many filter chains it has there. */
export const listeningServers = oncePer((configs: readonly EnvoyConfig[]): readonly Listening[] =>
  sent(configs).flatMap((config) =>
    config.listeners.flatMap((listener) =>
      [...new Set(listener.chains.flatMap((chain) => chain.servers))].map((server) => ({ config, listener, server })),
    ),
  ),
);

export interface TerminatingServer extends LiveServer {
  readonly tls: NonNullable<FilterChain['tls']>;
}

/** The servers whose TLS context comes from a SIMPLE, MUTUAL or OPTIONAL_MUTUAL server: TLS parameters apply to them (D19). */
export const terminatingServers = oncePer((configs: readonly EnvoyConfig[]): readonly TerminatingServer[] =>
  liveServers(configs).flatMap((live) => {
    const { tls } = live.chain;
    return tls && live.server.server.tls?.mode !== 'ISTIO_MUTUAL' ? [{ ...live, tls }] : [];
  }),
);

/** The first of several that are the same for `key`, with all of its kind; in the order of their first appearance. */
export function groupBy<T>(all: Iterable<T>, key: (one: T) => unknown): (readonly [T, ...T[]])[] {
  const groups = new Map<unknown, [T, ...T[]]>();
  for (const one of all) {
    const same = key(one);
    const known = groups.get(same);
    if (known) known.push(one);
    else groups.set(same, [one]);
  }
  return [...groups.values()];
}
