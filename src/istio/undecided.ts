import type { ClusterView, Gateway } from '../model/cluster-view.ts';
import type { Drop, UndecidedConfig } from '../model/envoy-config.ts';
import { oncePer } from '../model/once.ts';
import { type AnyResource, resourceText } from '../model/resource.ts';
import { type Workload, workloadText } from '../model/workload.ts';
import { isDiscovered } from './discovery.ts';
import { noTranslationLabel, type ServiceTarget, servicesOf, serviceTargets } from './ports.ts';
import { selectorMatches } from './select.ts';
import { liveQuestions } from './undecided-live.ts';

interface Input {
  readonly view: ClusterView;
  readonly workload: Workload;
  readonly gateways: readonly Gateway[];
  readonly drops: readonly Drop[];
  /** Gateway API objects that are not compiled. */
  readonly uncompiled: readonly AnyResource[];
}

/** What could change this workload's tables and cannot be read from the input. mirrors: M1-M5, A5, A22. */
export function undecidedQuestions(input: Input): UndecidedConfig[] {
  return [
    ...assumedNamespace(input),
    ...creationOrder(input),
    ...serviceOrder(input),
    ...ipFamily(input),
    ...revisions(input),
    ...discoverySelectors(input),
    ...gatewayScope(input),
    ...envoyFilters(input),
    ...otherGatewayKinds(input),
    ...liveQuestions(input.view, input.workload),
  ];
}

const file = (command: string): UndecidedConfig['decides'] => ({ kind: 'file', command });

function assumedNamespace({ workload }: Input): UndecidedConfig[] {
  if (workload.namespace !== null) return [];
  return [
    {
      question: `Which pods does the selector ${workload.name} match, in which namespace, behind which Service ports?`,
      because: 'until they are known, ports are taken as declared and Secrets are not looked up',
      decides: file(
        'add the gateway Deployment and its Service to the input, or describe them under `workloads` in .tlsgw.yaml',
      ),
      resource: null,
    },
  ];
}

/** The winner's object, where a drop has one of the same kind that could be younger. */
function rivals(drop: Drop): readonly (readonly [loser: AnyResource, winner: AnyResource])[] {
  switch (drop.reason) {
    case 'duplicate-host':
      return drop.hosts.map((h) => [drop.server.gateway, h.winner.gateway] as const);
    case 'protocol-conflict':
    case 'route-list-overwritten':
    case 'replaced-by-plain-server':
      return [[drop.server.gateway, drop.winner.gateway]];
    case 'rule-not-first':
    case 'route-shadowed':
      return [[drop.rule.virtualService, drop.winner.virtualService]];
    case 'duplicate-sni':
      return drop.hosts.map((h) => [drop.rule.virtualService, h.winner.virtualService] as const);
    default:
      return [];
  }
}

/** Who wins is decided by age, and the input does not know the ages. mirrors: A7, E8, M1. */
function creationOrder({ drops }: Input): UndecidedConfig[] {
  const asked = new Map<string, UndecidedConfig>();
  for (const [loser, winner] of drops.flatMap(rivals)) {
    if (loser === winner) continue;
    if (loser.meta.creationTimestamp !== undefined && winner.meta.creationTimestamp !== undefined) continue;
    const key = [resourceText(loser.id), resourceText(winner.id)].sort().join(' ');
    if (asked.has(key)) continue;
    const plural = loser.id.kind === 'Gateway' ? 'gateways' : 'virtualservices';
    asked.set(key, {
      question: `Which is older in the cluster, ${resourceText(winner.id)} or ${resourceText(loser.id)}? The older one wins.`,
      because:
        'without metadata.creationTimestamp the winner was taken by name, then namespace, as istiod does for equal ages',
      decides: file(
        `kubectl get ${plural}.networking.istio.io -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,CREATED:.metadata.creationTimestamp`,
      ),
      resource: loser,
    });
  }
  return [...asked.values()];
}

