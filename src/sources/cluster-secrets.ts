import type { ClusterView } from '../model/cluster-view.ts';
import type { AccessAnswer, Gap } from '../model/coverage.ts';
import type { ClientTls, ServerTls } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { ApiError } from './api-errors.ts';
import { inParallel, listAll, metadataOnly } from './api-lists.ts';
import { canI, type Reach, refusalText } from './cluster-lists.ts';
import { objectOf } from './cluster-objects.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

/** A Secret or ConfigMap that something refers to. */
export interface Reference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
  /** Where else one of this name may lie by mistake. */
  readonly from: string;
}

const suffix = '-cacert';

/** The objects behind one credential as written, for pods of a namespace. mirrors: D16, I3, I10. */
function referencesOf(credential: string, podNamespace: string, from: string, ca: boolean): Reference[] {
  const config = /^configmap:\/\/([^/]+)\/([^/]+)$/.exec(credential);
  if (config) {
    const name = config[2]!.endsWith(suffix) ? config[2]!.slice(0, -suffix.length) : config[2]!;
    return [{ kind: 'ConfigMap', namespace: config[1]!, name, from }];
  }
  if (/^(?:builtin|invalid|configmap|kubernetes-gateway):/.test(credential)) return [];
  const [first = '', second] = credential.replace(/^(?:kubernetes|sds):\/\//, '').split('/');
  const [namespace, name] = second === undefined ? [podNamespace, first] : [first, second];
  const names = [name, ...(ca || name.endsWith(suffix) ? [`${name}${suffix}`, name.replace(/-cacert$/, '')] : [])];
  return [...new Set(names)].filter((n) => n !== '').map((n) => ({ kind: 'Secret', namespace, name: n, from }));
}

function serverReferences(tls: ServerTls | undefined, podNamespace: string, from: string): Reference[] {
  const mutual = tls?.mode === 'MUTUAL' || tls?.mode === 'OPTIONAL_MUTUAL';
  const names = tls?.credentialNames ?? [];
  const own = names.length > 0 ? names : tls?.credentialName ? [tls.credentialName] : [];
  const authority = tls?.caCertCredentialName;
  return [
    ...own.flatMap((name, i) => referencesOf(name, podNamespace, from, mutual && i === 0 && !authority)),
    ...(authority ? referencesOf(authority, podNamespace, from, true) : []),
  ];
}

const isSelected = (selector: Readonly<Record<string, string>> | undefined, { labels }: Workload): boolean =>
  Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);

/** Every Secret and ConfigMap that servers of these gateways or DestinationRules name, each once. */
export function credentialReferences(view: ClusterView): Reference[] {
  const found = new Map<string, Reference>();
  const add = (references: readonly Reference[]): void => {
    for (const reference of references) {
      const key = `${reference.kind} ${reference.namespace}/${reference.name}`;
      if (!found.has(key)) found.set(key, reference);
    }
  };
  for (const workload of view.workloads) {
    const { namespace } = workload;
    if (namespace === null) continue;
    for (const gateway of view.gateways) {
      if (!isSelected(gateway.spec.selector, workload)) continue;
      for (const server of gateway.spec.servers ?? [])
        add(serverReferences(server.tls, namespace, gateway.id.namespace));
    }
    for (const rule of view.destinationRules) {
      const policies = [rule.spec.trafficPolicy, ...(rule.spec.subsets ?? []).map((s) => s.trafficPolicy)];
      const settings = policies.flatMap((p) => [p?.tls, ...(p?.portLevelSettings ?? []).map((s) => s.tls)]);
      for (const tls of settings.filter((t): t is ClientTls => t?.credentialName !== undefined)) {
        add(referencesOf(tls.credentialName!, namespace, rule.id.namespace, true));
      }
    }
  }
  return [...found.values()];
}

const isRefused = (error: unknown): error is ApiError => error instanceof ApiError;

/** What could be read of the references. */
export interface ReadReferences {
  readonly objects: readonly Entry[];
  readonly gaps: readonly Gap[];
}

