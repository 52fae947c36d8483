import type { ClusterView, ConfigMap, Gateway, SchemaProblem, VirtualService } from './cluster-view.ts';
import { compare } from './compare.ts';
import type { Coverage } from './coverage.ts';
import { decodeWorkloads, podKinds } from './decode-workloads.ts';
import type { RawDocument } from './document.ts';
import { istiodSettings } from './istiod.ts';
import type { MeshConfig } from './mesh-config.ts';
import { append, getOrMake } from './once.ts';
import type { AnyResource, ObjectMeta, Resource } from './resource.ts';
import { keyOf } from './resource.ts';
import { kinds as checkedKinds } from './schema/kinds.ts';
import { checkObject } from './schema-check.ts';
import type { ConfigMapSpec, RoleBindingSpec, RoleSpec, SecretSpec } from './specs.ts';
import type { Workload } from './workload.ts';

/** Kinds without a namespace among those that are read. */
const clusterScoped = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'IngressClass',
  'GatewayClass',
  'ClusterIssuer',
  'CustomResourceDefinition',
  'ClusterExternalSecret',
  'ClusterSecretStore',
  'ClusterSecret',
  'ClusterPolicy',
  'Bundle',
]);

type Body = Readonly<Record<string, unknown>>;

const record = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const NO_TEXTS: Readonly<Record<string, string>> = {};

function texts(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return NO_TEXTS;
  const result: Record<string, string> = {};
  for (const [key, v] of Object.entries(record(value))) if (typeof v === 'string') result[key] = v;
  return result;
}

function metaOf(body: Body, kind: string, defaultNamespace: string): ObjectMeta {
  const meta = record(body['metadata']);
  const created = text(meta['creationTimestamp']);
  const known: ObjectMeta = {
    name: text(meta['name']),
    namespace: clusterScoped.has(kind) ? '' : text(meta['namespace']) || defaultNamespace,
    labels: texts(meta['labels']),
    annotations: texts(meta['annotations']),
  };
  return created === '' ? known : { ...known, creationTimestamp: created };
}

/** stringData wins over data, as in the API server. */
function secretSpec(body: Body): SecretSpec {
  const data: Record<string, string> = { ...texts(body['data']) };
  for (const [key, value] of Object.entries(texts(body['stringData']))) {
    data[key] = Buffer.from(value, 'utf8').toString('base64');
  }
  return { type: text(body['type']) || 'Opaque', data };
}

const configMapSpec = (body: Body): ConfigMapSpec => ({
  data: texts(body['data']),
  binaryData: texts(body['binaryData']),
});

const roleSpec = (body: Body): RoleSpec => ({ rules: Array.isArray(body['rules']) ? body['rules'] : [] });

const roleBindingSpec = (body: Body): RoleBindingSpec => ({
  roleRef: record(body['roleRef']),
  subjects: Array.isArray(body['subjects']) ? body['subjects'] : [],
});

function specOf(kind: string, group: string, body: Body): unknown {
  if (group === '' && kind === 'Secret') return secretSpec(body);
  if (group === '' && kind === 'ConfigMap') return configMapSpec(body);
  if (kind === 'Role' || kind === 'ClusterRole') return roleSpec(body);
  if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') return roleBindingSpec(body);
  return record(body['spec']);
}

/** `networking.istio.io/v1` -> `networking.istio.io`; the core group is ''. */
const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));

/** The names under which kinds are indexed: the Istio kinds and the core kinds plainly, Gateway API with its group. */
function indexName(group: string, kind: string): string {
  const own = checkedKinds.get(kind)?.groups;
  // Other groups have kinds of the same name: Knative's Service, GitLab's Gateway.
  if (own && group !== '' && !own.includes(group) && !group.startsWith('gateway.networking.'))
    return `${group}/${kind}`;
  return group === 'gateway.networking.k8s.io' || group === 'gateway.networking.x-k8s.io'
    ? `gateway.networking.k8s.io/${kind}`
    : kind;
}

/** Sources of Secrets: their namespace counts as covered for Secrets (rules.md, "What files can prove"). */
const secretSources = new Set(['Secret', 'Certificate', 'ExternalSecret', 'SealedSecret']);