/** Two Services lead one port to different targets, and the older one wins. mirrors: A16, A20. */
function serviceOrder({ view, workload, gateways }: Input): UndecidedConfig[] {
  let wanted: Set<number> | null = null;
  const isWanted = (port: number): boolean => {
    wanted ??= new Set(gateways.flatMap((g) => (g.spec.servers ?? []).map((s) => s.port?.number ?? 0)));
    return wanted.has(port);
  };
  const first = new Map<number, ServiceTarget>();
  for (const target of serviceTargets(view, workload).targets) {
    if (Object.hasOwn(target.service.meta.labels, noTranslationLabel)) continue;
    const winner = first.get(target.servicePort);
    if (!winner) first.set(target.servicePort, target);
    if (!winner || winner.service === target.service || winner.targetPort === target.targetPort) continue;
    const [a, b] = [winner.service, target.service];
    if (a.meta.creationTimestamp !== undefined && b.meta.creationTimestamp !== undefined) continue;
    if (!isWanted(target.servicePort)) continue;
    return [
      {
        question: `Which Service of ${workloadText(workload)} is older: ${winner.hostname} and ${target.hostname}? Its target port is the one that listens.`,
        because:
          'they lead one port to different targets and have no metadata.creationTimestamp; the first by host name was taken',
        decides: file(`kubectl get services -n ${workload.namespace} -o yaml`),
        resource: b,
      },
    ];
  }
  return [];
}

/** Addresses are taken as IPv4; only a Service that asks for IPv6 makes that doubtful. mirrors: A22, M2. */
function ipFamily({ view, workload }: Input): UndecidedConfig[] {
  const service = servicesOf(view, workload).find((s) => {
    const spec = (s.body['spec'] ?? {}) as { ipFamilies?: unknown; ipFamilyPolicy?: unknown };
    const families = Array.isArray(spec.ipFamilies) ? spec.ipFamilies : [];
    return families.includes('IPv6') || /DualStack$/.test(String(spec.ipFamilyPolicy ?? ''));
  });
  if (!service) return [];
  return [
    {
      question: `Do the pods of ${workloadText(workload)} have IPv4 addresses? With IPv6 only, listeners are named ::_<port>.`,
      because: `${resourceText(service.id)} asks for IPv6, and pod addresses are not in the input`,
      decides: file(`kubectl get pods -n ${workload.namespace} -o jsonpath='{.items[*].status.podIPs}'`),
      resource: service,
    },
  ];
}

/** Gateways of other namespaces, which istiod may have been told to leave alone. mirrors: A9. */
function gatewayScope({ view, workload, gateways }: Input): UndecidedConfig[] {
  const { scopeGatewayToNamespace, source } = view.istiod;
  const foreign = gateways.find((g) => g.meta.namespace !== workload.namespace);
  if (scopeGatewayToNamespace !== null || foreign === undefined || workload.namespace === null) return [];
  return [
    {
      question: `Does istiod give ${workloadText(workload)} Gateways of other namespaces, such as ${resourceText(foreign.id)}?`,
      because:
        'PILOT_SCOPE_GATEWAY_TO_NAMESPACE of istiod, which forbids it, has a value that is not in the input, or not the same for each istiod; it was taken as unset',
      decides: file(`kubectl -n ${source?.id.namespace ?? 'istio-system'} get deployments -l app=istiod -o yaml`),
      resource: source,
    },
  ];
}

const revisionLabel = 'istio.io/rev';

const hasRevision = ({ meta }: AnyResource): boolean => meta.labels[revisionLabel] !== undefined;

/** Few have one, and each workload asks. */
const virtualServicesOfRevisions = oncePer((view: ClusterView) =>
  view.virtualServices.filter((vs) => hasRevision(vs) && (vs.spec.gateways ?? []).length > 0),
);

