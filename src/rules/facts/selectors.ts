import type { ClusterView, Gateway } from '../../model/cluster-view.ts';
import type { Workload } from '../../model/workload.ts';
import { kubectl, objectName } from './commands.ts';
import { nearest } from './nearest.ts';

export type Labels = Readonly<Record<string, string>>;

/** Gateway pods that are known, not assumed from the very selectors. */
export const knownWorkloads = (view: ClusterView): Workload[] => view.workloads.filter((w) => w.namespace !== null);

/** Labels that injection, the kubelet or istiod add to a running pod, or to pods that istiod makes: no template shows them (A3, A4). */
export const addedLater = (key: string): boolean =>
  /^(topology\.(kubernetes|istio)\.io|(service|security)\.istio\.io|gateway\.networking\.k8s\.io|(statefulset|apps|failure-domain\.beta)\.kubernetes\.io)\//.test(
    key,
  ) ||
  [
    'kubernetes.io/hostname',
    'istio.io/rev',
    'istio.io/gateway-name',
    'pod-template-hash',
    'controller-revision-hash',
  ].includes(key);

export const labelsText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');

/** What a workload has under the selector's keys; all of its own labels when it has none of them. */
function comparable({ labels }: Workload, selector: Labels): Labels {
  const own = Object.entries(labels).filter(([key]) => !addedLater(key));
  const same = own.filter(([key]) => Object.hasOwn(selector, key));
  return Object.fromEntries(same.length > 0 ? same : own);
}

/** The known gateway pods whose labels come nearest to a selector, with those of their labels that it could name. */
export function nearestPods(
  view: ClusterView,
  selector: Labels,
): { readonly pods: Workload; readonly labels: Labels } | null {
  const pods = nearest(labelsText(selector), knownWorkloads(view), (w) => labelsText(comparable(w, selector)));
  return pods && { pods, labels: comparable(pods, selector) };
}

/** Where pods have their labels, in a Pod or in an object that owns a template. */
export const labelsPath = ({ kind }: { readonly kind: string }): string[] =>
  kind === 'Pod' ? ['metadata', 'labels'] : ['spec', 'template', 'metadata', 'labels'];

/** A command that makes a Gateway select these labels and no others. */
export function selectInstead(gateway: Gateway, labels: Labels): string {
  if (Object.keys(labels).length === 0) return 'Select labels that the pods of a gateway have.';
  const removed = Object.keys(gateway.spec.selector ?? {}).filter((key) => !Object.hasOwn(labels, key));
  const value = { ...Object.fromEntries(removed.map((key) => [key, null])), ...labels };
  const patch = JSON.stringify({ spec: { selector: value } });
  const { namespace, name } = gateway.id;
  return kubectl(namespace, 'patch', 'gateways.networking.istio.io', objectName(name), '--type=merge', '-p', patch);
}
