import type { AnyResource } from './resource.ts';

type Body = Readonly<Record<string, unknown>>;

const record = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};
const records = (value: unknown): readonly Body[] => (Array.isArray(value) ? value.map(record) : []);
const names = (...values: readonly unknown[]): readonly string[] =>
  values.filter((v): v is string => typeof v === 'string' && v !== '');

/** The value at a path of fields. */
const at = (body: Body, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, field) => record(value)[field], body);

/** What an operator makes of one object. */
export interface SecretTarget {
  readonly name: string;
  /** null: in namespaces that the object alone does not tell. */
  readonly namespace: string | null;
}

type Reader = (spec: Body, resource: AnyResource) => readonly SecretTarget[];

/** Secrets in the namespace of the object. */
const own =
  (read: (spec: Body, name: string) => readonly string[]): Reader =>
  (spec, { id }) =>
    read(spec, id.name).map((name) => ({ name, namespace: id.namespace }));

const named = (...path: readonly string[]): Reader => own((spec, name) => names(at(spec, ...path) ?? name));
const sameName = own((_, name) => [name]);
const destination = own((spec) => names(at(spec, 'destination', 'name')));

/** Secrets named by references that may hold a namespace. */
const referred =
  (read: (spec: Body) => readonly { readonly name: unknown; readonly namespace: unknown }[]): Reader =>
  (spec, { id }) =>
    read(spec).flatMap(({ name, namespace }) =>
      names(name).map((n) => ({ name: n, namespace: names(namespace)[0] ?? id.namespace })),
    );

/** Kinds of operators that make Secrets, with the Secrets that an object of it makes. */
const readers: Readonly<Record<string, Reader>> = {
  // cert-manager, and secretgen-controller, which names it after the object.
  Certificate: named('secretName'),
  ExternalSecret: named('target', 'name'),
  SealedSecret: named('template', 'metadata', 'name'),
  ClusterExternalSecret: (spec, { id }) => {
    const name = names(at(spec, 'externalSecretSpec', 'target', 'name'), spec['externalSecretName'], id.name)[0]!;
    const listed = Array.isArray(spec['namespaces']) ? names(...spec['namespaces']) : [];
    const isOpen = spec['namespaceSelector'] !== undefined || spec['namespaceSelectors'] !== undefined;
    return isOpen || listed.length === 0
      ? [{ name, namespace: null }]
      : listed.map((namespace) => ({ name, namespace }));
  },
  // Into another cluster or namespace, where its store is Kubernetes.
  PushSecret: (spec) =>
    records(spec['data']).flatMap((one) =>
      names(at(one, 'match', 'remoteRef', 'remoteKey')).map((name) => ({ name, namespace: null })),
    ),
  VaultStaticSecret: destination,
  VaultDynamicSecret: destination,
  VaultPKISecret: destination,
  HCPVaultSecretsApp: destination,
  VaultSecret: sameName,
  OnePasswordItem: sameName,
  SecretImport: sameName,
  SecretTemplate: sameName,
  SecretSync: sameName,
  AzureKeyVaultSecret: own((spec) => names(at(spec, 'output', 'secret', 'name'))),
  BitwardenSecret: own((spec) => names(spec['secretName'])),
  SecretProviderClass: own((spec) => names(...records(spec['secretObjects']).map((s) => s['secretName']))),
  SopsSecret: own((spec) => names(...records(spec['secretTemplates']).map((s) => s['name']))),
  DopplerSecret: referred((spec) => [
    { name: at(spec, 'managedSecret', 'name'), namespace: at(spec, 'managedSecret', 'namespace') },
  ]),
  InfisicalSecret: referred((spec) =>
    [record(spec['managedSecretReference']), ...records(spec['managedKubeSecretReferences'])].map((r) => ({
      name: r['secretName'],
      namespace: r['secretNamespace'],
    })),
  ),
  ClusterSecret: (_, { id }) => [{ name: id.name, namespace: null }],
  // trust-manager; without a target of this kind it makes ConfigMaps only.
  Bundle: (spec, { id }) => (at(spec, 'target', 'secret') === undefined ? [] : [{ name: id.name, namespace: null }]),
  ClusterPolicy: generated,
  Policy: generated,
};

/** What rules of Kyverno generate; a namespace with a variable is that of whatever triggers the rule. */
function generated(spec: Body): readonly SecretTarget[] {
  return records(spec['rules']).flatMap((rule) => {
    const { kind, name, namespace } = record(rule['generate']);
    if (kind !== 'Secret') return [];
    const [where] = names(namespace);
    return names(name).map((n) => ({ name: n, namespace: where === undefined || where.includes('{{') ? null : where }));
  });
}

/** Kinds of which single objects make Secrets; as ClusterView.others names them. */
export const operatorKinds: readonly string[] = Object.keys(readers);

/** The Secrets that an operator makes from this object. */
export const secretsMadeFrom = (resource: AnyResource): readonly SecretTarget[] =>
  (Object.hasOwn(readers, resource.id.kind) ? readers[resource.id.kind] : undefined)?.(
    record(resource.spec),
    resource,
  ) ?? [];
