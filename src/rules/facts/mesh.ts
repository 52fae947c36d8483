import type { ClusterView } from '../../model/cluster-view.ts';
import type { Place } from '../../model/resource.ts';
import { kubectl, objectName } from './commands.ts';

/** The mesh configuration, where the input has it. */
export const meshPlace = (view: ClusterView): Place | null =>
  view.meshSource ? { resource: view.meshSource, path: ['data', 'mesh'] } : null;

/** The command that opens the mesh configuration in an editor. */
export const editMesh = (view: ClusterView): string =>
  kubectl(
    view.meshSource?.id.namespace ?? 'istio-system',
    'edit',
    'configmap',
    objectName(view.meshSource?.id.name ?? 'istio'),
  );