const pathOf = ({ kind, namespace, name }: Reference): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/${kind === 'Secret' ? 'secrets' : 'configmaps'}/${encodeURIComponent(name)}`;

/** Secrets of this name in other namespaces, by name and labels only: to say where the missing one is. */
async function elsewhere(reference: Reference, reach: Reach): Promise<Entry[]> {
  const query = `fieldSelector=${encodeURIComponent(`metadata.name=${reference.name}`)}`;
  const keep = (item: Entry): Entry => {
    const { metadata } = objectOf(item, 'v1', 'Secret');
    return { apiVersion: 'v1', kind: 'Secret', metadata };
  };
  try {
    return await listAll(reach.connection, '/api/v1/secrets', keep, { accept: metadataOnly, query });
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  if (reference.from === reference.namespace) return [];
  try {
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
    const body = await reach.connection.json(pathOf({ ...reference, namespace: reference.from }), { accept });
    return isEntry(body) ? [keep(body)] : [];
  } catch (error) {
    if (!isRefused(error)) throw error;
    return [];
  }
}

/** Reads each reference by its name; of those that are missing, it looks for the name in other namespaces. */
export async function readReferences(references: readonly Reference[], reach: Reach): Promise<ReadReferences> {
  const gaps: Gap[] = [];
  const missing: Reference[] = [];
  const read = await inParallel(references, 8, async (reference): Promise<Entry[]> => {
    const { kind, namespace, name } = reference;
    try {
      const body = await reach.connection.json(pathOf(reference));
      return isEntry(body) ? [objectOf(body, 'v1', kind)] : [];
    } catch (error) {
      if (!isRefused(error)) throw error;
      const plural = kind === 'Secret' ? 'secrets' : 'configmaps';
      if (error.status === 404) {
        if (kind === 'Secret') missing.push(reference);
      } else if (!gaps.some((g) => g.kinds === plural && g.namespace === namespace)) {
        gaps.push({
          kinds: plural,
          namespace,
          because: `${plural} in ${namespace}: ${refusalText(error)}`,
          decides: canI(reach.kubectl, 'get', `${plural}/${name}`, namespace),
        });
      }
      return [];
    }
  });
  const looked = await inParallel(missing, 8, (reference) => elsewhere(reference, reach));
  const objects = new Map<string, Entry>();
  // Whole objects replace those of which only the name is known.
  for (const object of [...looked.flat(), ...read.flat()]) {
    const { namespace, name } = isEntry(object['metadata']) ? object['metadata'] : {};
    objects.set(`${object['kind']} ${namespace}/${name}`, object);
  }
  return { objects: [...objects.values()], gaps };
}

/** Asks the API server what istiod asks before it hands out Secrets: may the pods' account list them? mirrors: I8. */
export async function reviewAccess(
  workloads: readonly Workload[],
  reach: Reach,
): Promise<{ readonly access: readonly AccessAnswer[]; readonly gaps: readonly Gap[] }> {
  const accounts = new Map(
    workloads.flatMap(({ namespace, serviceAccount }) =>
      namespace === null ? [] : [[`${namespace}/${serviceAccount}`, { namespace, serviceAccount }] as const],
    ),
  );
  const gaps: Gap[] = [];
  const answers = await inParallel([...accounts.values()], 8, async ({ namespace, serviceAccount }) => {
    const user = `system:serviceaccount:${namespace}:${serviceAccount}`;
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, groups, resourceAttributes: { namespace, verb: 'list', resource: 'secrets' } },
    };
    try {
      const answer = await reach.connection.json('/apis/authorization.k8s.io/v1/subjectaccessreviews', { body });
      const status = isEntry(answer) && isEntry(answer['status']) ? answer['status'] : {};
      return [{ namespace, serviceAccount, allowed: status['allowed'] === true }];
    } catch (error) {
      if (!isRefused(error)) throw error;
      gaps.push({
        kinds: 'rolebindings',
        namespace,
        because: `subjectaccessreviews: ${refusalText(error)}`,
        decides: `${reach.kubectl} auth can-i list secrets -n ${namespace} --as=${user}`,
      });
      return [];
    }
  });
  return { access: answers.flat(), gaps };
}
