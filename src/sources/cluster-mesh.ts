import type { Gap } from '../model/coverage.ts';
import { ApiError } from './api-errors.ts';
import { canI, getObject, type Reach, refusalText } from './cluster-lists.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

type Labels = Readonly<Record<string, string>>;

const label = 'istio.io/rev';

/** The revision whose istiod serves these pods: by their own label, which injection writes, else by their namespace's. */
function revisionOf(workload: Entry, namespaces: readonly Entry[]): string {
  const spec = workload['spec'] as { template?: { metadata?: { labels?: Labels } } } | undefined;
  const meta = workload['metadata'] as { labels?: Labels; namespace?: string } | undefined;
  const own = spec?.template?.metadata?.labels?.[label] ?? (spec?.template ? undefined : meta?.labels?.[label]);
  const around = namespaces.find((n) => (n['metadata'] as { name?: string })?.name === meta?.namespace);
  const revision = own ?? (around?.['metadata'] as { labels?: Labels } | undefined)?.labels?.[label] ?? 'default';
  return revision === '' ? 'default' : revision;
}

/** ConfigMap `istio` belongs to the default revision, `istio-canary` to revision canary. */
const sourceOf = (revision: string): string => (revision === 'default' ? 'istio' : `istio-${revision}`);

interface Mesh {
  readonly objects: readonly Entry[];
  readonly gaps: readonly Gap[];
  readonly notes: readonly string[];
}

interface MeshOptions {
  readonly istioNamespace: string;
  readonly kubectl: string;
}

const meshText = (source: Entry): unknown => (isEntry(source['data']) ? source['data']['mesh'] : undefined);

/** Read under the name by which the mesh configuration is known here. */
const renamed = (source: Entry): Entry => ({
  ...source,
  metadata: { ...(source['metadata'] as Entry), name: 'istio' },
});

/**
 * The mesh configuration of the revision that serves the gateways. Only one is mirrored: where gateways of several
 * revisions are configured differently, the first one (`istio`, if it serves any) is taken, and the rest is a gap.
 */
export async function readMesh(
  reach: Reach,
  workloads: readonly Entry[],
  namespaces: readonly Entry[],
  { istioNamespace, kubectl }: MeshOptions,
): Promise<Mesh> {
  const of = (name: string) => `ConfigMap ${istioNamespace}/${name}`;
  const gap = (because: string, decides: string): Gap => ({
    kinds: 'configmaps',
    namespace: istioNamespace,
    because,
    decides,
  });
  const revisions = [...new Set(workloads.map((w) => revisionOf(w, namespaces)))].sort();
  const served = revisions.includes('default') ? ['default', ...revisions.filter((r) => r !== 'default')] : revisions;
  const found: { readonly revision: string; readonly name: string; readonly read: Entry | ApiError }[] = [];
  for (const revision of served.length > 0 ? served : ['default']) {
    const name = sourceOf(revision);
    const read = await getObject(
      reach.connection,
      `/api/v1/namespaces/${istioNamespace}/configmaps/${name}`,
      'ConfigMap',
    );
    if (read !== null) found.push({ revision, name, read });
  }
  // A revision may be a tag, which has no ConfigMap of its own.
  if (found.length === 0 && !served.includes('default')) {
    const read = await getObject(
      reach.connection,
      `/api/v1/namespaces/${istioNamespace}/configmaps/istio`,
      'ConfigMap',
    );
    if (read !== null) found.push({ revision: 'default', name: 'istio', read });
  }
  const [first, ...others] = found;
  if (first === undefined) {
    const names = (served.length > 0 ? served : ['default']).map((r) => of(sourceOf(r))).join(', ');
    const note = `there is no ${names}, so Istio's defaults are assumed; -i names the namespace of istiod`;
    return { objects: [], gaps: [], notes: [note] };
  }
  if (first.read instanceof ApiError) {
    const because = `the mesh configuration (${of(first.name)}): ${refusalText(first.read)}`;
    return {
      objects: [],
      gaps: [gap(because, canI(kubectl, 'get', `configmaps/${first.name}`, istioNamespace))],
      notes: [],
    };
  }
  const own = first.read;
  const notes =
    first.name === 'istio' ? [] : [`the mesh configuration is that of revision ${first.revision} (${of(first.name)})`];
  const different = others.find(({ read }) => read instanceof ApiError || meshText(read) !== meshText(own));
  if (different === undefined) return { objects: [renamed(own)], gaps: [], notes };
  const because = `gateways of revision ${different.revision} are configured by ${of(different.name)}, which ${different.read instanceof ApiError ? 'cannot be read' : 'says something else'}; all gateways are predicted as of ${of(first.name)}`;
  const decides = `${kubectl} -n ${istioNamespace} get configmaps ${first.name} ${different.name} -o yaml`;
  return { objects: [renamed(own)], gaps: [gap(because, decides)], notes };
}
