import { HostIndex as EndingIndex } from '../../istio/host-index.ts';
import { compareSpecificity, hostsMatch, isOpenTo, splitServerHost } from '../../istio/hosts.ts';
import { isHttpServer } from '../../istio/protocol.ts';
import { SuffixMap } from '../../istio/suffix-map.ts';
import type { ClusterView, Gateway } from '../../model/cluster-view.ts';
import type { ServerRef } from '../../model/envoy-config.ts';
import { append, oncePer } from '../../model/once.ts';
import { comparedHosts } from './bindings.ts';
import { serversOf, serversOfGateway } from './servers.ts';

/** One host of a server, with its position in the list as written. */
export interface OpenHost {
  readonly ref: ServerRef;
  /** null: VirtualServices of every namespace may use it (E12). */
  readonly namespace: string | null;
  readonly host: string;
}

/** Hosts of servers, found by the names they fit without comparing each with each. */
export interface HostIndex {
  readonly all: readonly OpenHost[];
  /** The hosts that some name of `wanted` fits, whatever their namespace (E11); of a plain name the most specific ones first. */
  meeting(wanted: string): readonly OpenHost[];
  /** A host that is the same but for case and a trailing dot. */
  alike(wanted: string): OpenHost | null;
}

const fold = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();

/** So many hosts are compared as they are: most Gateways have fewer, and an index for each is time and memory. */
const FEW = 8;

function indexHosts(refs: Iterable<ServerRef>): HostIndex {
  const all: OpenHost[] = [];
  for (const ref of refs) {
    for (const written of comparedHosts(ref)) {
      const { namespace, host } = splitServerHost(written);
      all.push({ ref, namespace, host });
    }
  }
  return {
    all,
    meeting: all.length <= FEW ? (wanted) => metByComparing(all, wanted) : (wanted) => metByIndex(all, wanted),
    alike: (wanted) => firstByFold(all).get(fold(wanted)) ?? null,
  };
}

function metByComparing(all: readonly OpenHost[], wanted: string): readonly OpenHost[] {
  const met = all.filter(({ host }) => hostsMatch(host, wanted));
  return met.length < 2 || wanted.startsWith('*') ? met : met.sort((a, b) => compareSpecificity(a.host, b.host));
}

function metByIndex(all: readonly OpenHost[], wanted: string): readonly OpenHost[] {
  if (wanted.startsWith('*'))
    return [...positionsOf(all).meeting(wanted)].sort((a, b) => a - b).map((position) => all[position]!);
  const { exact, wildcards } = byText(all);
  return [...(exact.get(wanted) ?? []), ...wildcards.endingsOf(wanted).flat()];
}

const byText = oncePer((all: readonly OpenHost[]) => {
  const exact = new Map<string, OpenHost[]>();
  const wildcards = new SuffixMap<OpenHost[]>();
  for (const open of all) {
    if (open.host.startsWith('*')) append(wildcards, open.host.slice(1), open);
    else append(exact, open.host, open);
  }
  return { exact, wildcards };
});

/** Positions by host, for wildcards: few VirtualServices have any. */
const positionsOf = oncePer((all: readonly OpenHost[]): EndingIndex<number> => {
  const positions = new EndingIndex<number>();
  for (const [position, { host }] of all.entries()) positions.add(host, position);
  return positions;
});

/** For hosts that no server takes. */
const firstByFold = oncePer((all: readonly OpenHost[]): ReadonlyMap<string, OpenHost> => {
  const folded = new Map<string, OpenHost>();
  for (const open of all) if (!folded.has(fold(open.host))) folded.set(fold(open.host), open);
  return folded;
});

/** The hosts of one Gateway. */
export const hostsOfGateway: (gateway: Gateway) => HostIndex = oncePer((gateway) =>
  indexHosts(serversOfGateway(gateway)),
);

/** The hosts of every Gateway. */
export const hostsOfAllGateways: (view: ClusterView) => HostIndex = oncePer((view) =>
  indexHosts(serversOf(view.gateways)),
);

/** True for a host that some server of these Gateways takes and answers by routes under `http`. */
export function isServedUnderHttp(host: string, open: readonly HostIndex[], namespace: string): boolean {
  for (const index of open) {
    for (const met of index.meeting(host)) {
      if (isOpenTo(met, namespace) && isHttpServer(met.ref.server)) return true;
    }
  }
  return false;
}