/** Objects labelled with a revision are read by that istiod only. mirrors: A5. */
function revisions({ view, workload, gateways }: Input): UndecidedConfig[] {
  const labelled: readonly AnyResource[] = [...gateways.filter(hasRevision), ...virtualServicesOfRevisions(view)];
  const foreign = labelled.filter(
    ({ meta }) => meta.labels[revisionLabel] !== (workload.labels[revisionLabel] ?? null),
  );
  return foreign.map((r) => ({
    question: `Does the istiod of ${workloadText(workload)} have revision ${r.meta.labels[revisionLabel]}? Another one never sees ${resourceText(r.id)}.`,
    because: `the object is labelled ${revisionLabel}=${r.meta.labels[revisionLabel]}, and the pods' revision is not in the input; it was taken as seen`,
    decides: file(`kubectl get pods -n ${workload.namespace ?? 'NAMESPACE'} --show-labels`),
    resource: r,
  }));
}

/** mirrors: A5, rules.md row 20. */
function discoverySelectors({ view, workload }: Input): UndecidedConfig[] {
  if (isDiscovered(view, workload) !== 'unknown') return [];
  return [
    {
      question: `Do the discoverySelectors of the mesh select namespace ${workload.namespace}? If not, istiod sees neither its Services nor its Secrets.`,
      because: 'the labels of the namespace, or the mesh configuration of its revision, are not in the input',
      decides: file(`kubectl get namespace ${workload.namespace} --show-labels`),
      resource: view.meshSource,
    },
  ];
}

/** An EnvoyFilter can change anything. mirrors: M5. */
function envoyFilters({ view, workload }: Input): UndecidedConfig[] {
  const reach = (filter: AnyResource): boolean => {
    if (filter.id.namespace !== view.mesh.rootNamespace && filter.id.namespace !== workload.namespace) return false;
    const spec = filter.spec as { workloadSelector?: { labels?: Record<string, string> } };
    return selectorMatches(spec.workloadSelector?.labels, workload.labels);
  };
  return (view.others.get('EnvoyFilter') ?? []).filter(reach).map((filter) => ({
    question: `What does ${resourceText(filter.id)} change in the listeners and routes of ${workloadText(workload)}?`,
    because: 'EnvoyFilters are applied after everything that is predicted here, and can change any of it',
    decides: file(`kubectl tlsgw diff ${workload.name}.${workload.namespace ?? 'NAMESPACE'}`),
    resource: filter,
  }));
}

/** Their Gateways are merged with ours before anything is compiled (A7, A8). mirrors: A8, L. */
function otherGatewayKinds({ view, workload, uncompiled }: Input): UndecidedConfig[] {
  const objects = [...uncompiled, ...(view.others.get('Ingress') ?? [])].filter((o) => mayReach(o, view, workload));
  if (objects.length === 0) return [];
  const names = objects.slice(0, 3).map((o) => resourceText(o.id));
  const more = objects.length > 3 ? ` and ${objects.length - 3} more` : '';
  return [
    {
      question: `What do ${names.join(', ')}${more} add to ${workloadText(workload)}, and which conflicts do they win?`,
      because: 'objects of these kinds are not compiled yet; the tables show what the other Gateways give',
      decides: file(`kubectl tlsgw diff ${workload.name}.${workload.namespace ?? 'NAMESPACE'}`),
      resource: objects[0]!,
    },
  ];
}

/** Could this object's listeners land on the workload? Ingress by the mesh's selector, Gateway API by its Service. */
function mayReach(object: AnyResource, view: ClusterView, workload: Workload): boolean {
  if (object.id.kind === 'Ingress') {
    const spec = object.spec as { ingressClassName?: string };
    const name = object.meta.annotations['kubernetes.io/ingress.class'] ?? spec.ingressClassName ?? null;
    if (name !== null && name !== view.mesh.ingressClass) return false;
    return workload.labels['istio'] === (view.mesh.ingressSelector ?? 'ingressgateway');
  }
  return object.id.namespace === workload.namespace || workload.namespace === null;
}
