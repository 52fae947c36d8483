import { selectorMatches } from '../istio/select.ts';
import type { ClusterView, Gateway } from '../model/cluster-view.ts';
import { resourceText } from '../model/resource.ts';
import type { Workload } from '../model/workload.ts';
import { kubectl, objectName } from './facts/commands.ts';
import { nearest } from './facts/nearest.ts';
import { clientHosts, serversOf } from './facts/servers.ts';
import { clientsOf, REFUSED } from './facts/symptoms.ts';
import { defineRule, type Open } from './rule.ts';

type Labels = Readonly<Record<string, string>>;

export default defineRule({
  id: 'selector-no-pods',
  summary: 'The selector of a Gateway matches no pod, so no gateway serves it',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    // Thousands of Gateways share a handful of selectors.
    const matched = new Map<string, boolean>();
    for (const gateway of view.gateways) {
      const selector = gateway.spec.selector ?? {};
      const text = labelsText(selector);
      if (!matched.has(text)) matched.set(text, isMatched(view, selector));
      if (matched.get(text)) continue;
      const question = questionOf(view, gateway, selector);
      if (question) {
        yield question;
        continue;
      }
      const close = nearest(text, knownWorkloads(view), (w) => labelsText(comparable(w, selector)));
      const labels = close ? comparable(close, selector) : {};
      const hosts = [...serversOf([gateway])].flatMap((ref) => clientHosts(ref.server));
      yield {
        kind: 'problem',
        message:
          `no pod has the labels ${text} that ${resourceText(gateway.id)} selects` +
          (close ? `; the gateway pods in the input have ${labelsText(labels)}` : ''),
        at: { resource: gateway, path: ['spec', 'selector'] },
        related: close?.resource
          ? [{ at: { resource: close.resource, path: labelsPath(close) }, message: 'gateway pods' }]
          : [],
        symptom: clientsOf(hosts, `${REFUSED}, or 404 where other Gateways use the port`),
        remedy: remedyOf(gateway, selector, labels),
        severity: view.coverage.complete ? 'error' : 'warning',
      };
    }
  },
});

/** Gateway pods that are known, not assumed from the very selectors. */
const knownWorkloads = (view: ClusterView): Workload[] => view.workloads.filter((w) => w.namespace !== null);

/** True for a selector that matches some pod, a gateway or not (rule selector-matches-no-gateway), or that matches all. */
function isMatched(view: ClusterView, selector: Labels): boolean {
  if (Object.keys(selector).length === 0) return true;
  // An assumed workload comes with a question of its own; a complete input needs no assumptions.
  const workloads = view.coverage.complete ? knownWorkloads(view) : view.workloads;
  return [...view.podTemplates, ...workloads].some((pods) => selectorMatches(selector, pods.labels));
}

/** Labels that injection, the kubelet or istiod add to a running pod, or to pods that istiod makes: no template shows them (A3, A4). */
const addedLater = (key: string): boolean =>
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

function questionOf(view: ClusterView, gateway: Gateway, selector: Labels): Open | null {
  const requirement = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const command = kubectl('NAMESPACE', 'get', 'pods', '-l', requirement.join(','), '-o', 'yaml').replace(
    '-n NAMESPACE',
    '-A',
  );
  const open = (because: string, decides: string): Open => ({
    kind: 'open',
    question: `Is there a gateway pod with the labels ${labelsText(selector)}?`,
    because,
    decides: { kind: 'file', command: decides },
    at: { resource: gateway, path: ['spec', 'selector'] },
  });
  const gap = view.coverage.gaps.find((g) => g.kinds === 'pods' || g.kinds === '*');
  if (gap) return open(gap.because, gap.decides);
  if (!view.coverage.complete && knownWorkloads(view).length === 0)
    return open('the input holds no gateway pods', command);
  const unseen = Object.entries(selector).filter(([key]) => addedLater(key));
  if (unseen.length === 0) return null;
  const seen = Object.fromEntries(Object.entries(selector).filter(([key]) => !addedLater(key)));
  return knownWorkloads(view).some((w) => selectorMatches(seen, w.labels))
    ? open(`${labelsText(Object.fromEntries(unseen))} is set on running pods only`, command)
    : null;
}

const labelsText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');

/** What a workload has under the selector's keys; all of its own labels when it has none of them. */
function comparable({ labels }: Workload, selector: Labels): Labels {
  const own = Object.entries(labels).filter(([key]) => !addedLater(key));
  const same = own.filter(([key]) => Object.hasOwn(selector, key));
  return Object.fromEntries(same.length > 0 ? same : own);
}

const labelsPath = ({ kind }: Workload): string[] =>
  kind === 'Pod' ? ['metadata', 'labels'] : ['spec', 'template', 'metadata', 'labels'];

function remedyOf(gateway: Gateway, selector: Labels, labels: Labels): string {
  if (Object.keys(labels).length === 0) return 'Select labels that the pods of a gateway have.';
  const removed = Object.keys(selector).filter((key) => !Object.hasOwn(labels, key));
  const value = { ...Object.fromEntries(removed.map((key) => [key, null])), ...labels };
  const patch = JSON.stringify({ spec: { selector: value } });
  const { namespace, name } = gateway.id;
  return kubectl(namespace, 'patch', 'gateways.networking.istio.io', objectName(name), '--type=merge', '-p', patch);
}
