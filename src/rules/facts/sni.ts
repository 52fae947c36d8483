import type { EnvoyConfig, FilterChain, Listener, ServerRef } from '../../model/envoy-config.ts';
import { append, oncePer } from '../../model/once.ts';

interface ChainsByName {
  readonly exact: ReadonlyMap<string, FilterChain>;
  /** By what follows the star; all in lower case. */
  readonly wildcards: ReadonlyMap<string, FilterChain>;
  readonly any: FilterChain | null;
}

const chainsByName = oncePer((listener: Listener): ChainsByName => {
  const exact = new Map<string, FilterChain>();
  const wildcards = new Map<string, FilterChain>();
  for (const chain of listener.chains) {
    for (const written of chain.serverNames ?? []) {
      const name = written.toLowerCase();
      const [index, key] = name.startsWith('*') ? [wildcards, name.slice(1)] : [exact, name];
      if (!index.has(key)) index.set(key, chain);
    }
  }
  return { exact, wildcards, any: listener.chains.find((chain) => chain.serverNames === null) ?? null };
});

/** The chain that takes connections for a name (or all names of a wildcard), as Envoy finds it: D8, symptoms.md 6. */
function chainFor(listener: Listener, name: string): FilterChain | null {
  const { exact, wildcards, any } = chainsByName(listener);
  const wanted = name.toLowerCase();
  const own = exact.get(wanted) ?? (wanted.startsWith('*') ? wildcards.get(wanted.slice(1)) : undefined);
  if (own) return own;
  for (let dot = wanted.indexOf('.'); dot >= 0; dot = wanted.indexOf('.', dot + 1)) {
    const found = wildcards.get(wanted.slice(dot));
    if (found) return found;
  }
  return any;
}

/** Returns, for a server, a test whether connections for a name come to it; false when another server claims the name more exactly. */
export function takenBy(config: EnvoyConfig): (server: ServerRef) => (name: string) => boolean {
  const listeners = new Map<ServerRef, Listener[]>();
  for (const listener of config.listeners) {
    for (const server of new Set(listener.chains.flatMap((chain) => chain.servers)))
      append(listeners, server, listener);
  }
  return (server) => {
    const own = listeners.get(server) ?? [];
    return (name) => own.some((listener) => chainFor(listener, name)?.servers.includes(server));
  };
}
