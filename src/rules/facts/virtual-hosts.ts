import { SuffixMap } from '../../istio/suffix-map.ts';
import type { RouteConfiguration, VirtualHost } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';

/** Finds virtual hosts as Envoy does (envoy/match.ts), without going through all of them. */
export interface VirtualHosts {
  find(host: string): VirtualHost | null;
}

/** The virtual hosts of a route configuration by their domains: exact, the longest `*.x`, `*` (symptoms.md 6). */
export const virtualHostsOf: (configuration: RouteConfiguration) => VirtualHosts = oncePer((configuration) => {
  const exact = new Map<string, VirtualHost>();
  const suffixes = new SuffixMap<VirtualHost>();
  for (const host of configuration.virtualHosts) {
    for (const domain of host.domains.map((d) => d.toLowerCase())) {
      const [index, key] = domain.startsWith('*') ? [suffixes, domain.slice(1)] : [exact, domain];
      if (index.get(key) === undefined) index.set(key, host);
    }
  }
  const find = (host: string): VirtualHost | null => {
    const name = host.toLowerCase();
    // A wildcard is found by its own text as well.
    const own = exact.get(name) ?? (name.startsWith('*') ? suffixes.get(name.slice(1)) : undefined);
    if (own) return own;
    return suffixes.endingsOf(name.slice(1))[0] ?? null;
  };
  return { find };
});
