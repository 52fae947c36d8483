import { resolveShortName } from '../../istio/hosts.ts';
import type { RegisteredService } from '../../istio/services.ts';
import type { ClusterView, VirtualService } from '../../model/cluster-view.ts';
import type { Destination } from '../../model/specs.ts';
import { registryOf } from './registry.ts';

/** A destination whose host, port or subset may be wrong: nothing can be with one that the registry has, port and all. */
export function isDoubtful(view: ClusterView, vs: VirtualService, destination: Destination | undefined): boolean {
  if (destination === undefined) return false;
  const { host = '', subset, port } = destination;
  if (subset) return true;
  const name = resolveShortName(host, vs.id.namespace, view.mesh.domain);
  const services = registryOf(view).byHostname.get(name) ?? [];
  if (port) return !services.some((service) => hasPort(service, port.number));
  // Of a service with one port that one is taken (F30).
  const hasOne = (service: RegisteredService) =>
    service.ports.length === 1 && hasPort(service, service.ports[0]!.number);
  return services.length === 0 || !services.every(hasOne);
}

/** True for a port that gateways have clusters for (A17). */
export const hasPort = ({ ports }: RegisteredService, number: number | undefined): boolean =>
  ports.some((p) => p.number === number && p.protocol !== 'UDP');
