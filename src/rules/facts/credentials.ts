import type { ClusterView } from '../../model/cluster-view.ts';
import type { EnvoyConfig, NotDelivered, SecretEntry, ServerRef } from '../../model/envoy-config.ts';
import { serverPlace } from '../../model/envoy-config.ts';
import { type Path, pathText } from '../../model/location.ts';
import { append, oncePer } from '../../model/once.ts';
import { type AnyResource, keyOf, type Place, resourceText } from '../../model/resource.ts';
import { operatorKinds, secretsMadeFrom } from '../../model/secret-sources.ts';
import { writtenText } from '../../model/written-path.ts';
import { serverText } from './servers.ts';

type Why = NotDelivered['why'];
type Reason<W extends Why> = Extract<NotDelivered, { readonly why: W }>;

/** A credential that the servers of one workload ask for in vain. */
export interface Undelivered<W extends Why> {
  readonly config: EnvoyConfig;
  readonly entry: SecretEntry;
  readonly reason: Reason<W>;
  /** Who asks for it in this role, never empty. */
  readonly usedBy: SecretEntry['usedBy'];
}

const pastedKeys = oncePer((view: ClusterView): ReadonlySet<string> => {
  const pasted = view.schemaProblems.filter((problem) => problem.pasted);
  return new Set(pasted.map(({ resource, path }) => `${keyOf(resource.id)} ${pathText(path)}`));
});

/** Tells whether a key stands where a server should name one: a matter of rule schema. */
function isPasted(view: ClusterView, { server, path }: SecretEntry['usedBy'][number]): boolean {
  const pasted = pastedKeys(view);
  if (pasted.size === 0) return false;
  const place = serverPlace(server, ...path);
  return pasted.has(`${keyOf(server.gateway.id)} ${writtenText(place.resource, place.path)}`);
}

/** The undelivered credentials of these reasons that servers ask for as a certificate or as a CA. */
export function* undelivered<W extends Why>(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  as: 'certificate' | 'ca',
  ...whys: readonly W[]
): Generator<Undelivered<W>> {
  for (const config of configs) {
    for (const entry of config.secrets) {
      if (entry.payload.kind !== 'not-delivered') continue;
      const { reason } = entry.payload;
      const usedBy = entry.usedBy.filter((use) => use.as === as && !isPasted(view, use));
      if (usedBy.length === 0 || !(whys as readonly string[]).includes(reason.why)) continue;
      yield { config, entry, reason: reason as Reason<W>, usedBy };
    }
  }
}

/** The places of all servers but the first, as related places. */
export const otherServers = (usedBy: SecretEntry['usedBy'], message: string): { at: Place; message: string }[] =>
  usedBy
    .slice(1)
    .map((use) => ({ at: serverPlace(use.server, ...use.path), message: `${serverText(use.server)} ${message}` }));

/** Where all these servers name the credential. */
export const placesOfUses = (usedBy: SecretEntry['usedBy']): Place[] =>
  usedBy.map((use) => serverPlace(use.server, ...use.path));

/** The gateway pods whose namespace decides where Secrets are read, as a related place. */
export const podsPlace = (config: EnvoyConfig, message: string): { at: Place; message: string }[] =>
  config.workload.resource ? [{ at: { resource: config.workload.resource, path: ['metadata'] }, message }] : [];

/** True when none of the workload's Secrets can be served: a starting pod then refuses on every port for 15 s (symptoms.md 3). */
export const nothingIsServed = oncePer((config: EnvoyConfig) =>
  config.secrets.every((entry) => entry.payload.kind === 'not-delivered'),
);

/** The certificates that each server of a gateway asks for, delivered or not. */
export const certificatesOf = oncePer((config: EnvoyConfig) => {
  const index = new Map<ServerRef, SecretEntry[]>();
  for (const entry of config.secrets) {
    for (const use of entry.usedBy) if (use.as === 'certificate') append(index, use.server, entry);
  }
  return index;
});

/** True when another entry of the server's credentialNames is delivered: it serves alone then (symptoms.md 3). */
export const hasOtherCertificate = (config: EnvoyConfig, server: ServerRef, entry: SecretEntry): boolean =>
  (certificatesOf(config).get(server) ?? []).some((other) => other !== entry && other.payload.kind === 'certificate');

