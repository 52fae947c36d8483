import type { ClusterView } from '../../model/cluster-view.ts';
import type { EnvoyConfig } from '../../model/envoy-config.ts';
import { type AnyResource, keyOf, type Place } from '../../model/resource.ts';
import { kubectl, objectName, patchObject } from './commands.ts';
import { podsPlace } from './credentials.ts';
import { meshPlace } from './mesh.ts';

/** Annotation of a Service that limits where it is seen. */
const annotation = 'networking.istio.io/exportTo';

/** What the object itself says about where it is seen; empty when nothing (E9). */
function ownExport({ id, meta, spec }: AnyResource): readonly string[] {
  if (id.kind === 'Service') return (meta.annotations[annotation] ?? '').split(',').filter((e) => e.trim() !== '');
  return (spec as { readonly exportTo?: readonly string[] }).exportTo ?? [];
}

const defaults = {
  VirtualService: 'defaultVirtualServiceExportTo',
  DestinationRule: 'defaultDestinationRuleExportTo',
} as const;

const meshDefault = (view: ClusterView, { id }: AnyResource): readonly string[] =>
  view.mesh[defaults[id.kind as keyof typeof defaults] ?? 'defaultServiceExportTo'];

/** Where exportTo is said, or where it would be said. */
export const exportPlace = (resource: AnyResource): Place => ({
  resource,
  path: resource.id.kind === 'Service' ? ['metadata', 'annotations', annotation] : ['spec', 'exportTo'],
});

/** A command that exports the object to these namespaces as well. */
export function exportRemedy(view: ClusterView, resource: AnyResource, wanted: readonly string[]): string {
  const own = ownExport(resource);
  const now = own.length > 0 ? own : meshDefault(view, resource);
  const list = [...new Set([...(now.includes('~') ? ['.'] : now), ...wanted])];
  if (resource.id.kind !== 'Service') return patchObject(resource, 'add', exportPlace(resource).path, list);
  const { namespace, name } = resource.id;
  return kubectl(namespace, 'annotate', '--overwrite', 'service', objectName(name), `${annotation}=${list.join(',')}`);
}

/** The mesh's default, where it decides because the object itself says nothing. */
export function exportedByMesh(view: ClusterView, resource: AnyResource): { at: Place; message: string }[] {
  const mesh = meshPlace(view);
  if (!mesh || ownExport(resource).length > 0) return [];
  const list = meshDefault(view, resource).join(', ');
  return [
    { at: mesh, message: `the default for a ${resource.id.kind} is ${list}, and ${keyOf(resource.id)} says nothing` },
  ];
}

/** The Gateway that a VirtualService is bound to. It goes first: with several Gateways, each is a finding of its own. */
export const bindingGateway = (gateway: AnyResource): { readonly at: Place; readonly message: string } => ({
  at: { resource: gateway, path: ['metadata', 'name'] },
  message: 'the Gateway it is bound to',
});

/** The gateway pods, and the namespace whose exports they see. */
export const seenBy = (config: EnvoyConfig, pods: string) =>
  podsPlace(config, `these pods see what is exported to ${pods}`);
