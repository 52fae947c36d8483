import type { Path } from '../../model/location.ts';
import type { Place } from '../../model/resource.ts';
import type { Workload } from '../../model/workload.ts';

/** `Deployment istio-system/istio-ingressgateway`: the object that the pods come from. */
export const podsText = (workload: Workload): string =>
  workload.namespace === null ? `pods ${workload.name}` : `${workload.kind} ${workload.namespace}/${workload.name}`;

/** Where the pod's spec is, in a Pod or in an object that owns a template. */
export const podSpecPath = (workload: Workload): Path =>
  workload.resource?.id.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];

interface ContainerBody {
  readonly env?: readonly { readonly name?: unknown }[];
}

/** The place of an environment variable in the workload's containers; the workload itself when it is not found. */
export function envPlace(workload: Workload, name: string): Place | null {
  const { resource } = workload;
  if (!resource) return null;
  const path = podSpecPath(workload);
  let spec = resource.spec;
  for (const step of path.slice(1)) spec = (spec as Readonly<Record<string | number, unknown>> | undefined)?.[step];
  for (const list of ['containers', 'initContainers'] as const) {
    const containers = (spec as { readonly [key in typeof list]?: readonly ContainerBody[] } | undefined)?.[list] ?? [];
    for (const [i, container] of containers.entries()) {
      const index = (container.env ?? []).findLastIndex((e) => e?.name === name);
      if (index >= 0) return { resource, path: [...path, list, i, 'env', index] };
    }
  }
  return { resource, path };
}
