import type { Gateway } from '../model/cluster-view.ts';
import type { Drop } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import type { Workload } from '../model/workload.ts';
import { hostsForNamespace, hostsMatch } from './hosts.ts';
import { rewriteHosts } from './servers.ts';
import type { VirtualServiceIndex } from './virtual-services.ts';
import { visibleTo } from './visibility.ts';

/**
 * VirtualServices that name one of the selected Gateways but do not reach it: not exported to the pod's namespace
 * (E9), or with no host in common (E13, E15). `notForUs` counts those that name none of them.
 */
export function unboundDrops(
  gateways: readonly Gateway[],
  index: VirtualServiceIndex,
  workload: Workload,
): { readonly drops: readonly Drop[]; readonly notForUs: number } {
  const drops: Drop[] = [];
  const namespace = workload.namespace ?? '';
  let named = 0;
  for (const gateway of gateways) {
    const bound = new Set(index.byGateway.get(keyOf(gateway.id)) ?? []);
    named += bound.size;
    const servers = gateway.spec.servers ?? [];
    const hosts = [...new Set(servers.flatMap((s) => rewriteHosts(s.hosts ?? [], gateway.meta.namespace).hosts))];
    for (const vs of bound) {
      drops.push(...vs.drops);
      if (!visibleTo(vs.visibility, namespace)) {
        drops.push({
          reason: 'vs-not-visible',
          virtualService: vs.source,
          gateway,
          at: { resource: vs.source, path: ['spec', 'exportTo'] },
          mirrors: 'E9',
        });
        continue;
      }
      const own = hostsForNamespace(hosts, vs.source.id.namespace);
      const lost = vs.hosts.filter((wanted) => !own.some((host) => hostsMatch(host, wanted)));
      if (lost.length === 0) continue;
      drops.push({
        reason: 'vs-host-mismatch',
        virtualService: vs.source,
        gateway,
        hosts: lost,
        at: { resource: vs.source, path: ['spec', 'hosts', Math.max(0, vs.hosts.indexOf(lost[0]!))] },
        mirrors: 'E13',
      });
    }
  }
  return { drops, notForUs: Math.max(0, index.all.length + index.delegates.length - named) };
}
