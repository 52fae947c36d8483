import type { Gateway } from '../model/cluster-view.ts';
import type { Workload } from '../model/workload.ts';

const selectorText = (selector: Readonly<Record<string, string>>): string =>
  Object.keys(selector)
    .sort()
    .map((key) => `${key}=${selector[key]}`)
    .join(',');

/**
 * The gateway pods to assume when the input holds none: one group per distinct selector, ports as declared (cli.md,
 * "Which gateway pods?"). A Gateway without selector reaches all of them.
 */
export function assumedWorkloads(gateways: readonly Gateway[]): Workload[] {
  const selectors = new Map<string, Readonly<Record<string, string>>>();
  for (const { spec } of gateways) selectors.set(selectorText(spec.selector ?? {}), spec.selector ?? {});
  if (selectors.size > 1) selectors.delete('');
  return [...selectors].map(([name, labels]) => ({
    kind: 'Pod',
    name: name === '' ? '*' : name,
    namespace: null,
    labels,
    serviceAccount: 'default',
    ports: [],
    unprivileged: false,
    credentialSocket: false,
    hostNetwork: false,
    hostPorts: [],
    portMap: null,
    resource: null,
  }));
}

/** The line that says so. */
export const assumptionText = (assumed: readonly Workload[]): string =>
  `the input holds no gateway pod, so one is assumed for each selector (${assumed.map((w) => w.name).join('; ')})`;
