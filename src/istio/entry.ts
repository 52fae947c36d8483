import type { ClusterView, Service } from '../model/cluster-view.ts';
import type { Workload } from '../model/workload.ts';
import { servicesOf, targetPortOf } from './ports.ts';

/** How a client's port reaches the pod. */
export type Entry =
  /** A Service of the pod has that port, or that node port. */
  | { readonly kind: 'service'; readonly service: Service; readonly index: number; readonly podPort: number | null }
  /** No Service selects the pod: host network, or Services that are not in the input. The port is taken as the pod's. */
  | { readonly kind: 'direct'; readonly podPort: number }
  /** Services select the pod, but none has the port: the load balancer does not listen there. */
  | { readonly kind: 'closed'; readonly services: readonly Service[] };

const outward = (service: Service): number => (['LoadBalancer', 'NodePort'].includes(service.spec.type ?? '') ? 0 : 1);

/**
 * The way from a port that clients know to a port of the pod: a load balancer's Service first. Kubernetes does the
 * translation by itself; istiod's own (A18) only decides where Envoy listens. `only`: the Services that have the address
 * to which the client connects; their node ports are those of other addresses.
 */
export function entryOf(view: ClusterView, workload: Workload, port: number, only: readonly Service[] = []): Entry {
  const mapped = workload.portMap?.[port];
  if (mapped !== undefined) return { kind: 'direct', podPort: mapped };
  const all = servicesOf(view, workload).filter((s) => only.length === 0 || only.includes(s));
  const services = [...all].sort((a, b) => outward(a) - outward(b));
  for (const service of services) {
    const index = (service.spec.ports ?? []).findIndex(
      (p) => p.protocol !== 'UDP' && (p.port === port || (only.length === 0 && p.nodePort === port)),
    );
    const found = service.spec.ports?.[index];
    if (found) return { kind: 'service', service, index, podPort: targetPortOf(found, workload) };
  }
  return services.length === 0 ? { kind: 'direct', podPort: port } : { kind: 'closed', services };
}
