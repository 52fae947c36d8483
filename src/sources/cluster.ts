import type { AccessAnswer, Gap } from '../model/coverage.ts';
import { buildView } from '../model/decode.ts';
import type { RawDocument } from '../model/document.ts';
import { type Connection, type ConnectionOptions, connect } from './api-connection.ts';
import { ApiError } from './api-errors.ts';
import { inParallel } from './api-lists.ts';
import type { Access } from './cluster-access.ts';
import { type Discovery, discoveryAccept, listedKinds, namespaceKind, readDiscovery } from './cluster-kinds.ts';
import { getObject, type Listed, listKind, listPods, type Reach } from './cluster-lists.ts';
import { readMesh } from './cluster-mesh.ts';
import { documentOf } from './cluster-objects.ts';
import { imageVersion, keptPod, podQueries, toldIstiods, workloadsOf } from './cluster-pods.ts';
import { credentialReferences, readReferences, reviewAccess } from './cluster-secrets.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

/** How a cluster is read. */
export interface ClusterOptions extends ConnectionOptions {
  /** -n: the namespace that must be readable when nothing else is. */
  readonly namespace: string | undefined;
  readonly istioNamespace: string;
  /** `kubectl --context dev`: how to go on from here. */
  readonly kubectl: string;
  /** Reads the text of a mesh configuration. */
  readonly parseMesh: (text: string) => unknown;
  readonly progress?: (what: string) => void;
}

/** Everything of a cluster that diagnosis needs. */
export interface ClusterDocuments {
  readonly documents: readonly RawDocument[];
  readonly gaps: readonly Gap[];
  readonly access: readonly AccessAnswer[];
  /** Versions of the istiods that run. */
  readonly istiodVersions: readonly string[];
  readonly notes: readonly string[];
  /** Requests that were made. */
  readonly requests: number;
}

/** The first question: it tells whether anybody is there, and what the server has. */
async function discover(connection: Connection): Promise<Discovery | null> {
  try {
    return readDiscovery(await connection.json('/apis', { accept: discoveryAccept }));
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

const nameOf = (object: Entry): string => (isEntry(object['metadata']) ? String(object['metadata']['name'] ?? '') : '');

/** Namespaces with their labels; without permission for the list, the few that are known by name. */
async function reachOf(connection: Connection, access: Access, options: ClusterOptions, discovery: Discovery | null) {
  const known = [options.namespace ?? access.namespace, access.namespace, options.istioNamespace];
  const guess: Reach = {
    connection,
    discovery,
    namespaces: [...new Set(known)],
    isAll: false,
    kubectl: options.kubectl,
  };
  const listed = await listKind(namespaceKind, guess);
  if (listed.gaps.length === 0)
    return { reach: { ...guess, namespaces: listed.items.map(nameOf), isAll: true }, listed };
  const single = await inParallel(guess.namespaces, 4, (name) =>
    getObject(connection, `/api/v1/namespaces/${name}`, 'Namespace'),
  );
  return { reach: guess, listed: { items: single.flatMap((n) => (isEntry(n) ? [n] : [])), gaps: listed.gaps } };
}

/** Versions of istiod by the images of its pods, and its pods where they are told about Gateways; nothing when they cannot be seen. */
async function readIstiods(reach: Reach, istioNamespace: string) {
  const local: Reach = { ...reach, namespaces: [istioNamespace], isAll: true };
  const { items } = await listPods('app=istiod', local, keptPod);
  const images = items.flatMap((pod) =>
    (pod['spec'] as { containers: readonly Entry[] }).containers.map((c) => c['image']),
  );
  const versions = [...new Set(images.flatMap((image) => imageVersion(image) ?? []))].sort();
  // Where one is told something, the others count too: they may disagree.
  return { versions, objects: toldIstiods(items).length > 0 ? workloadsOf(items) : [] };
}

/** Gateway pods, as their owners, and all other pods that Gateways select. */
async function readPods(reach: Reach, gateways: readonly Entry[]): Promise<Listed> {
  const selectors = gateways.flatMap((g) => {
    const spec = isEntry(g['spec']) ? g['spec'] : {};
    return isEntry(spec['selector']) ? [spec['selector'] as Readonly<Record<string, string>>] : [];
  });
  const lists = await inParallel(podQueries(selectors), 4, (query) => listPods(query, reach, keptPod));
  const pods = new Map<string, Entry>();
  for (const pod of lists.flatMap((l) => l.items)) {
    const meta = pod['metadata'] as Entry;
    pods.set(`${meta['namespace']}/${meta['name']}`, pod);
  }
  const [gap] = lists.flatMap((l) => l.gaps);
  return { items: workloadsOf([...pods.values()]), gaps: gap ? [gap] : [] };
}

const isIstioGateway = (object: Entry): boolean =>
  object['kind'] === 'Gateway' && String(object['apiVersion']).startsWith('networking.istio.io/');

/** What Secrets are looked up by: Gateways, rules for backends, pods and the mesh. */
const decidesCredentials = (object: Entry): boolean =>
  isIstioGateway(object) ||
  ['DestinationRule', 'ConfigMap', 'Pod', 'Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet'].includes(
    String(object['kind']),
  );

/**
 * Reads what diagnosis needs of a cluster and no more: lists in pages, Secrets by the names that servers refer to. What
 * is refused becomes a gap. Throws AccessError when the cluster does not answer or refuses the credentials.
 */
export async function readCluster(access: Access, options: ClusterOptions): Promise<ClusterDocuments> {
  const connection = connect(access, options);
  const progress = options.progress ?? (() => {});
  try {
    progress(`asking ${access.server}`);
    const discovery = await discover(connection);
    const { reach, listed: namespaces } = await reachOf(connection, access, options, discovery);
    progress('reading Gateways, VirtualServices and Services');
    const lists = await inParallel(listedKinds, 6, (kind) => listKind(kind, reach));
    const objects = lists.flatMap((l) => l.items);
    progress('reading gateway pods');
    const pods = await readPods(reach, objects.filter(isIstioGateway));
    const [mesh, istiods] = await Promise.all([
      readMesh(reach, pods.items, namespaces.items, options),
      readIstiods(reach, options.istioNamespace),
    ]);
    const base = [...namespaces.items, ...objects, ...pods.items, ...istiods.objects, ...mesh.objects];
    progress('reading Secrets');
    const view = buildView(base.filter(decidesCredentials).map(documentOf), {
      source: 'cluster',
      complete: true,
      defaultNamespace: 'default',
      istioNamespace: options.istioNamespace,
      parseMesh: options.parseMesh,
    });
    const [secrets, reviews] = await Promise.all([
      readReferences(credentialReferences(view), reach),
      reviewAccess(view.workloads, reach),
    ]);
    return {
      documents: [...base, ...secrets.objects].map(documentOf),
      gaps: [namespaces, ...lists, pods, mesh, secrets, reviews].flatMap((part) => part.gaps),
      access: reviews.access,
      istiodVersions: istiods.versions,
      notes: mesh.notes,
      requests: connection.requests(),
    };
  } finally {
    await connection.close().catch(() => {});
  }
}

/** The official client: its websockets forward ports, which requests cannot. */
export const kubernetesClient = () => import('@kubernetes/client-node');
