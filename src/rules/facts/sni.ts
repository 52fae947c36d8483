import type { EnvoyConfig, FilterChain, Listener, ServerRef } from '../../model/envoy-config.ts';
import { append, oncePer } from './once.ts';

/** The chains of a listener by the names they claim, in lower case; '' for the one that takes everything. */
const chainsByName = oncePer((listener: Listener): ReadonlyMap<string, FilterChain> => {
  const index = new Map<string, FilterChain>();
  for (const chain of listener.chains) {
    for (const name of chain.serverNames ?? ['']) {
      if (!index.has(name.toLowerCase())) index.set(name.toLowerCase(), chain);
    }
  }
  return index;
});

/** The chain that takes connections for a name (or all names of a wildcard), as Envoy finds it: D8, symptoms.md 6. */
function chainFor(listener: Listener, name: string): FilterChain | null {
  const index = chainsByName(listener);
  const wanted = name.toLowerCase();
  const exact = index.get(wanted);
  if (exact) return exact;
  for (let dot = wanted.indexOf('.'); dot >= 0; dot = wanted.indexOf('.', dot + 1)) {
    const found = index.get(`*${wanted.slice(dot)}`);
    if (found) return found;
  }
  return index.get('') ?? null;
}

const listenersOf = oncePer((config: EnvoyConfig): ReadonlyMap<ServerRef, readonly Listener[]> => {
  const index = new Map<ServerRef, Listener[]>();
  for (const listener of config.listeners) {
    for (const server of new Set(listener.chains.flatMap((chain) => chain.servers))) append(index, server, listener);
  }
  return index;
});

/** False when connections for this name never come to this server, because another one claims it more exactly. */
export function comesTo(config: EnvoyConfig, server: ServerRef, name: string): boolean {
  const listeners = listenersOf(config).get(server) ?? [];
  return listeners.some((listener) => chainFor(listener, name)?.servers.includes(server));
}
