import type { Gateway, VirtualService } from '../model/cluster-view.ts';
import type { Drop, ServerRef } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import type { Server } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { HostIndex } from './host-index.ts';
import { splitServerHost } from './hosts.ts';
import { rewriteHosts } from './server-hosts.ts';
import type { NormalVirtualService, VirtualServiceIndex } from './virtual-services.ts';
import { visibleTo } from './visibility.ts';

/** A host of a server of the Gateway. */
interface Open {
  readonly server: ServerRef;
  /** null: every namespace may attach. */
  readonly namespace: string | null;
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
    const bound = index.byGateway.get(keyOf(gateway.id));
    if (!bound) continue;
    const hosts = hostsOf(gateway);
    for (const vs of new Set(bound)) {
      named.add(vs.source);
      if (!delegated.has(vs)) drops.push(...vs.drops);
      delegated.add(vs);
      drops.push(...reachDrops(vs, gateway, hosts, workload, live));
    }
  }
  return { drops, notForUs: index.all.length - named.size };
}

function hostsOf(gateway: Gateway): HostIndex<Open> {
  const hosts = new HostIndex<Open>();
  for (const [index, server] of (gateway.spec.servers ?? []).entries()) {
    const ref: ServerRef = { gateway, index, server };
    for (const written of rewriteHosts(server.hosts ?? [], gateway.meta.namespace).hosts) {
      const { namespace, host } = splitServerHost(written);
      hosts.add(host, { server: ref, namespace });
    }
  }
  return hosts;
}

function reachDrops(
  vs: NormalVirtualService,
  gateway: Gateway,
  hosts: HostIndex<Open>,
  workload: Workload,
  live: ReadonlySet<Server>,
): Drop[] {
  const virtualService = vs.source;
  if (!visibleTo(vs.visibility, workload.namespace ?? '')) {
    const at = { resource: virtualService, path: ['spec', 'exportTo'] };
    return [{ reason: 'vs-not-visible', virtualService, gateway, at, mirrors: 'E9' }];
  }
  const drops: Drop[] = [];
  const { namespace } = virtualService.id;
  const lost: string[] = [];
  const met: ServerRef[] = [];
  for (const wanted of vs.hosts) {
    let isLost = true;
    for (const open of hosts.meeting(wanted)) {
      if (open.namespace !== null && open.namespace !== namespace) continue;
      isLost = false;
      met.push(open.server);
    }
    if (isLost) lost.push(wanted);
  }
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
  if (met.length > 0 && !met.some((s) => live.has(s.server))) {
    const at = { resource: virtualService, path: ['spec', 'gateways'] };
    const servers = [...new Set(met)].sort((a, b) => a.index - b.index);
    drops.push({ reason: 'vs-server-dropped', virtualService, gateway, servers, at, mirrors: 'B15' });
  }
  return drops;
}
