import { oncePer } from '../model/once.ts';
import { HostIndex } from './host-index.ts';
import { hostSubsetOf, hostsForNamespace, splitServerHost } from './hosts.ts';

/** A host of a server, with its position in the list. */
interface Own {
  readonly position: number;
  readonly namespace: string | null;
  readonly host: string;
}

/** Lists up to this length are compared as they are. */
const FEW = 16;

const indexOf = oncePer((server: readonly string[]): HostIndex<Own> => {
  const index = new HostIndex<Own>();
  for (const [position, written] of server.entries()) {
    const { namespace, host } = splitServerHost(written);
    index.add(host, { position, namespace, host });
  }
  return index;
});

const narrower = (own: string, wanted: string): string | null =>
  hostSubsetOf(own, wanted) ? own : hostSubsetOf(wanted, own) ? wanted : null;

/** The hosts on which a VirtualService of this namespace appears on a server, each once. mirrors: E12, E13. */
export function intersectHosts(server: readonly string[], hosts: readonly string[], namespace: string): string[] {
  if (server.length <= FEW) {
    const common: string[] = [];
    for (const own of hostsForNamespace(server, namespace)) {
      for (const wanted of hosts) {
        const both = narrower(own, wanted);
        if (both !== null) common.push(both);
      }
    }
    return common.length > 1 ? [...new Set(common)] : common;
  }
  const result = new Set<string>();
  const index = indexOf(server);
  const pairs = hosts.flatMap((wanted) =>
    [...index.meeting(wanted)]
      .filter((own) => own.namespace === null || own.namespace === namespace)
      .map((own) => ({ own, wanted })),
  );
  // Stable: the hosts of the server in order, and for each those of the VirtualService.
  for (const { own, wanted } of pairs.sort((a, b) => a.own.position - b.own.position)) {
    const common = narrower(own.host, wanted);
    if (common !== null) result.add(common);
  }
  return [...result];
}
