import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { kubectl, objectName } from './facts/commands.ts';
import { selects } from './facts/label-selector.ts';
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
    const selectors = view.mesh.discoverySelectors ?? [];
    if (selectors.length === 0) return;
    // Another revision has another mesh configuration.
    const own = configs.filter((c) => c.workload.namespace !== null && c.workload.labels['istio.io/rev'] === undefined);
    for (const [first, ...others] of groupBy(own, (c) => c.workload.namespace)) {
      const said = judge(view, selectors, [first, ...others]);
      if (said) yield said;
    }
  },
});

function judge(
  view: ClusterView,
  selectors: readonly unknown[],
  configs: readonly [EnvoyConfig, ...EnvoyConfig[]],
): Problem | Open | null {
  const name = configs[0].workload.namespace ?? '';
  const namespace = view.namespaces.get(name);
  // The API server puts this label on every namespace.
  const labels = { ...namespace?.meta.labels, 'kubernetes.io/metadata.name': name };
  const verdicts = selectors.map((selector) => selects(selector, { labels, all: namespace !== undefined }));
  if (verdicts.includes(true)) return null;
  const mesh = meshPlace(view);
  if (verdicts.includes('unknown')) {
    return {
      kind: 'open',
      question: `Do the discoverySelectors of the mesh select namespace ${name}? If not, istiod sees neither its Services nor its Secrets.`,
      because: 'the labels of the namespace are not in the input',
      decides: { kind: 'file', command: kubectl(name, 'get', 'namespace', objectName(name), '--show-labels') },
      at: mesh,
    };
  }
  const wanted =
    (selectors[0] as { readonly matchLabels?: Readonly<Record<string, string>> } | null)?.matchLabels ?? {};
  const pairs = Object.entries(wanted)
    .map(([key, value]) => ` ${key}=${value}`)
    .join('');
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
    ],
    symptom: `every client of this gateway: ${RESET}, or ${REFUSED}`,
    remedy: pairs
      ? `kubectl label namespace ${name}${pairs}`
      : `Let one of the discoverySelectors select namespace ${name}:\n  ${editMesh(view)}`,
  };
}
