import type { PodTemplate } from './cluster-view.ts';
import type { AnyResource } from './resource.ts';
import type { ContainerPort, Workload } from './workload.ts';

/** The parts of a pod that decide what istiod and Envoy do with it. */
interface PodSpecBody {
  readonly serviceAccountName?: string;
  readonly hostNetwork?: boolean;
  readonly containers?: readonly ContainerBody[];
  readonly initContainers?: readonly ContainerBody[];
}

interface ContainerBody {
  readonly name?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name?: string; readonly value?: string }[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort?: number;
    readonly hostPort?: number;
    readonly protocol?: string;
  }[];
  readonly volumeMounts?: readonly { readonly mountPath?: string }[];
  readonly restartPolicy?: string;
}

interface PodTemplateBody {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: PodSpecBody;
}

/** Pods, and the kinds that own a pod template at spec.template. */
export const podKinds: ReadonlySet<string> = new Set(['Pod', 'Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet']);

/** The template of a pod, or of what makes pods. */
function templateOf(resource: AnyResource): PodTemplateBody {
  if (resource.id.kind === 'Pod') {
    return { metadata: resource.meta, spec: (resource.spec ?? {}) as PodSpecBody };
  }
  return ((resource.spec as { template?: PodTemplateBody } | undefined)?.template ?? {}) as PodTemplateBody;
}

/** Words that Go's strconv.ParseBool reads as true (A21). */
const goTrue = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

/** Where the agent finds an external SDS socket (D16). */
const credentialSocketPath = /\/var\/run\/secrets\/credential-uds\/?$/;

function isRouter(template: PodTemplateBody, proxy: ContainerBody | undefined): boolean {
  const args = proxy?.args ?? [];
  if (args[0] === 'proxy' && args[1] === 'router') return true;
  const injected = template.metadata?.annotations?.['inject.istio.io/templates'] ?? '';
  return injected.split(',').some((name) => name.trim() === 'gateway');
}

function portsOf(containers: readonly ContainerBody[]): ContainerPort[] {
  return containers.flatMap((container) =>
    (container.ports ?? []).flatMap((port) =>
      port.containerPort === undefined
        ? []
        : [
            {
              containerPort: port.containerPort,
              protocol: port.protocol ?? 'TCP',
              ...(port.name === undefined ? {} : { name: port.name }),
            },
          ],
    ),
  );
}

/**
 * Labels that istiod adds to the pod before selectors are compared (A3). Only the cluster is known without the node;
 * `Kubernetes` is istiod's default cluster name.
 */
const addedLabels: Readonly<Record<string, string>> = { 'topology.istio.io/cluster': 'Kubernetes' };

/** Owner names by `kind/namespace/name`, to count a pod once as its owner (cli.md, "Which gateway pods?"). */
function ownedByInput(resource: AnyResource, known: ReadonlySet<string>): boolean {
  const owners = (
    resource.body['metadata'] as { ownerReferences?: readonly { kind?: string; name?: string }[] } | undefined
  )?.ownerReferences;
  return Array.isArray(owners) && owners.some((o) => o && known.has(`${o.kind}/${resource.id.namespace}/${o.name}`));
}

/**
 * Returns the template of each of `podKinds` of the input, and those that are gateways as workloads (A1, A2, A4, A15, A21).
 * The containers of a router need no `istio-proxy` in the text: the injection template adds it.
 */
export function decodeWorkloads(pods: readonly AnyResource[]): {
  readonly workloads: Workload[];
  readonly podTemplates: PodTemplate[];
} {
  const known = new Set(pods.map((r) => `${r.id.kind}/${r.id.namespace}/${r.id.name}`));
  const workloads: Workload[] = [];
  const podTemplates: PodTemplate[] = [];
  for (const resource of pods) {
    if (ownedByInput(resource, known)) continue;
    const template = templateOf(resource);
    const containers = template.spec?.containers ?? [];
    const sidecars = (template.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
    const proxy = [...containers, ...sidecars].find((c) => c.name === 'istio-proxy');
    const router = isRouter(template, proxy);
    const labels = { ...addedLabels, ...template.metadata?.labels };
    const { namespace, name, kind } = resource.id;
    podTemplates.push({ resource, namespace, name, labels, router });
    if (!router) continue;
    // Of a name given twice the kubelet takes the last.
    const env = (wanted: string) => proxy?.env?.findLast((e) => e.name === wanted)?.value ?? '';
    workloads.push({
      kind,
      name,
      namespace,
      labels,
      serviceAccount: template.spec?.serviceAccountName || 'default',
      ports: portsOf([...containers, ...sidecars]),
      unprivileged: goTrue.has(env('ISTIO_META_UNPRIVILEGED_POD')),
      credentialSocket: (proxy?.volumeMounts ?? []).some((m) => credentialSocketPath.test(m.mountPath ?? '')),
      hostNetwork: template.spec?.hostNetwork === true,
      hostPorts: [...containers, ...sidecars].flatMap((c) => (c.ports ?? []).flatMap((p) => p.hostPort ?? [])),
      portMap: null,
      resource,
    });
  }
  return { workloads, podTemplates };
}
