import type { ClusterView } from '../model/cluster-view.ts';
import type { Workload } from '../model/workload.ts';
import { selects } from './label-selector.ts';

/** Names the revision of the control plane that injects and configures pods; each has a mesh configuration of its own. */
const revisionLabel = 'istio.io/rev';

/**
 * Does istiod watch the namespace of these pods, by the discoverySelectors of the mesh? 'unknown' when the labels of the
 * namespace, or the mesh configuration of another revision, are not in the input. mirrors: A5.
 */
export function isDiscovered(view: ClusterView, workload: Workload): boolean | 'unknown' {
  const selectors = view.mesh.discoverySelectors ?? [];
  if (selectors.length === 0 || workload.namespace === null) return true;
  const namespace = view.namespaces.get(workload.namespace);
  const revision = workload.labels[revisionLabel] ?? namespace?.meta.labels[revisionLabel] ?? 'default';
  if (revision !== 'default') return 'unknown';
  // The API server puts this label on every namespace.
  const labels = { ...namespace?.meta.labels, 'kubernetes.io/metadata.name': workload.namespace };
  const verdicts = selectors.map((selector) => selects(selector, { labels, all: namespace !== undefined }));
  return verdicts.includes(true) ? true : verdicts.includes('unknown') ? 'unknown' : false;
}