export interface ViewOptions {
  readonly source: Coverage['source'];
  readonly complete: boolean;
  readonly gaps?: Coverage['gaps'];
  readonly access?: NonNullable<Coverage['access']>;
  readonly istiodVersions?: NonNullable<Coverage['istiodVersions']>;
  /** For objects without metadata.namespace. */
  readonly defaultNamespace: string;
  /** Reads the mesh configuration out of the ConfigMap istio-system/istio (key mesh); YAML is the sources' business. */
  readonly parseMesh: (text: string) => unknown;
  readonly istioNamespace?: string;
  /** Workloads described in `.tlsgw.yaml`; they are added to those found. */
  readonly workloads?: readonly Workload[];
}

/** What the objects of one type have in common, with them. */
interface ObjectType {
  readonly group: string;
  readonly kind: string;
  readonly indexName: string;
  /** By namespace: two descriptions of one object have this and their name in common. */
  readonly byNamespace: Map<string, AnyResource[]>;
}

/** The types that were met, found by what is written: with 100,000 objects a name for each is time and memory. */
function objectTypes(): {
  of(apiVersion: string, kind: string): ObjectType;
  readonly all: ReadonlyMap<string, ObjectType>;
} {
  const written = new Map<string, Map<string, ObjectType>>();
  const all = new Map<string, ObjectType>();
  const make = (apiVersion: string, kind: string): ObjectType => {
    const group = groupOf(apiVersion);
    return getOrMake(all, `${group}/${kind}`, () => ({
      group,
      kind,
      indexName: indexName(group, kind),
      byNamespace: new Map(),
    }));
  };
  const of = (apiVersion: string, kind: string): ObjectType =>
    getOrMake(
      getOrMake(written, apiVersion, () => new Map()),
      kind,
      () => make(apiVersion, kind),
    );
  return { of, all };
}

function decode(
  { body, origin }: RawDocument,
  { group, kind, indexName: name }: ObjectType,
  defaultNamespace: string,
  schemaProblems: SchemaProblem[],
): AnyResource {
  const checked = checkObject(name, body);
  const meta = metaOf(checked.clean, kind, defaultNamespace);
  const resource: AnyResource = {
    id: { apiVersion: text(body['apiVersion']), kind, namespace: meta.namespace, name: meta.name },
    meta,
    spec: specOf(kind, group, checked.clean),
    body,
    origin,
  };
  for (const problem of checked.problems) schemaProblems.push({ resource, ...problem });
  return resource;
}

/**
 * Indexes raw documents as a ClusterView. Values of a wrong type are left out and listed in `schemaProblems`; of the
 * same object given twice the later one counts, and both are listed in `duplicates`.
 */
