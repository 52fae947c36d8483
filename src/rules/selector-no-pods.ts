import { selectorMatches } from '../istio/select.ts';
import type { ClusterView, Gateway } from '../model/cluster-view.ts';
import { resourceText } from '../model/resource.ts';
import type { Workload } from '../model/workload.ts';
import { nearest } from './facts/nearest.ts';
import { clientHosts, serversOf } from './facts/servers.ts';
import { clientsOf, REFUSED } from './facts/symptoms.ts';
import { defineRule, type Open } from './rule.ts';

/** Gateways of the input; those assumed from selectors prove nothing. */
const known = (view: ClusterView): readonly Workload[] => view.workloads.filter((w) => w.namespace !== null);

type Labels = Readonly<Record<string, string>>;

export default defineRule({
  id: 'selector-no-pods',
  summary: 'The selector of a Gateway matches no pod, so no gateway serves it',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    const candidates = [...view.podTemplates, ...known(view)];
    for (const gateway of view.gateways) {
      const selector = gateway.spec.selector ?? {};
      if (Object.keys(selector).length === 0) continue;
      if (candidates.some((c) => selectorMatches(selector, c.labels))) continue;
      const question = questionOf(view, gateway, selector);
      if (question) {
        yield question;
        continue;
      }
      const close = nearest(labelsText(selector), routerLabels(view, selector), labelsText);
      const hosts = [...serversOf([gateway])].flatMap((ref) => clientHosts(ref.server));
      yield {
        kind: 'problem',
        message:
          `no pod has the labels ${labelsText(selector)} that ${resourceText(gateway.id)} selects` +
          (close ? `; the gateway pods in the input have ${labelsText(close)}` : ''),
        at: { resource: gateway, path: ['spec', 'selector'] },
        related: known(view).flatMap((w) =>
          w.resource ? [{ at: { resource: w.resource, path: ['spec', 'template', 'metadata', 'labels'] }, message: 'gateway pods' }] : [],
        ),
        symptom: clientsOf(hosts, `${REFUSED}, or 404 where other Gateways use the port`),
        remedy: remedyOf(gateway, selector, close),
        severity: view.coverage.complete ? 'error' : 'warning',
      };
    }
  },
});

/** Labels that injection, the kubelet or istiod add to a running pod: no template shows them (A3, A4). */
const addedLater = (key: string): boolean =>
  /(^|\.)(istio\.io|kubernetes\.io)\//.test(key) || key === 'pod-template-hash' || key === 'controller-revision-hash';

function questionOf(view: ClusterView, gateway: Gateway, selector: Labels): Open | null {
  const open = (because: string, command: string): Open => ({
    kind: 'open',
    question: `Is there a gateway pod with the labels ${labelsText(selector)}?`,
    because,
    decides: { kind: 'file', command },
    at: { resource: gateway, path: ['spec', 'selector'] },
  });
  const command = `kubectl get pods -A -l ${labelsText(selector).replaceAll(', ', ',').replaceAll(': ', '=')} -o yaml`;
  const gap = view.coverage.gaps.find((g) => g.kinds === 'pods' || g.kinds === '*');
  if (gap) return open(gap.because, gap.decides);
  if (!view.coverage.complete && known(view).length === 0) return open('the input holds no gateway workload', command);
  const unseen = Object.fromEntries(Object.entries(selector).filter(([key]) => addedLater(key)));
  if (Object.keys(unseen).length === 0) return null;
  const seen = Object.fromEntries(Object.entries(selector).filter(([key]) => !addedLater(key)));
  return known(view).some((w) => selectorMatches(seen, w.labels))
    ? open(`${labelsText(unseen)} is set on running pods only`, command)
    : null;
}

const labelsText = (labels: Labels): string =>
  Object.entries(labels).map(([key, value]) => `${key}: ${value}`).join(', ');

/** What the known gateways have under the selector's keys; all of their labels when they share no key. */
function routerLabels(view: ClusterView, selector: Labels): Labels[] {
  return known(view).map(({ labels }) => {
    const same = Object.entries(labels).filter(([key]) => Object.hasOwn(selector, key));
    const own = Object.entries(labels).filter(([key]) => !addedLater(key));
    return Object.fromEntries(same.length > 0 ? same : own);
  });
}

function remedyOf(gateway: Gateway, selector: Labels, close: Labels | null): string {
  if (!close || Object.keys(close).length === 0) return 'Select labels that the pods of a gateway have.';
  const removed = Object.keys(selector).filter((key) => !Object.hasOwn(close, key));
  const value = { ...Object.fromEntries(removed.map((key) => [key, null])), ...close };
  const patch = JSON.stringify({ spec: { selector: value } });
  return `kubectl -n ${gateway.id.namespace} patch gateways.networking.istio.io ${gateway.id.name} --type=merge -p '${patch}'`;
}
