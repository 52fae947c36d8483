import { gatewayServiceAnnotation } from '../istio/select.ts';
import type { Gateway } from '../model/cluster-view.ts';
import { resourceText } from '../model/resource.ts';
import type { Workload } from '../model/workload.ts';
import { podsText } from './facts/pods.ts';
import { type Labels, selectInstead } from './facts/selectors.ts';
import { enumerate } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'gateway-selects-foreign-workload',
  summary: 'A Gateway programs gateway pods of another namespace, or every gateway',
  severity: 'info',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const reached = new Map<Gateway, Workload[]>();
    for (const { gateways, workload } of configs) {
      if (workload.namespace === null) continue;
      for (const gateway of gateways) {
        const list = reached.get(gateway);
        if (list) list.push(workload);
        else reached.set(gateway, [workload]);
      }
    }
    for (const gateway of view.gateways) {
      if (gateway.meta.annotations[gatewayServiceAnnotation] !== undefined) continue;
      const everyone = Object.keys(gateway.spec.selector ?? {}).length === 0;
      const workloads = reached.get(gateway) ?? [];
      const foreign = workloads.filter((w) => w.namespace !== gateway.id.namespace);
      if (!everyone && foreign.length === 0) continue;
      const pods = enumerate(foreign.map(podsText));
      yield {
        kind: 'problem',
        message: everyone
          ? `${resourceText(gateway.id)} has no selector: it programs every gateway of the cluster`
          : `${resourceText(gateway.id)} programs gateway pods of another namespace: ${pods}`,
        at: { resource: gateway, path: ['spec', 'selector'] },
        related: (everyone ? workloads : foreign).flatMap((w) =>
          w.resource
            ? [{ at: { resource: w.resource, path: ['metadata'] }, message: `${podsText(w)} gets its servers` }]
            : [],
        ),
        symptom: 'its hosts are served by these gateways, and may take names and ports from Gateways of others',
        remedy: everyone
          ? `Select the pods that are meant:\n  ${selectInstead(gateway, workloads[0] ? ownLabels(workloads[0]) : { istio: 'ingressgateway' })}`
          : 'Nothing, if that is meant. PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true on istiod limits Gateways to pods of their own namespace.',
      };
    }
  },
});

/** One label of the pods that no template engine or controller changes. */
function ownLabels({ labels, name }: Workload): Labels {
  const key = ['istio', 'app', 'app.kubernetes.io/name'].find((k) => labels[k] !== undefined);
  return key ? { [key]: labels[key]! } : { app: name };
}
