import type { Gateway } from '../model/cluster-view.ts';
import type { Drop, ServerRef } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import type { Server } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { HostIndex } from './host-index.ts';
import { hostsMatch, isOpenTo, type ServerHost, splitServerHost } from './hosts.ts';
import { rewriteHosts } from './server-hosts.ts';
import type { NormalVirtualService, VirtualServiceIndex } from './virtual-services.ts';
import { visibleTo } from './visibility.ts';

/** A host of a server of the Gateway. */
interface Open extends ServerHost {
  readonly server: ServerRef;
}

/** What VirtualServices are held against at one Gateway. */
interface GatewayHosts {
  readonly gateway: Gateway;
  /** The hosts that may have names in common with this one, few enough to compare. */
  readonly near: (host: string) => Iterable<Open>;
  readonly proxyNamespace: string;
  readonly live: ReadonlySet<Server>;
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
  /** Those that name several Gateways and have been met at one. */
  const met = new Set<NormalVirtualService>();
  /** Two Gateways may have one name: a Gateway of another version, listeners of the Gateway API. */
  const keys = new Set<string>();
  let named = 0;
  const proxyNamespace = workload.namespace ?? '';
  for (const gateway of gateways) {
    const key = keyOf(gateway.id);
    const isFirst = !keys.has(key);
    keys.add(key);
    const bound = index.byGateway.get(key);
    if (!bound) continue;
    const open: GatewayHosts = { gateway, near: nearOf(gateway), proxyNamespace, live };
    let before: NormalVirtualService | null = null;
    for (const vs of bound) {
      // One that names the Gateway twice stands there twice in a row.
      if (vs === before) continue;
      before = vs;
      if (isFirst && !met.has(vs)) {
        named++;
        drops.push(...vs.drops);
      }
      if (vs.gateways.length > 1) met.add(vs);
      addReachDrops(vs, open, drops);
    }
  }
  return { drops, notForUs: index.roots - named };
}

/** Up to this many hosts are compared as they are. */
const FEW = 16;

function nearOf(gateway: Gateway): GatewayHosts['near'] {
  const hosts = hostsOf(gateway);
  if (hosts.length <= FEW) return () => hosts;
  const index = new HostIndex<Open>();
  for (const open of hosts) index.add(open.host, open);
  return (wanted) => index.meeting(wanted);
}

function hostsOf(gateway: Gateway): Open[] {
  const hosts: Open[] = [];
  for (const [index, server] of (gateway.spec.servers ?? []).entries()) {
    const ref: ServerRef = { gateway, index, server };
    for (const written of rewriteHosts(server.hosts ?? [], gateway.meta.namespace).hosts) {
      const { namespace, host } = splitServerHost(written);
      hosts.push({ server: ref, namespace, host });
    }
  }
  return hosts;
}

function addReachDrops(
  vs: NormalVirtualService,
  { gateway, near, proxyNamespace, live }: GatewayHosts,
  drops: Drop[],
): void {
  const virtualService = vs.source;
  if (!visibleTo(vs.visibility, proxyNamespace)) {
    const at = { resource: virtualService, path: ['spec', 'exportTo'] };
    drops.push({ reason: 'vs-not-visible', virtualService, gateway, at, mirrors: 'E9' });
    return;
  }
  const meets = (open: Open, wanted: string): boolean =>
    isOpenTo(open, virtualService.id.namespace) && hostsMatch(open.host, wanted);
  const lost: string[] = [];
  let isMet = false;
  let isLive = false;
  for (const wanted of vs.hosts) {
    let isLost = true;
    for (const open of near(wanted)) {
      if (!meets(open, wanted)) continue;
      isLost = false;
      isLive ||= live.has(open.server.server);
    }
    if (isLost) lost.push(wanted);
    else isMet = true;
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
  if (isMet && !isLive) {
    const at = { resource: virtualService, path: ['spec', 'gateways'] };
    const met = vs.hosts.flatMap((wanted) => [...near(wanted)].filter((open) => meets(open, wanted)));
    const servers = [...new Set(met.map(({ server }) => server))].sort((a, b) => a.index - b.index);
    drops.push({ reason: 'vs-server-dropped', virtualService, gateway, servers, at, mirrors: 'B15' });
  }
}
