import type { Gateway, VirtualService } from '../model/cluster-view.ts';
import type { Drop, ServerRef } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import type { Server } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { hostsForNamespace, hostsMatch } from './hosts.ts';
import { rewriteHosts } from './server-hosts.ts';
import type { NormalVirtualService, VirtualServiceIndex } from './virtual-services.ts';
import { visibleTo } from './visibility.ts';

interface ServerHosts {
  readonly server: ServerRef;
  readonly hosts: readonly string[];
}

/**
 * VirtualServices that name one of the selected Gateways but do not reach it: not exported to the pod's namespace
 * (E9), with hosts that no server has (E13, E15), or only on servers that istiod dropped. `live` are the servers that
 * stand in some chain. `notForUs` counts those that name none of the Gateways.
 */
export function unboundDrops(
  gateways: readonly Gateway[],
  index: VirtualServiceIndex,
  workload: Workload,
  live: ReadonlySet<Server>,
): { readonly drops: readonly Drop[]; readonly notForUs: number } {
  const drops: Drop[] = [];
  const named = new Set<VirtualService>();
  const delegated = new Set<NormalVirtualService>();
  for (const gateway of gateways) {
    const servers = serversOf(gateway);
    for (const vs of new Set(index.byGateway.get(keyOf(gateway.id)) ?? [])) {
      named.add(vs.source);
      if (!delegated.has(vs)) drops.push(...vs.drops);
      delegated.add(vs);
      drops.push(...reachDrops(vs, gateway, servers, workload, live));
    }
  }
  return { drops, notForUs: index.all.length - named.size };
}

const serversOf = (gateway: Gateway): ServerHosts[] =>
  (gateway.spec.servers ?? []).map((server, i) => ({
    server: { gateway, index: i, server },
    hosts: rewriteHosts(server.hosts ?? [], gateway.meta.namespace).hosts,
  }));

function reachDrops(
  vs: NormalVirtualService,
  gateway: Gateway,
  servers: readonly ServerHosts[],
  workload: Workload,
  live: ReadonlySet<Server>,
): Drop[] {
  const virtualService = vs.source;
  if (!visibleTo(vs.visibility, workload.namespace ?? '')) {
    const at = { resource: virtualService, path: ['spec', 'exportTo'] };
    return [{ reason: 'vs-not-visible', virtualService, gateway, at, mirrors: 'E9' }];
  }
  const drops: Drop[] = [];
  const open = servers.map((s) => ({
    server: s.server,
    hosts: hostsForNamespace(s.hosts, virtualService.id.namespace),
  }));
  const meets = (own: readonly string[], wanted: string) => own.some((host) => hostsMatch(host, wanted));
  const lost = vs.hosts.filter((wanted) => !open.some((s) => meets(s.hosts, wanted)));
  if (lost.length > 0) {
    drops.push({
      reason: 'vs-host-mismatch',
      virtualService,
      gateway,
      hosts: lost,
      at: { resource: virtualService, path: ['spec', 'hosts', Math.max(0, vs.hosts.indexOf(lost[0]!))] },
      mirrors: 'E13',
    });
  }
  const met = open.filter((s) => vs.hosts.some((wanted) => meets(s.hosts, wanted))).map((s) => s.server);
  if (met.length > 0 && !met.some((s) => live.has(s.server))) {
    const at = { resource: virtualService, path: ['spec', 'gateways'] };
    drops.push({ reason: 'vs-server-dropped', virtualService, gateway, servers: met, at, mirrors: 'B15' });
  }
  return drops;
}
