import type { ClusterView, Gateway } from '../model/cluster-view.ts';
import type { Workload } from '../model/workload.ts';
import { sortByCreation } from './order.ts';
import type { ServiceTarget } from './ports.ts';

/** Written by the Kubernetes Gateway API conversion: hostnames of the Services the Gateway is bound to (A10). */
export const gatewayServiceAnnotation = 'internal.istio.io/gateway-service';
/** Written by the conversion where the Gateway's own namespace is not the parent's. */
export const parentNamespaceAnnotation = 'internal.istio.io/parent-namespace';

/** True when every pair of the selector is among the labels; an empty selector matches everything. mirrors: A10, A12. */
export function selectorMatches(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}

/** A Gateway that programs this workload; `targets` is set for one bound to Services directly (A10.1, A18). */
export interface SelectedGateway {
  readonly gateway: Gateway;
  readonly targets: readonly ServiceTarget[] | null;
}

/** All Gateways in the order in which istiod merges them. mirrors: A7, A8 (Ingress first comes from the missing time). */
export const orderGateways = (view: ClusterView): Gateway[] => sortByCreation(view.gateways);

/** Whether istiod looks for pods of a namespace when it serves a Gateway of another. mirrors: A9. */
export const reaches = ({ istiod }: ClusterView, gateway: Gateway, podNamespace: string | null): boolean =>
  istiod.scopeGatewayToNamespace !== true || podNamespace === null || gateway.meta.namespace === podNamespace;

/** The Gateways that this workload may get at all. mirrors: A9. */
export const inScope = (ordered: readonly Gateway[], view: ClusterView, workload: Workload): readonly Gateway[] =>
  view.istiod.scopeGatewayToNamespace === true
    ? ordered.filter((gateway) => reaches(view, gateway, workload.namespace))
    : ordered;

/** The Gateways that select this workload, in merge order. mirrors: A7-A12. */
export function selectGateways(
  ordered: readonly Gateway[],
  workload: Workload,
  targets: readonly ServiceTarget[],
): SelectedGateway[] {
  return ordered.flatMap((gateway): SelectedGateway[] => {
    const bound = gateway.meta.annotations[gatewayServiceAnnotation];
    if (bound !== undefined) {
      const hostnames = new Set(bound.split(','));
      const namespace = gateway.meta.annotations[parentNamespaceAnnotation] ?? gateway.meta.namespace;
      const own = targets.filter((t) => hostnames.has(t.hostname) && t.service.meta.namespace === namespace);
      return own.length > 0 ? [{ gateway, targets: own }] : [];
    }
    return selectorMatches(gateway.spec.selector, workload.labels) ? [{ gateway, targets: null }] : [];
  });
}