export function buildView(documents: readonly RawDocument[], options: ViewOptions): ClusterView {
  const schemaProblems: SchemaProblem[] = [];
  const types = objectTypes();
  for (const document of documents) {
    const type = types.of(text(document.body['apiVersion']), text(document.body['kind']));
    const resource = decode(document, type, options.defaultNamespace, schemaProblems);
    append(type.byNamespace, resource.id.namespace, resource);
  }

  const duplicates: { earlier: AnyResource; later: AnyResource }[] = [];
  const pods: AnyResource[] = [];
  const kinds = new Map<string, AnyResource[]>();
  const namespaces = new Set<string>();
  const secretNamespaces = new Set<string>();
  // In an order of their own: which workload is printed first, which object a finding names first and with it the
  // fingerprint must not depend on the order of documents or on the names of files.
  const lists = [...types.all].flatMap(([name, type]) =>
    Array.from(type.byNamespace, ([namespace, alike]) => ({ key: `${name}/${namespace}/`, namespace, type, alike })),
  );
  for (const { namespace, type, alike } of lists.sort((a, b) => compare(a.key, b.key))) {
    const ofKind = getOrMake(kinds, type.indexName, () => []);
    const isPod = podKinds.has(type.kind);
    alike.sort((a, b) => compare(a.id.name, b.id.name));
    for (let i = 0; i < alike.length; i++) {
      const resource = alike[i]!;
      const next = alike[i + 1];
      if (next?.id.name === resource.id.name) {
        duplicates.push({ earlier: resource, later: next });
        continue;
      }
      ofKind.push(resource);
      if (isPod) pods.push(resource);
    }
    if (namespace !== '') namespaces.add(namespace);
    if (secretSources.has(type.kind)) secretNamespaces.add(namespace);
  }
  const of = <T>(name: string): readonly Resource<T>[] => (kinds.get(name) ?? []) as readonly Resource<T>[];
  const mapOf = <T>(name: string): ReadonlyMap<string, Resource<T>> =>
    new Map(of<T>(name).map((r) => [keyOf(r.id), r]));

  const istioNamespace = options.istioNamespace ?? 'istio-system';
  const configMaps = mapOf<ConfigMapSpec>('ConfigMap');
  const meshSource = configMaps.get(`${istioNamespace}/istio`) ?? null;
  const { workloads, podTemplates } = decodeWorkloads(pods);
  return {
    coverage: {
      source: options.source,
      complete: options.complete,
      gaps: options.gaps ?? [],
      namespaces,
      secretNamespaces,
      ...(options.access ? { access: options.access } : {}),
      ...(options.istiodVersions ? { istiodVersions: options.istiodVersions } : {}),
    },
    mesh: meshConfig(meshSource, istioNamespace, options.parseMesh),
    meshSource,
    istiod: istiodSettings(pods, istioNamespace),
    workloads: [...workloads, ...(options.workloads ?? [])],
    podTemplates,
    gateways: of('Gateway') as readonly Gateway[],
    virtualServices: of('VirtualService') as readonly VirtualService[],
    destinationRules: of('DestinationRule'),
    serviceEntries: of('ServiceEntry'),
    services: mapOf('Service'),
    secrets: mapOf('Secret'),
    configMaps,
    roles: mapOf('Role'),
    clusterRoles: new Map(of<RoleSpec>('ClusterRole').map((r) => [r.id.name, r])),
    roleBindings: of('RoleBinding'),
    clusterRoleBindings: of('ClusterRoleBinding'),
    namespaces: new Map(of('Namespace').map((r) => [r.id.name, r])),
    others: kinds,
    schemaProblems,
    duplicates,
    objectCount: documents.length,
  };
}

const list = (value: unknown): readonly string[] | null =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : null;

/** Reads the fields of MeshConfig that matter, with istiod's defaults (0.3). */
function meshConfig(source: ConfigMap | null, rootNamespace: string, parse: (text: string) => unknown): MeshConfig {
  const mesh = record(source?.spec.data['mesh'] === undefined ? {} : parse(source.spec.data['mesh']));
  const tls = record(mesh['tlsDefaults']);
  const meshMtls = record(mesh['meshMTLS']);
  const providers = Array.isArray(mesh['extensionProviders']) ? mesh['extensionProviders'] : [];
  const cipherSuites = list(tls['cipherSuites']);
  const ecdhCurves = list(tls['ecdhCurves']);
  return {
    rootNamespace: text(mesh['rootNamespace']) || rootNamespace,
    domain: 'cluster.local',
    tlsDefaults: {
      ...(text(tls['minProtocolVersion']) ? { minProtocolVersion: text(tls['minProtocolVersion']) } : {}),
      ...(cipherSuites ? { cipherSuites } : {}),
      ...(ecdhCurves ? { ecdhCurves } : {}),
    },
    meshMtlsMinProtocolVersion: text(meshMtls['minProtocolVersion']) || null,
    defaultServiceExportTo: list(mesh['defaultServiceExportTo']) ?? ['*'],
    defaultVirtualServiceExportTo: list(mesh['defaultVirtualServiceExportTo']) ?? ['*'],
    defaultDestinationRuleExportTo: list(mesh['defaultDestinationRuleExportTo']) ?? ['*'],
    discoverySelectors: Array.isArray(mesh['discoverySelectors']) ? mesh['discoverySelectors'] : null,
    sdsProviders: providers.filter((p) => record(p)['sds'] !== undefined).map((p) => text(record(p)['name'])),
    ingressClass: text(mesh['ingressClass']) || 'istio',
    ingressSelector: text(mesh['ingressSelector']) || null,
    ingressService: text(mesh['ingressService']) || 'istio-ingressgateway',
    ingressControllerMode: text(mesh['ingressControllerMode']) || 'STRICT',
  };
}
