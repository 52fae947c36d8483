import type { ClusterView } from '../../model/cluster-view.ts';
import type { ServerRef } from '../../model/envoy-config.ts';
import type { Path } from '../../model/location.ts';
import { append, oncePer } from '../../model/once.ts';
import type { AnyResource } from '../../model/resource.ts';
import { writtenIndex } from './servers.ts';

const misreadPaths = oncePer((view: ClusterView): ReadonlyMap<AnyResource, readonly Path[]> => {
  const built = new Map<AnyResource, Path[]>();
  for (const { resource, path } of view.schemaProblems) append(built, resource, path);
  return built;
});

/**
 * True when a part of this server as written is not what was read (rule schema): what seems to be missing from it then
 * is a consequence.
 */
export function isMisread(view: ClusterView, ref: ServerRef): boolean {
  const problems = misreadPaths(view).get(ref.gateway) ?? [];
  if (problems.length === 0) return false;
  const index = writtenIndex(ref);
  return problems.some((path) => path[1] !== 'servers' || path[2] === undefined || path[2] === index);
}