const secretsByName = oncePer((view: ClusterView) => {
  const index = new Map<string, AnyResource[]>();
  for (const secret of view.secrets.values()) append(index, secret.id.name, secret);
  for (const source of operatorKinds.flatMap((kind) => view.others.get(kind) ?? [])) {
    for (const { name, namespace } of secretsMadeFrom(source)) {
      if (namespace === source.id.namespace) append(index, name, source);
    }
  }
  return index;
});

/** Secrets of this name in any namespace, and objects of operators that make one; the Gateway's namespace first. */
export const secretsNamed = (view: ClusterView, name: string, first: string): readonly AnyResource[] =>
  [...(secretsByName(view).get(name) ?? [])].sort(
    (a, b) => Number(b.id.namespace === first) - Number(a.id.namespace === first),
  );

/** True when an operator makes Secrets of this name in namespaces that its object does not tell. */
export const mayBeMade = (view: ClusterView, name: string): boolean => madeSomewhere(view).has(name);

const madeSomewhere = oncePer((view: ClusterView) => {
  const made = operatorKinds.flatMap((kind) => view.others.get(kind) ?? []).flatMap(secretsMadeFrom);
  return new Set(made.flatMap(({ name, namespace }) => (namespace === null ? [name] : [])));
});

/** Annotations by which replicators are told to copy a Secret into other namespaces, with their lists of namespaces. */
const replication: readonly { readonly annotation: string; readonly namespaces: string | null }[] = [
  {
    annotation: 'reflector.v1.k8s.emberstack.com/reflection-auto-enabled',
    namespaces: 'reflector.v1.k8s.emberstack.com/reflection-auto-namespaces',
  },
  { annotation: 'replicator.v1.mittwald.de/replicate-to', namespaces: 'replicator.v1.mittwald.de/replicate-to' },
  { annotation: 'replicator.v1.mittwald.de/replicate-to-matching', namespaces: null },
  { annotation: 'kubed.appscode.com/sync', namespaces: null },
  { annotation: 'config.syncer.appscode.com/sync', namespaces: null },
];

/** True when a replicator is told to copy this Secret into the namespace, so that files do not show the copy. */
export function isCopiedTo(resource: AnyResource, namespace: string): boolean {
  const spec = resource.spec as {
    readonly secretTemplate?: { readonly annotations?: Readonly<Record<string, unknown>> };
  };
  const annotations: Readonly<Record<string, unknown>> = {
    ...resource.meta.annotations,
    // cert-manager writes these onto the Secret it makes.
    ...(resource.id.kind === 'Secret' ? {} : spec?.secretTemplate?.annotations),
  };
  return replication.some((r) => {
    const value = annotations[r.annotation];
    if (value === undefined || value === 'false') return false;
    const list = r.namespaces === null ? undefined : annotations[r.namespaces];
    if (typeof list !== 'string' || list.trim() === '') return true;
    return list.split(',').some((pattern) => pattern.trim() === namespace || /[*.[\\(+?]/.test(pattern));
  });
}

/** Annotations by which a Secret asks a replicator for the data of another one. */
const pulled = ['replicator.v1.mittwald.de/replicate-from', 'reflector.v1.k8s.emberstack.com/reflects'];

/** Why a Secret of files gets its data only in the cluster, or null. */
export function filledByCopy(view: ClusterView, { id, meta }: AnyResource): string | null {
  if (view.coverage.source !== 'files') return null;
  const found = pulled.find((name) => meta.annotations[name] !== undefined);
  return found === undefined
    ? null
    : `${resourceText(id)} is annotated with ${found}: its data is copied in the cluster`;
}

/** True when the servers need a CA beside the certificate from the same Secret (I10). */
export const needsCa = (usedBy: SecretEntry['usedBy']): boolean =>
  usedBy.some(({ server: { server } }) => {
    const mode = server.tls?.mode;
    return (mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL') && !server.tls?.caCertCredentialName;
  });

/** `credentialName`, `credentialNames[1]`: the field as a user would name it. */
export const fieldText = (path: Path): string =>
  path
    .slice(1)
    .map((p) => (typeof p === 'number' ? `[${p}]` : p))
    .join('');
