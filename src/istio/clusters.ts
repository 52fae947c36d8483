import type { VirtualService } from '../model/cluster-view.ts';
import type { WeightedCluster } from '../model/envoy-config.ts';
import { getOrMake, oncePer } from '../model/once.ts';
import type { Destination, RouteDestination } from '../model/specs.ts';
import type { RegisteredService } from './services.ts';
import { fullHost } from './virtual-services.ts';

/** Where the names in destinations lead. */
export interface Lookup {
  readonly domain: string;
  /** Finds a service by its full name, for its default port and alias; null when istiod sees none. */
  readonly find: (hostname: string) => RegisteredService | null;
  readonly serverPort: number;
}

/**
 * `outbound|<port>|<subset>|<host>` of a destination in a rule of `author`. Never validated: an unknown host still gives
 * a name (F32). mirrors: F30, F31.
 */
export function clusterName(destination: Destination | undefined, author: VirtualService, lookup: Lookup): string {
  const host = fullHost(destination?.host ?? '', author, lookup.domain);
  if (host === '') return 'UnknownService';
  const service = lookup.find(host);
  const only = service?.ports.length === 1 ? service.ports[0] : undefined;
  const port = destination?.port ? (destination.port.number ?? 0) : (only?.number ?? lookup.serverPort);
  const subset = destination?.subset ?? '';
  if (service === null || subset !== '') return `outbound|${port}|${subset}|${service?.externalName ?? host}`;
  return getOrMake(plainNames(service), port, () => `outbound|${port}||${service.externalName ?? host}`);
}

/** Names without a subset, by port: thousands of routes lead to one service, which is found under one name, and share the text. */
const plainNames = oncePer((_: RegisteredService) => new Map<number, string>());

/** The clusters of several destinations; those of weight 0 are left out. mirrors: F29, G13. */
export function weightedClusters(
  route: readonly RouteDestination[],
  author: VirtualService,
  lookup: Lookup,
): WeightedCluster[] {
  return route
    .filter((r) => (r.weight ?? 0) > 0)
    .map((r) => ({ cluster: clusterName(r.destination, author, lookup), weight: r.weight! }));
}
