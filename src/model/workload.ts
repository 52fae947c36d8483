import type { AnyResource } from './resource.ts';

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol: string;
}

/**
 * One group of equal gateway pods: the proxy for which istiod compiles (A1-A4). Named after its Pod or the object that
 * owns the template.
 */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  /** null: assumed from a selector, because the input holds no gateway workload; its Secrets are undecidable. */
  readonly namespace: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Ports of containers in order, then of init containers with restartPolicy Always (A15). */
  readonly ports: readonly ContainerPort[];
  /** env ISTIO_META_UNPRIVILEGED_POD parses as true (A21). */
  readonly unprivileged: boolean;
  /** The pod mounts the credential socket, so `sds://` names are served by it (D16). */
  readonly credentialSocket: boolean;
  readonly hostNetwork: boolean;
  /** Host ports of the containers (rule port-not-exposed). */
  readonly hostPorts: readonly number[];
  /** Service port -> container port, for workloads described in `.tlsgw.yaml`; null: from Services. */
  readonly portMap: Readonly<Record<number, number>> | null;
  /** null: described in `.tlsgw.yaml` or assumed. */
  readonly resource: AnyResource | null;
}

/** `istio-system/istio-ingressgateway`; an assumed workload has no namespace and is named after its selector. */
export const workloadText = (w: Pick<Workload, 'namespace' | 'name'>): string =>
  w.namespace === null ? w.name : `${w.namespace}/${w.name}`;
