import type { WeightedCluster } from '../model/envoy-config.ts';
import type { Destination, RouteDestination } from '../model/specs.ts';
import type { RegisteredService } from './services.ts';

/** Finds the service of a destination, for its default port and alias; null when istiod sees none. */
export type FindService = (hostname: string) => RegisteredService | null;

/**
 * `outbound|<port>|<subset>|<host>`. Never validated: an unknown host still gives a name (F32).
 * mirrors: F30, F31.
 */
export function clusterName(destination: Destination | undefined, find: FindService, serverPort: number): string {
  const host = destination?.host ?? '';
  if (host === '') return 'UnknownService';
  const service = find(host);
  const only = service?.ports.length === 1 ? service.ports[0] : undefined;
  const port = destination?.port ? (destination.port.number ?? 0) : (only?.number ?? serverPort);
  return `outbound|${port}|${destination?.subset ?? ''}|${service?.externalName ?? host}`;
}

/** The clusters of several destinations; those of weight 0 are left out. mirrors: F29, G13. */
export function weightedClusters(
  route: readonly RouteDestination[],
  find: FindService,
  serverPort: number,
): WeightedCluster[] {
  return route
    .filter((r) => (r.weight ?? 0) > 0)
    .map((r) => ({ cluster: clusterName(r.destination, find, serverPort), weight: r.weight! }));
}
