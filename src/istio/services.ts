import type { ClusterView, Service, ServiceEntry } from '../model/cluster-view.ts';
import { sortByCreation } from './order.ts';
import { serviceHostname, servicePortProtocol } from './ports.ts';
import { type Protocol, parseProtocol } from './protocol.ts';
import { type Visibility, visibilityOf, visibleTo } from './visibility.ts';

/** A Service or one host of a ServiceEntry, as istiod's registry holds it. */
export interface RegisteredService {
  readonly hostname: string;
  readonly namespace: string;
  readonly ports: readonly { readonly number: number; readonly name: string; readonly protocol: Protocol }[];
  /** Target of a Service of type ExternalName (F30). */
  readonly externalName: string | null;
  readonly fromKubernetes: boolean;
  readonly meshExternal: boolean;
  readonly visibility: Visibility;
  readonly resource: Service | ServiceEntry;
}

/** Annotation of a Service that limits where it is seen. */
const exportToAnnotation = 'networking.istio.io/exportTo';

function fromService(service: Service, view: ClusterView): RegisteredService {
  const exportTo = service.meta.annotations[exportToAnnotation];
  return {
    hostname: serviceHostname(service, view.mesh.domain),
    namespace: service.id.namespace,
    ports: (service.spec.ports ?? []).map((p) => ({
      number: p.port ?? 0,
      name: p.name ?? '',
      protocol: servicePortProtocol(p),
    })),
    externalName: service.spec.type === 'ExternalName' ? (service.spec.externalName ?? null) : null,
    fromKubernetes: true,
    meshExternal: service.spec.type === 'ExternalName',
    visibility: visibilityOf(
      exportTo === undefined ? undefined : exportTo.split(',').map((e) => e.trim()),
      view.mesh.defaultServiceExportTo,
      service.id.namespace,
    ),
    resource: service,
  };
}

function fromServiceEntry(entry: ServiceEntry, view: ClusterView): RegisteredService[] {
  const visibility = visibilityOf(entry.spec.exportTo, view.mesh.defaultServiceExportTo, entry.id.namespace);
  const ports = (entry.spec.ports ?? []).map((p) => ({
    number: p.number ?? 0,
    name: p.name ?? '',
    protocol: parseProtocol(p.protocol ?? ''),
  }));
  return (entry.spec.hosts ?? []).map((hostname) => ({
    hostname,
    namespace: entry.id.namespace,
    ports,
    externalName: null,
    fromKubernetes: false,
    meshExternal: entry.spec.location !== 'MESH_INTERNAL',
    visibility,
    resource: entry,
  }));
}

/** Services by hostname, oldest first. */
export interface ServiceRegistry {
  readonly all: readonly RegisteredService[];
  readonly byHostname: ReadonlyMap<string, readonly RegisteredService[]>;
}

/** Builds the registry of every Service and ServiceEntry of the input. */
export function serviceRegistry(view: ClusterView): ServiceRegistry {
  const all = sortByCreation<Service | ServiceEntry>([...view.services.values(), ...view.serviceEntries]).flatMap(
    (r) => (r.id.kind === 'Service' ? [fromService(r as Service, view)] : fromServiceEntry(r as ServiceEntry, view)),
  );
  const byHostname = new Map<string, RegisteredService[]>();
  for (const service of all) {
    const list = byHostname.get(service.hostname);
    if (list) list.push(service);
    else byHostname.set(service.hostname, [service]);
  }
  return { all, byHostname };
}

/**
 * The service that the proxy's namespace sees under this hostname: the oldest, private ones first, Kubernetes Services
 * before ServiceEntries. mirrors: F31, G12.
 */
export function visibleService(
  registry: ServiceRegistry,
  hostname: string,
  proxyNamespace: string,
): RegisteredService | null {
  const seen = (registry.byHostname.get(hostname) ?? []).filter((s) => visibleTo(s.visibility, proxyNamespace));
  const rank = (s: RegisteredService) => (s.fromKubernetes ? 0 : 10) + (s.visibility.kind === 'public' ? 1 : 0);
  return seen.reduce<RegisteredService | null>((best, s) => (best === null || rank(s) < rank(best) ? s : best), null);
}

/** As visibleService, but one of the VirtualService's own namespace is preferred (HTTP routes). mirrors: F31. */
export function visibleServiceFor(
  registry: ServiceRegistry,
  hostname: string,
  namespace: string,
  proxyNamespace: string,
): RegisteredService | null {
  const own = registry.byHostname.get(hostname)?.find((s) => s.namespace === namespace);
  if (own && visibleTo(own.visibility, proxyNamespace)) return own;
  return visibleService(registry, hostname, proxyNamespace);
}
