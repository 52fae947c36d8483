import {
  type LostServicePort,
  noTranslationLabel,
  type ServiceTarget,
  servicesOf,
  serviceTargets,
} from '../../istio/ports.ts';
import type { ClusterView, Service } from '../../model/cluster-view.ts';
import type { Path } from '../../model/location.ts';
import { oncePer } from '../../model/once.ts';
import type { Place } from '../../model/resource.ts';
import type { Workload } from '../../model/workload.ts';
import { writtenPath } from '../../model/written-path.ts';
import { kubectl, objectName } from './commands.ts';

/** The Services of a workload's pods and what their ports lead to, in istiod's order (A14-A16). */
export interface PodPorts {
  readonly services: readonly Service[];
  readonly targets: readonly ServiceTarget[];
  readonly lost: readonly LostServicePort[];
}

const portsIn = oncePer((view: ClusterView) =>
  oncePer(
    (workload: Workload): PodPorts => ({ services: servicesOf(view, workload), ...serviceTargets(view, workload) }),
  ),
);

/** The Services and Service ports of a workload. */
export const podPorts = (view: ClusterView, workload: Workload): PodPorts => portsIn(view)(workload);

/** Target ports of Services without a selector, by namespace: their endpoints, written by hand, may be any pods (A14). */
export const manualTargets = oncePer((view: ClusterView): ReadonlyMap<string, ReadonlySet<number>> => {
  const ports = new Map<string, Set<number>>();
  for (const { id, spec } of view.services.values()) {
    if (Object.keys(spec.selector ?? {}).length > 0 || spec.type === 'ExternalName') continue;
    const known = ports.get(id.namespace) ?? new Set();
    ports.set(id.namespace, known);
    for (const port of spec.ports ?? []) known.add(Number(port.targetPort ?? port.port));
  }
  return ports;
});

/** True for a Service whose ports do not translate those of Gateways (A18; Knative sets it). */
export const translatesNothing = (service: Service): boolean => Object.hasOwn(service.meta.labels, noTranslationLabel);

/** The Service port that turns this Gateway port into the one that pods listen on; null: the number is used as it is. */
export const translating = (ports: PodPorts, number: number | undefined): ServiceTarget | null =>
  ports.targets.find((t) => t.servicePort === number && !translatesNothing(t.service)) ?? null;

/** The place of a Service's port by its number. */
export const servicePortPlace = (service: Service, number: number, ...rest: Path): Place => ({
  resource: service,
  path: [
    'spec',
    'ports',
    Math.max(
      0,
      (service.spec.ports ?? []).findIndex((p) => p.port === number),
    ),
    ...rest,
  ],
});

/** A JSON patch of one Service that can be pasted. */
export function patchService(service: Service, op: 'add' | 'replace', path: Path, value: unknown): string {
  const patch = JSON.stringify([
    {
      op,
      path: writtenPath(service, path)
        .map((p) => `/${p}`)
        .join(''),
      value,
    },
  ]);
  return kubectl(service.id.namespace, 'patch', 'service', objectName(service.id.name), '--type=json', '-p', patch);
}

/** The port above 1023 that is customary for this one: 80 is 8080, 443 is 8443. */
export const unprivilegedPort = (port: number): number => (port < 1024 ? 8000 + port : port);
