import { hostSubsetOf, resolveShortName } from '../../istio/hosts.ts';
import type { RegisteredService } from '../../istio/services.ts';
import type { ClusterView, Service } from '../../model/cluster-view.ts';
import { type Absence, absence } from '../../model/coverage.ts';
import type { EnvoyConfig } from '../../model/envoy-config.ts';
import { isIpAddress } from '../../model/ip-address.ts';
import { append, oncePer } from '../../model/once.ts';
import { resourceText } from '../../model/resource.ts';
import type { Destination, HttpRoute } from '../../model/specs.ts';
import { groupBy } from './live.ts';
import { whereOf } from './matches.ts';
import { distance, nearest } from './nearest.ts';
import { registryOf } from './registry.ts';
import { isDoubtful } from './sound.ts';
import { clientsOf, NO_CLUSTER, RESET } from './symptoms.ts';
import { traitsOf } from './traits.ts';
import { type WrittenDestination, writtenDestinations } from './uses.ts';

/** What the VirtualService says, with the host as istiod reads it (E3). */
export interface ReadDestination {
  readonly place: WrittenDestination;
  readonly written: string;
  readonly host: string;
  readonly destination: Destination;
}

/** Reads a destination; null where it has no host. */
export function readDestination(view: ClusterView, of: WrittenDestination): ReadDestination | null {
  const rule: Pick<HttpRoute, 'route'> | undefined = of.virtualService.spec[of.block]?.[of.index];
  const destination = rule?.route?.[of.destination]?.destination;
  const written = destination?.host ?? '';
  if (!destination || written === '') return null;
  const host = resolveShortName(written, of.virtualService.id.namespace, view.mesh.domain);
  return { place: of, written, host, destination };
}

/** Destinations of one VirtualService that are alike; `read` is the first of them. */
export interface AlikeDestinations {
  readonly read: ReadDestination;
  readonly places: readonly [WrittenDestination, ...WrittenDestination[]];
}

const doubtfulDestinations = oncePer((view: ClusterView) =>
  oncePer((configs: readonly EnvoyConfig[]) =>
    writtenDestinations(view, configs, traitsOf(view).doubtful, (vs, of) => isDoubtful(view, vs, of)).flatMap(
      (place) => readDestination(view, place) ?? [],
    ),
  ),
);

/**
 * The destinations that get requests and whose host, port or subset may be wrong, those of one VirtualService together for
 * which `key` says the same; null leaves one out.
 */
export function* doubtfulBy(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  key: (read: ReadDestination) => string | null,
): Generator<AlikeDestinations> {
  const all = doubtfulDestinations(view)(configs).filter((read) => key(read) !== null);
  for (let at = 0, end = 0; at < all.length; at = end) {
    const { virtualService } = all[at]!.place;
    end = at + 1;
    while (end < all.length && all[end]!.place.virtualService === virtualService) end++;
    for (const [read, ...more] of groupBy(all.slice(at, end), key)) {
      yield { read, places: [read.place, ...more.map(({ place }) => place)] };
    }
  }
}

/** `http[1] of VirtualService shop/shop`. */
export const ruleText = ({ virtualService, block, index }: Omit<WrittenDestination, 'destination'>): string =>
  `${whereOf({ virtualService, block, index, match: null })} of ${resourceText(virtualService.id)}`;

/** What the input says about the service of a host. */
export type Found =
  | { readonly kind: 'service'; readonly services: readonly RegisteredService[] }
  /** A wildcard ServiceEntry covers it, or it has another cluster domain: nobody can tell. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'missing'; readonly absence: Absence; readonly namespace: string | null };

/** Looks for the service that istiod takes for this host. */
export function findService(view: ClusterView, host: string, from: WrittenDestination): Found {
  const services = registryOf(view).byHostname.get(host) ?? [];
  if (services.length > 0) return { kind: 'service', services };
  if (isIpAddress(host) || isOfOtherDomain(view, host) || coveredByEntry(view, host)) return { kind: 'elsewhere' };
  const namespace = namespaceOf(view, host);
  const where = namespace ?? from.virtualService.id.namespace;
  const kinds = namespace === null ? 'serviceentries' : 'services';
  return { kind: 'missing', absence: absence(view.coverage, kinds, where), namespace };
}

const wildcardEntries = oncePer((view: ClusterView) =>
  view.serviceEntries.flatMap((e) => (e.spec.hosts ?? []).filter((h) => h.startsWith('*'))),
);

/** A ServiceEntry with a wildcard host that fits. */
const coveredByEntry = (view: ClusterView, host: string): boolean =>
  wildcardEntries(view).some((h) => host.endsWith(h.slice(1)));

/** A host of the mesh: that of a Service or ServiceEntry, or a name that can only be one. */
export function isMeshHost(view: ClusterView, host: string): boolean {
  if (/\.svc(\.|$)/.test(host) || host.endsWith(`.${view.mesh.domain}`) || meantByDots(view, host)) return true;
  return registryOf(view).byHostname.has(host) || wildcardEntries(view).some((entry) => hostSubsetOf(host, entry));
}

/** `shop.prod.svc.example.net` may be right in a cluster with that domain, or another cluster's; a slip of the own domain is not. */
function isOfOtherDomain(view: ClusterView, host: string): boolean {
  const domain = /^[^.]+\.[^.]+\.svc\.(.+)$/.exec(host)?.[1];
  return domain !== undefined && domain !== view.mesh.domain && distance(domain, view.mesh.domain) > 3;
}

/** The namespace in `shop.prod.svc.cluster.local`; null for names that are no Service's. */
function namespaceOf(view: ClusterView, host: string): string | null {
  const suffix = `.svc.${view.mesh.domain}`;
  const labels = host.endsWith(suffix) ? host.slice(0, -suffix.length).split('.') : [];
  return labels.length === 2 ? labels[1]! : null;
}

/** The Service that `shop.prod` or `shop.prod.svc` was meant for: such names are not resolved (E3). */
export function meantByDots(view: ClusterView, host: string): Service | null {
  const found = /^([^.]+)\.([^.]+)(\.svc(\..*)?)?$/.exec(host);
  return (found && view.services.get(`${found[2]}/${found[1]}`)) ?? null;
}

const servicesByName = oncePer((view: ClusterView) => {
  const index = new Map<string, Service[]>();
  for (const service of view.services.values()) append(index, service.id.name, service);
  return index;
});

/** A Service of the same name in another namespace, else one of this namespace with nearly the same name. */
export function meantByName(view: ClusterView, host: string, namespace: string | null): Service | null {
  const name = host.split('.')[0]!;
  const [same] = servicesByName(view).get(name) ?? [];
  if (same) return same;
  const own = [...view.services.values()].filter((s) => s.id.namespace === namespace);
  const close = nearest(name, own, (s) => s.id.name);
  return close && distance(name, close.id.name) <= Math.max(name.length > 3 ? 2 : 1, name.length / 4) ? close : null;
}

/** The name that works from every namespace. */
export const fullName = (view: ClusterView, service: Service): string =>
  `${service.id.name}.${service.id.namespace}.svc.${view.mesh.domain}`;

/** What clients see when the destination's cluster does not exist (symptoms.md 5). */
export function noClusterSymptom(of: WrittenDestination): string {
  const { virtualService, block, index } = of;
  const several =
    (virtualService.spec[block]?.[index]?.route ?? []).length > 1 ? ', for its share of the requests' : '';
  return clientsOf(virtualService.spec.hosts ?? [], `${block === 'http' ? NO_CLUSTER : RESET}${several}`);
}
