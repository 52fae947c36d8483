import { type Entry, isEntry } from './kubeconfig.ts';

/** One kind that is read from clusters. */
export interface ClusterKind {
  readonly kind: string;
  readonly plural: string;
  /** '' for the core group. */
  readonly group: string;
  /** Those that are understood, best first. */
  readonly versions: readonly string[];
  readonly namespaced: boolean;
  /** Names and labels are enough. */
  readonly metadataOnly?: boolean;
  /** Part of Istio: that it is missing is worth a question. */
  readonly istio?: boolean;
}

const istio = (kind: string, plural: string, versions = ['v1', 'v1beta1', 'v1alpha3']): ClusterKind => ({
  kind,
  plural,
  group: 'networking.istio.io',
  versions,
  namespaced: true,
  istio: true,
});

const gatewayApi = (kind: string, plural: string, namespaced = true): ClusterKind => ({
  kind,
  plural,
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1', 'v1alpha3', 'v1alpha2'],
  namespaced,
});

export const namespaceKind: ClusterKind = {
  kind: 'Namespace',
  plural: 'namespaces',
  group: '',
  versions: ['v1'],
  namespaced: false,
  metadataOnly: true,
};

/** What is listed whole, apart from namespaces and pods. */
export const listedKinds: readonly ClusterKind[] = [
  istio('Gateway', 'gateways'),
  istio('VirtualService', 'virtualservices'),
  istio('DestinationRule', 'destinationrules'),
  istio('ServiceEntry', 'serviceentries'),
  istio('EnvoyFilter', 'envoyfilters', ['v1alpha3']),
  { kind: 'Service', plural: 'services', group: '', versions: ['v1'], namespaced: true },
  { kind: 'Ingress', plural: 'ingresses', group: 'networking.k8s.io', versions: ['v1'], namespaced: true },
  gatewayApi('Gateway', 'gateways'),
  gatewayApi('GatewayClass', 'gatewayclasses', false),
  gatewayApi('HTTPRoute', 'httproutes'),
  gatewayApi('GRPCRoute', 'grpcroutes'),
  gatewayApi('TLSRoute', 'tlsroutes'),
  gatewayApi('TCPRoute', 'tcproutes'),
  gatewayApi('ReferenceGrant', 'referencegrants'),
  gatewayApi('ListenerSet', 'listenersets'),
  gatewayApi('BackendTLSPolicy', 'backendtlspolicies'),
  { kind: 'Certificate', plural: 'certificates', group: 'cert-manager.io', versions: ['v1'], namespaced: true },
  {
    kind: 'ExternalSecret',
    plural: 'externalsecrets',
    group: 'external-secrets.io',
    versions: ['v1', 'v1beta1'],
    namespaced: true,
  },
  { kind: 'SealedSecret', plural: 'sealedsecrets', group: 'bitnami.com', versions: ['v1alpha1'], namespaced: true },
];

/** `gateways.networking.istio.io`, as kubectl names it. */
export const resourceName = ({ plural, group }: ClusterKind): string => (group === '' ? plural : `${plural}.${group}`);

/** Path of the list of a kind, in one namespace or in all. */
export function listPath(of: ClusterKind, version: string, namespace: string | null): string {
  const root = of.group === '' ? `/api/${version}` : `/apis/${of.group}/${version}`;
  return `${root}${namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${of.plural}`;
}

/** Group -> version -> resources; null where the server does not say which. */
export type Discovery = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string> | null>>;

const list = (value: unknown): Entry[] => (Array.isArray(value) ? value.filter(isEntry) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Asks for all resources at once, which servers since 1.26 answer; older ones list the groups. */
export const discoveryAccept =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

/** Reads the answer of /apis, in its long or its short form. */
export function readDiscovery(answer: unknown): Discovery {
  const body = isEntry(answer) ? answer : {};
  const groups = new Map<string, Map<string, ReadonlySet<string> | null>>();
  for (const item of list(body['items'])) {
    const name = isEntry(item['metadata']) ? text(item['metadata']['name']) : '';
    const versions = list(item['versions']).map(
      (v) => [text(v['version']), new Set(list(v['resources']).map((r) => text(r['resource'])))] as const,
    );
    groups.set(name, new Map(versions));
  }
  for (const group of list(body['groups'])) {
    groups.set(text(group['name']), new Map(list(group['versions']).map((v) => [text(v['version']), null] as const)));
  }
  return groups;
}

/** The versions under which a kind may be listed, best first; none when the server does not have it. */
export function versionsOf(kind: ClusterKind, discovery: Discovery | null): readonly string[] {
  if (kind.group === '' || discovery === null) return kind.versions;
  const known = discovery.get(kind.group);
  return kind.versions.filter((version) => {
    const resources = known?.get(version);
    return resources === null || resources?.has(kind.plural) === true;
  });
}
