import type { ClusterView } from '../../model/cluster-view.ts';
import type { Place } from '../../model/resource.ts';

/** The mesh configuration, where the input has it. */
export const meshPlace = (view: ClusterView): Place | null =>
  view.meshSource ? { resource: view.meshSource, path: ['data', 'mesh'] } : null;

/** The command that opens the mesh configuration in an editor. */
export const editMesh = (view: ClusterView): string =>
  view.meshSource
    ? `kubectl -n ${view.meshSource.id.namespace} edit configmap ${view.meshSource.id.name}`
    : 'kubectl -n istio-system edit configmap istio';
