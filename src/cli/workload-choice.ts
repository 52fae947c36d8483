import type { EnvoyConfig } from '../model/envoy-config.ts';
import { type Workload, workloadText } from '../model/workload.ts';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';

// kubectl's names for the kinds that own gateway pods.
const kinds: Readonly<Record<string, string>> = {
  po: 'Pod',
  pod: 'Pod',
  pods: 'Pod',
  deploy: 'Deployment',
  deployment: 'Deployment',
  deployments: 'Deployment',
  ds: 'DaemonSet',
  daemonset: 'DaemonSet',
  daemonsets: 'DaemonSet',
  sts: 'StatefulSet',
  statefulset: 'StatefulSet',
  statefulsets: 'StatefulSet',
  rs: 'ReplicaSet',
  replicaset: 'ReplicaSet',
  replicasets: 'ReplicaSet',
};

type Test = (workload: Workload) => boolean;

/** Reads `[<type>/]<name>[.<namespace>]`; also `<namespace>/<name>`, the form in which tables name workloads. */
function testOf(wanted: string): Test {
  const slash = wanted.indexOf('/');
  const prefix = slash === -1 ? '' : wanted.slice(0, slash);
  const rest = wanted.slice(slash + 1);
  const kind = kinds[prefix.toLowerCase().replace(/\..*/, '')];
  const dot = rest.lastIndexOf('.');
  const named = (w: Workload) =>
    w.name === rest || (dot > 0 && w.name === rest.slice(0, dot) && w.namespace === rest.slice(dot + 1));
  return (w) => {
    if (workloadText(w) === wanted) return true;
    if (prefix !== '' && kind === undefined) return w.namespace === prefix && w.name === rest;
    return named(w) && (kind === undefined || w.kind === kind);
  };
}

/** The configurations of the workload that was asked for; all when none was. An unknown one is wrong usage. */
export function chooseWorkloads(configs: readonly EnvoyConfig[], wanted: string | undefined): readonly EnvoyConfig[] {
  if (wanted === undefined) return configs;
  const test = testOf(wanted);
  const chosen = configs.filter((config) => test(config.workload));
  if (chosen.length > 0) return chosen;
  const known = configs.map((config) => workloadText(config.workload));
  const short = configs.map((config) => config.workload.name);
  const hint =
    known.length === 0
      ? 'The input holds no gateway workload.'
      : `The input holds: ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', ...' : ''}`;
  throw new UsageError(
    `no gateway workload ${JSON.stringify(wanted)} in the input${didYouMean(wanted, [...short, ...known])}`,
    hint,
  );
}
