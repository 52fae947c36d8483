import type { Gateway } from '../model/cluster-view.ts';
import type { RuleRef } from '../model/envoy-config.ts';
import { oncePer } from '../model/once.ts';
import { keyOf } from '../model/resource.ts';
import { HostIndex } from './host-index.ts';
import { splitServerHost } from './hosts.ts';
import { type NormalVirtualService, type VirtualServiceIndex, virtualServicesForGateway } from './virtual-services.ts';

/** What a server reads of the VirtualServices bound to it; `service` is none of their blocks. */
export type Reads = 'http' | 'tls' | 'tcp' | 'service';

/** The VirtualServices bound to one gateway that its pods see, in the order of E10. Shared by all its servers. */
export interface Bound {
  /** Those with a host that some host of a server meets, and perhaps more: whether it may be used is not looked at. */
  meeting(serverHosts: readonly string[]): readonly NormalVirtualService[];
  /** Rules in blocks that a server does not read. */
  ignoredBy(reads: Reads): readonly RuleRef[];
}

/** Fewer comparisons than this are cheaper than an index. */
const FEW = 64;

function boundOf(all: readonly NormalVirtualService[]): Bound {
  let index: HostIndex<number> | null = null;
  const indexed = (): HostIndex<number> => {
    const made = new HostIndex<number>();
    for (const [position, vs] of all.entries()) for (const host of vs.hosts) made.add(host, position);
    return made;
  };
  const ignored = new Map<Reads, readonly RuleRef[]>();
  return {
    meeting(serverHosts) {
      if (all.length * serverHosts.length <= FEW || serverHosts.includes('*')) return all;
      index ??= indexed();
      const positions = new Set<number>();
      for (const written of serverHosts) {
        for (const position of index.meeting(splitServerHost(written).host)) positions.add(position);
      }
      return [...positions].sort((a, b) => a - b).map((position) => all[position]!);
    },
    ignoredBy(reads) {
      const known = ignored.get(reads);
      if (known) return known;
      const blocks = (['http', 'tls', 'tcp'] as const).filter((block) => block !== reads);
      const rules: RuleRef[] = [];
      for (const vs of all) for (const block of blocks) for (const { origin } of vs[block]) rules.push(origin);
      ignored.set(reads, rules);
      return rules;
    },
  };
}

/** By the namespace of the pods. */
const known = oncePer((_: VirtualServiceIndex) => new Map<string, (gateway: Gateway) => Bound>());

/** The VirtualServices bound to a Gateway as pods of this namespace see them; computed once. */
export function boundTo(index: VirtualServiceIndex, gateway: Gateway, proxyNamespace: string): Bound {
  const ofIndex = known(index);
  const before = ofIndex.get(proxyNamespace);
  if (before) return before(gateway);
  const bound = oncePer(({ id }: Gateway) => boundOf(virtualServicesForGateway(index, keyOf(id), proxyNamespace)));
  ofIndex.set(proxyNamespace, bound);
  return bound(gateway);
}
