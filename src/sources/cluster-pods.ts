import { type Entry, isEntry } from './kubeconfig.ts';

const entry = (value: unknown): Entry => (isEntry(value) ? value : {});
const list = (value: unknown): Entry[] => (Array.isArray(value) ? value.filter(isEntry) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A pod with what decides about gateways, and nothing of its environment that could be a secret. */
export function keptPod(pod: Entry): Entry {
  const { metadata, spec, status } = pod as { metadata?: unknown; spec?: unknown; status?: unknown };
  const meta = entry(metadata);
  const from = entry(spec);
  return {
    metadata: {
      name: meta['name'],
      namespace: meta['namespace'],
      labels: entry(meta['labels']),
      annotations: Object.fromEntries(
        Object.entries(entry(meta['annotations'])).filter(([key]) =>
          /^(?:inject|sidecar)\.istio\.io\/|^tlsgw\//.test(key),
        ),
      ),
      ownerReferences: list(meta['ownerReferences']).map(({ kind, name, controller }) => ({ kind, name, controller })),
      creationTimestamp: meta['creationTimestamp'],
    },
    spec: {
      ...(from['serviceAccountName'] ? { serviceAccountName: from['serviceAccountName'] } : {}),
      ...(from['hostNetwork'] === true ? { hostNetwork: true } : {}),
      containers: list(from['containers']).map(keptContainer),
      ...(list(from['initContainers']).length > 0
        ? {
            initContainers: list(from['initContainers'])
              .filter((c) => c['restartPolicy'] === 'Always')
              .map(keptContainer),
          }
        : {}),
    },
    phase: text(entry(status)['phase']),
  };
}

/** What istiod is told about Gateways (src/model/istiod.ts). */
const isIstiodSetting = (variable: Entry): boolean => variable['name'] === 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE';

const keptVariable = ({ name, value, valueFrom }: Entry): Entry =>
  valueFrom === undefined ? { name, value } : { name, valueFrom: {} };

/** Pods of istiod that are told something about Gateways; all others say no more than their version. */
export const toldIstiods = (pods: readonly Entry[]): Entry[] =>
  pods.filter((pod) =>
    list(entry(pod['spec'])['containers']).some(
      (c) => c['name'] === 'discovery' && list(c['env']).some(isIstiodSetting),
    ),
  );

function keptContainer(container: Entry): Entry {
  const { name, image, ports, restartPolicy } = container as Record<string, unknown>;
  const env = list(container['env']).filter(
    (e) => (/^ISTIO_META_/.test(text(e['name'])) && typeof e['value'] === 'string') || isIstiodSetting(e),
  );
  const mounts = list(container['volumeMounts']).filter((m) => text(m['mountPath']).includes('credential-uds'));
  return {
    name,
    ...(name === 'istio-proxy' || name === 'discovery' ? { image, args: list2(container['args']).slice(0, 2) } : {}),
    ...(Array.isArray(ports) ? { ports } : {}),
    ...(env.length > 0 ? { env: env.map(keptVariable) } : {}),
    ...(mounts.length > 0 ? { volumeMounts: mounts.map((m) => ({ mountPath: m['mountPath'] })) } : {}),
    ...(restartPolicy ? { restartPolicy } : {}),
  };
}

const list2 = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

interface Owner {
  readonly kind: string;
  readonly name: string;
}

const templated: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  StatefulSet: 'apps/v1',
};

/**
 * The object that a pod counts as. A ReplicaSet whose name ends in the pod's template hash is a Deployment's, which istiod
 * concludes in the same way (GetDeployMetaFromPod), so that nobody needs permission to read ReplicaSets.
 */
function ownerOf(pod: Entry): Owner | null {
  const meta = entry(pod['metadata']);
  const owner = list(meta['ownerReferences']).find((o) => o['controller'] === true) ?? list(meta['ownerReferences'])[0];
  if (!owner) return null;
  const [kind, name] = [text(owner['kind']), text(owner['name'])];
  const hash = text(entry(meta['labels'])['pod-template-hash']);
  if (kind === 'ReplicaSet' && hash !== '' && name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: name.slice(0, -hash.length - 1) };
  }
  return { kind, name };
}

const rolloutLabels = ['pod-template-hash', 'controller-revision-hash', 'pod-template-generation'];

/** Newest first, running ones before all others: what runs now is what clients meet. */
function byAge(a: Entry, b: Entry): number {
  const running = (pod: Entry) => Number(pod['phase'] === 'Running');
  const created = (pod: Entry) => text(entry(pod['metadata'])['creationTimestamp']);
  const name = (pod: Entry) => text(entry(pod['metadata'])['name']);
  const older = created(b) < created(a) ? -1 : created(b) > created(a) ? 1 : 0;
  return running(b) - running(a) || older || (name(a) < name(b) ? -1 : 1);
}

/** Pods as the objects that own them, each once, with the template that its newest running pod has after injection. */
export function workloadsOf(pods: readonly Entry[]): Entry[] {
  const groups = new Map<string, { readonly owner: Owner | null; readonly pods: Entry[] }>();
  for (const pod of pods) {
    if (pod['phase'] === 'Succeeded' || pod['phase'] === 'Failed') continue;
    const { namespace, name } = entry(pod['metadata']);
    const owner = ownerOf(pod);
    const key = `${text(namespace)}/${owner === null ? `Pod/${text(name)}` : `${owner.kind}/${owner.name}`}`;
    const group = groups.get(key);
    if (group) group.pods.push(pod);
    else groups.set(key, { owner, pods: [pod] });
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { owner, pods: own }]) => {
      const pod = own.sort(byAge)[0]!;
      const meta = entry(pod['metadata']);
      const labels = Object.fromEntries(
        Object.entries(entry(meta['labels'])).filter(([key]) => !rolloutLabels.includes(key)),
      );
      const annotations = entry(meta['annotations']);
      const more = Object.keys(annotations).length > 0 ? { annotations } : {};
      const apiVersion = owner === null ? undefined : templated[owner.kind];
      if (owner === null || apiVersion === undefined) {
        const { name, namespace } = meta;
        return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels, ...more }, spec: pod['spec'] };
      }
      return {
        apiVersion,
        kind: owner.kind,
        metadata: { name: owner.name, namespace: meta['namespace'], labels },
        spec: { template: { metadata: { labels, ...more }, spec: pod['spec'] } },
      };
    });
}

/** Label selectors that find the pods of all these selectors, in as few lists as there are keys to ask for. */
export function podQueries(selectors: readonly Readonly<Record<string, string>>[]): string[] {
  // Gateways that no Gateway selects are worth naming when one selects nothing.
  const queries = ['istio', 'gateway.networking.k8s.io/gateway-name'];
  const byKey = new Map<string, Set<string>>();
  for (const selector of selectors) {
    const key = Object.keys(selector).sort()[0];
    if (key === undefined || Object.keys(selector).some((k) => queries.includes(k))) continue;
    byKey.set(key, (byKey.get(key) ?? new Set()).add(selector[key]!));
  }
  for (const [key, values] of [...byKey].sort()) {
    const all = [...values].sort();
    // Addresses have a limit of some kilobytes.
    for (let i = 0; i < all.length; i += 50) queries.push(`${key} in (${all.slice(i, i + 50).join(',')})`);
  }
  return queries;
}

/** `1.30.3` of `docker.io/istio/proxyv2:1.30.3-distroless`; null for tags that are no version, and for digests. */
export function imageVersion(image: unknown): string | null {
  return /:v?(\d+\.\d+(?:\.\d+)?)(?:[-@+.][^/]*)?$/.exec(text(image))?.[1] ?? null;
}
