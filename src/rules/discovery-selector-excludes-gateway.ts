import { isDiscovered } from '../istio/discovery.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { kubectl, objectName } from './facts/commands.ts';
import { groupBy } from './facts/live.ts';
import { editMesh, meshPlace } from './facts/mesh.ts';
import { podsText } from './facts/pods.ts';
import { REFUSED, RESET } from './facts/symptoms.ts';
import { defineRule, type Open, type Problem } from './rule.ts';

export default defineRule({
  id: 'discovery-selector-excludes-gateway',
  summary: 'discoverySelectors of the mesh do not select the namespace of the gateway pods: istiod sees nothing in it',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const judged = configs.map((config) => ({ config, verdict: isDiscovered(view, config.workload) }));
    const doubtful = judged.filter((j) => j.verdict !== true);
    for (const group of groupBy(doubtful, (j) => `${j.config.workload.namespace} ${j.verdict}`)) {
      const same = group.map((j) => j.config);
      yield group[0].verdict === false ? excluded(view, same) : question(view, same);
    }
  },
});

/** Thousands of Gateways may share the pods. */
const most = 20;

function question(view: ClusterView, configs: readonly EnvoyConfig[]): Open {
  const name = configs[0]?.workload.namespace ?? '';
  return {
    kind: 'open',
    question: `Do the discoverySelectors of the mesh select namespace ${name}? If not, istiod sees neither its Services nor its Secrets.`,
    because: 'the labels of the namespace, or the mesh configuration of its revision, are not in the input',
    decides: { kind: 'file', command: kubectl(name, 'get', 'namespace', objectName(name), '--show-labels') },
    at: meshPlace(view),
  };
}

function excluded(view: ClusterView, configs: readonly EnvoyConfig[]): Problem {
  const name = configs[0]?.workload.namespace ?? '';
  const namespace = view.namespaces.get(name);
  const mesh = meshPlace(view);
  const first = view.mesh.discoverySelectors?.[0] as { readonly matchLabels?: Readonly<Record<string, string>> } | null;
  const pairs = Object.entries(first?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    kind: 'problem',
    message: `discoverySelectors of the mesh do not select namespace ${name}, in which the gateway pods run: istiod sees neither their Services nor their Secrets`,
    at: namespace ? { resource: namespace, path: ['metadata', 'labels'] } : mesh!,
    related: [
      ...(mesh && namespace ? [{ at: mesh, message: 'the mesh configuration with discoverySelectors' }] : []),
      ...configs.flatMap(({ workload }) =>
        workload.resource
          ? [
              {
                at: { resource: workload.resource, path: ['metadata', 'namespace'] },
                message: `${podsText(workload)} runs there`,
              },
            ]
          : [],
      ),
      ...[...new Set(configs.flatMap((c) => c.gateways))].slice(0, most).map((gateway) => ({
        at: { resource: gateway, path: ['spec', 'selector'] },
        message: `${resourceText(gateway.id)} selects these pods`,
      })),
    ],
    symptom: `every client of this gateway: ${RESET}, or ${REFUSED}`,
    remedy:
      pairs.length > 0
        ? kubectl(name, 'label', 'namespace', objectName(name), ...pairs)
        : `Let one of the discoverySelectors select namespace ${name}:\n  ${editMesh(view)}`,
  };
}
