import type { ClusterView } from '../model/cluster-view.ts';
import type { Gap } from '../model/coverage.ts';
import type { UndecidedConfig } from '../model/envoy-config.ts';
import { type Workload, workloadText } from '../model/workload.ts';

/** The Istio whose control plane is mirrored, by its minor version. */
const mirroredMinor = '1.30';

/** What hidden objects of a kind could change. Secrets and permissions are the rules' questions. */
const effects: Readonly<Record<string, string>> = {
  gateways: 'which hosts and ports do they add, and which conflicts do they win?',
  virtualservices: 'which routes do they add, and which conflicts do they win?',
  destinationrules: 'which subsets and TLS settings do they add?',
  serviceentries: 'which hosts do they make known to routes?',
  services: 'which container ports do the ports of Gateways lead to, and which destinations exist?',
  pods: 'which gateways are there, with which ports?',
  configmaps: 'what does the mesh configuration say?',
  envoyfilters: 'what do they change in listeners and routes?',
  ingresses: 'what do they add to the gateways?',
};

function hiddenKinds(gaps: readonly Gap[]): UndecidedConfig[] {
  return gaps.flatMap((gap): UndecidedConfig[] => {
    const effect = effects[gap.kinds];
    if (effect === undefined) return [];
    const where = (gap.except ?? []).length > 0 ? ' of other namespaces' : '';
    return [
      {
        question: `There may be ${gap.kinds}${where} that cannot be read: ${effect}`,
        because: gap.because,
        decides: { kind: 'permission', command: gap.decides },
        resource: null,
      },
    ];
  });
}

/** `1.29` of `1.29.2`. */
const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

interface PodBody {
  readonly containers?: readonly { readonly name?: string; readonly image?: string }[];
  readonly initContainers?: readonly { readonly name?: string; readonly image?: string }[];
}

/** The version of the proxy by its image; null where that does not say it. */
function proxyVersion({ resource }: Workload): string | null {
  const spec = resource?.spec as (PodBody & { readonly template?: { readonly spec?: PodBody } }) | undefined;
  const body = spec?.template?.spec ?? spec;
  const proxy = [...(body?.containers ?? []), ...(body?.initContainers ?? [])].find((c) => c.name === 'istio-proxy');
  return /:v?(\d+\.\d+(?:\.\d+)?)(?:[-@+.][^/]*)?$/.exec(proxy?.image ?? '')?.[1] ?? null;
}

/**
 * What is known to differ, by the first minor version that behaves as mirrored. Other differences are likely, so that
 * another version is a question whatever stands here.
 */
const differences: readonly { readonly since: string; readonly what: string }[] = [
  { since: '1.20', what: 'before 1.20 expired certificates were withheld (reset instead of a date error)' },
];

const number = (minor: string): number => Number(minor.split('.')[1] ?? 0) + 1000 * Number(minor.split('.')[0] ?? 0);

function versionQuestion(what: string, version: string): UndecidedConfig {
  const known = differences.filter((d) => number(minorOf(version)) < number(d.since)).map((d) => d.what);
  return {
    question: `Does ${what} ${version} build what Istio ${mirroredMinor} builds, which is what is predicted here?`,
    because: `it is another minor version; ${known.length > 0 ? known.join('; ') : 'no difference for TLS gateways is known to this program, and none has been looked for'}`,
    decides: { kind: 'file', command: 'kubectl tlsgw diff' },
    resource: null,
  };
}

function otherVersions(view: ClusterView, workload: Workload): UndecidedConfig[] {
  const other = (version: string): boolean => minorOf(version) !== mirroredMinor;
  const istiods = (view.coverage.istiodVersions ?? []).filter(other);
  const proxy = proxyVersion(workload);
  const name = workloadText(workload);
  return [
    ...istiods.map((version) => versionQuestion('istiod', version)),
    ...(proxy !== null && other(proxy) ? [versionQuestion(`the proxy of ${name}`, proxy)] : []),
  ];
}

/** What a cluster leaves open: kinds that may not be read, and versions that are not the mirrored one. */
export function liveQuestions(view: ClusterView, workload: Workload): UndecidedConfig[] {
  if (view.coverage.source === 'files') return [];
  return [...hiddenKinds(view.coverage.gaps), ...otherVersions(view, workload)];
}
