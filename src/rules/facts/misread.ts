import type { ClusterView } from '../../model/cluster-view.ts';
import type { ServerRef } from '../../model/envoy-config.ts';
import type { AnyResource } from '../../model/resource.ts';
import { writtenIndex } from './servers.ts';

const byView = new WeakMap<ClusterView, ReadonlyMap<AnyResource, readonly (readonly (string | number)[])[]>>();

/**
 * True when a part of this server as written is not what was read (rule schema): what seems to be missing from it then
 * is a consequence.
 */
export function isMisread(view: ClusterView, ref: ServerRef): boolean {
  let paths = byView.get(view);
  if (!paths) {
    const built = new Map<AnyResource, (readonly (string | number)[])[]>();
    for (const { resource, path } of view.schemaProblems) built.set(resource, [...(built.get(resource) ?? []), path]);
    byView.set(view, built);
    paths = built;
  }
  const problems = paths.get(ref.gateway) ?? [];
  if (problems.length === 0) return false;
  const index = writtenIndex(ref);
  return problems.some((path) => path[1] !== 'servers' || path[2] === undefined || path[2] === index);
}
