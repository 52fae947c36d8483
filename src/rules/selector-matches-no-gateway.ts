import { selectorMatches } from '../istio/select.ts';
import type { PodTemplate } from '../model/cluster-view.ts';
import { resourceText } from '../model/resource.ts';
import { kubectl } from './facts/commands.ts';
import { knownWorkloads, type Labels, labelsPath, labelsText, nearestPods, selectInstead } from './facts/selectors.ts';
import { clientHosts, serversOfGateway } from './facts/servers.ts';
import { clientsOf, enumerate, REFUSED } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'selector-matches-no-gateway',
  summary: 'The selector of a Gateway matches pods, but none of them is a gateway',
  severity: 'warning',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    const gateways = knownWorkloads(view);
    // Thousands of Gateways share a handful of selectors.
    const matched = new Map<string, readonly PodTemplate[]>();
    for (const gateway of view.gateways) {
      const selector = gateway.spec.selector ?? {};
      const key = JSON.stringify(selector);
      const pods = matched.get(key) ?? notGateways(selector, view.podTemplates);
      matched.set(key, pods);
      if (pods.length === 0) continue;
      const isServed = gateways.some((w) => selectorMatches(selector, w.labels));
      const at = { resource: gateway, path: ['spec', 'selector'] };
      const names = enumerate(pods.map((p) => resourceText(p.resource.id)));
      const unclear = pods.find(mayBeGateway);
      if (unclear && isServed) continue;
      if (unclear) {
        yield {
          kind: 'open',
          question: `Are the pods of ${resourceText(unclear.resource.id)}, which ${resourceText(gateway.id)} selects, gateways?`,
          because: 'their istio-proxy container is written by an injection template or image that is not in the input',
          decides: {
            kind: 'file',
            command: kubectl(unclear.namespace, 'get', 'pods', '-o', 'yaml'),
          },
          at,
        };
        continue;
      }
      const close = nearestPods(view, selector);
      const find = 'kubectl get pods -A -l istio --show-labels';
      yield {
        kind: 'problem',
        message: `${resourceText(gateway.id)} selects ${isServed ? 'gateways, and also ' : ''}${names}, whose pods are no gateways: they never get its servers`,
        at,
        related: pods.map((p) => ({
          at: { resource: p.resource, path: labelsPath(p.resource.id) },
          message: 'selected, but no gateway',
        })),
        severity: isServed ? 'info' : 'warning',
        symptom: isServed
          ? 'a Service with the same selector sends clients to pods that do not listen'
          : clientsOf(
              serversOfGateway(gateway).flatMap((s) => clientHosts(s.server)),
              `${REFUSED}, or 404 where other Gateways use the port`,
            ),
        remedy: isServed
          ? `Take the labels ${labelsText(selector)} off the pods of ${names}.`
          : close
            ? `Select the gateway that is meant (${find}), for example:\n  ${selectInstead(gateway, close.labels)}`
            : `Select labels that the pods of a gateway have:\n  ${find}`,
      };
    }
  },
});

/** The pods without a gateway's proxy that a selector matches. */
const notGateways = (selector: Labels, all: readonly PodTemplate[]): readonly PodTemplate[] =>
  Object.keys(selector).length === 0 ? [] : all.filter((p) => !p.router && selectorMatches(selector, p.labels));

/** Pods whose proxy another template than those of Istio writes, or that say nothing about their proxy's role. */
function mayBeGateway({ resource }: PodTemplate): boolean {
  const spec = (resource.spec ?? {}) as { readonly template?: unknown };
  const pod = (resource.id.kind === 'Pod' ? { metadata: resource.meta, spec } : (spec.template ?? {})) as {
    readonly metadata?: { readonly annotations?: Labels };
    readonly spec?: { readonly containers?: readonly { readonly name?: string; readonly args?: readonly string[] }[] };
  };
  const templates = (pod.metadata?.annotations?.['inject.istio.io/templates'] ?? 'sidecar')
    .split(',')
    .map((t) => t.trim());
  if (templates.some((t) => t !== 'sidecar' && t !== 'grpc-agent' && t !== 'grpc-simple')) return true;
  const proxy = pod.spec?.containers?.find((c) => c.name === 'istio-proxy');
  return proxy !== undefined && proxy.args?.[1] !== 'sidecar';
}
