import { reaches, selectorMatches } from '../istio/select.ts';
import type { ClusterView, Gateway } from '../model/cluster-view.ts';
import { resourceText } from '../model/resource.ts';
import { kubectl, objectName } from './facts/commands.ts';
import { decidedBy } from './facts/gaps.ts';
import { podsText } from './facts/pods.ts';
import {
  addedLater,
  knownWorkloads,
  type Labels,
  labelsPath,
  labelsText,
  nearestPods,
  selectInstead,
} from './facts/selectors.ts';
import { clientHosts, serversOfGateway } from './facts/servers.ts';
import { clientsOf, REFUSED } from './facts/symptoms.ts';
import { defineRule, type Open } from './rule.ts';

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
      const scope = view.istiod.scopeGatewayToNamespace === true ? gateway.id.namespace : '';
      const key = `${scope} ${text}`;
      if (!matched.has(key)) matched.set(key, isMatched(view, gateway, selector));
      if (matched.get(key)) continue;
      const question = questionOf(view, gateway, selector);
      if (question) {
        yield question;
        continue;
      }
      const close = nearestPods(view, selector);
      const hosts = serversOfGateway(gateway).flatMap((ref) => clientHosts(ref.server));
      const elsewhere =
        scope === '' ? undefined : knownWorkloads(view).find((w) => selectorMatches(selector, w.labels));
      const within = scope === '' ? '' : ` of namespace ${scope}`;
      const only = scope === '' ? '' : ' (PILOT_SCOPE_GATEWAY_TO_NAMESPACE)';
      yield {
        kind: 'problem',
        message:
          `no pod${within}${view.coverage.complete ? '' : ' in the input'} has the labels ${text} that ${resourceText(gateway.id)} selects${only}` +
          (elsewhere
            ? `; ${podsText(elsewhere)} has them`
            : close && !scope
              ? `; the gateway pods have ${labelsText(close.labels)}`
              : ''),
        at: { resource: gateway, path: ['spec', 'selector'] },
        related: close?.pods.resource
          ? [{ at: { resource: close.pods.resource, path: labelsPath(close.pods) }, message: 'gateway pods' }]
          : [],
        symptom: clientsOf(hosts, `${REFUSED}, or 404 where other Gateways use the port`),
        remedy: elsewhere
          ? `Create the Gateway in namespace ${elsewhere.namespace}, and remove it here: ${kubectl(gateway.id.namespace, 'delete', 'gateways.networking.istio.io', objectName(gateway.id.name))}`
          : selectInstead(gateway, close?.labels ?? {}),
        severity: view.coverage.complete ? 'error' : 'warning',
      };
    }
  },
});

/** True for a selector that matches some pod, a gateway or not (rule selector-matches-no-gateway), or that matches all. */
function isMatched(view: ClusterView, gateway: Gateway, selector: Labels): boolean {
  if (Object.keys(selector).length === 0) return true;
  // An assumed workload comes with a question of its own; a complete input needs no assumptions.
  const workloads = view.coverage.complete ? knownWorkloads(view) : view.workloads;
  const reached = [...view.podTemplates, ...workloads].filter((pods) => reaches(view, gateway, pods.namespace));
  return reached.some((pods) => selectorMatches(selector, pods.labels));
}

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
  if (gap) return { ...open(gap.because, gap.decides), decides: decidedBy(gap, '') };
  if (!view.coverage.complete && knownWorkloads(view).length === 0)
    return open('the input holds no gateway pods', command);
  const unseen = Object.entries(selector).filter(([key]) => addedLater(key));
  if (unseen.length === 0) return null;
  const seen = Object.fromEntries(Object.entries(selector).filter(([key]) => !addedLater(key)));
  return knownWorkloads(view).some((w) => selectorMatches(seen, w.labels))
    ? open(`${labelsText(Object.fromEntries(unseen))} is set on running pods only`, command)
    : null;
}
