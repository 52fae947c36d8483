import { hostSubsetOf } from '../../istio/hosts.ts';
import type { ClusterView, VirtualService } from '../../model/cluster-view.ts';
import type { EnvoyConfig, RuleRef, ServerRef } from '../../model/envoy-config.ts';
import { keyOf } from '../../model/resource.ts';
import { bindingOf, isDelegate } from './bindings.ts';
import { isMeshHost } from './destinations.ts';
import { type HostIndex, hostsOfGateway, isOpenTo } from './host-index.ts';
import { liveServers } from './live.ts';
import { type LostHost, lostHost } from './lost-hosts.ts';
import { oncePer } from './once.ts';
import { hostsOf } from './routes.ts';

/** A VirtualService with hosts that no server of its Gateways takes. */
export interface Misnamed {
  readonly vs: VirtualService;
  readonly lost: readonly LostHost[];
  readonly open: readonly HostIndex[];
}

const misnamedOf = oncePer((view: ClusterView) =>
  oncePer((configs: readonly EnvoyConfig[]): readonly Misnamed[] => {
    const live = new Set([...liveServers(configs)].map((l) => l.server.server));
    return view.virtualServices.flatMap((vs) => misnamed(view, vs, live) ?? []);
  }),
);

/** All of them, which rule vs-host-not-in-gateway reports. */
export const misnamedServices = (view: ClusterView, configs: readonly EnvoyConfig[]): readonly Misnamed[] =>
  misnamedOf(view)(configs);

function misnamed(view: ClusterView, vs: VirtualService, live: ReadonlySet<ServerRef['server']>): Misnamed | null {
  const binding = bindingOf(view, vs);
  // Unknown Gateways may have it.
  if (isDelegate(vs) || binding.isPartial) return null;
  const open = binding.gateways.map(hostsOfGateway);
  if (open.every((o) => o.all.length === 0)) return null;
  const resolved = hostsOf(vs, view.mesh.domain);
  const isTaken = (host: string) => open.some((o) => o.meeting(host).some((m) => isOpenTo(m, vs.id.namespace)));
  const isEligible = resolved.some(isTaken);
  // Bound to the mesh as well, some hosts may be for it; if no Gateway takes any, one for the outside is a mistake.
  const isForMesh = (host: string) => binding.keys.has('mesh') && (isEligible || isMeshHost(view, host));
  const judged = resolved.map((host, index) => lostHost(vs, index, host, open, live, isEligible));
  const taken = resolved.filter((_, index) => judged[index] === null);
  // Virtual hosts are lower-cased (F5): another host of the VirtualService may serve the same name.
  const isServed = (host: string) =>
    taken.some((other) => hostSubsetOf(host, other.toLowerCase())) && open.some((o) => o.meeting(host).length > 0);
  const lost = judged.flatMap((l) =>
    l && !isForMesh(resolved[l.index]!) && !isServed(resolved[l.index]!.toLowerCase()) ? [l] : [],
  );
  const isHttp = (vs.spec.http ?? []).length > 0;
  // For tls and tcp one host that fits is enough, and sniHosts decide (E15, G7).
  return lost.length === 0 || (!isHttp && lost.length < resolved.length) ? null : { vs, lost, open };
}

/**
 * The only server of a Gateway that lacks routes of a kind, with the only VirtualService that has such routes for the
 * Gateway and no host of it: one mistake. Of several nobody can tell which was meant for which.
 */
export function serversMissedByName(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  block: RuleRef['block'],
): ReadonlyMap<ServerRef['server'], VirtualService> {
  const without = new Map<string, Set<ServerRef['server']>>();
  for (const drop of configs.flatMap((c) => c.drops)) {
    if (drop.reason !== 'no-chain' || drop.wants !== block) continue;
    const key = keyOf(drop.server.gateway.id);
    without.set(key, (without.get(key) ?? new Set()).add(drop.server.server));
  }
  const meant = new Map<string, VirtualService[]>();
  if (without.size > 0) {
    for (const { vs, lost } of misnamedServices(view, configs)) {
      if ((vs.spec[block] ?? []).length === 0 || lost.length < (vs.spec.hosts ?? []).length) continue;
      for (const key of bindingOf(view, vs).keys) meant.set(key, [...(meant.get(key) ?? []), vs]);
    }
  }
  return new Map(
    [...without].flatMap(([key, servers]) => {
      const [vs, ...others] = meant.get(key) ?? [];
      return vs && others.length === 0 && servers.size === 1 ? [[[...servers][0]!, vs] as const] : [];
    }),
  );
}
