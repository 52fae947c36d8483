import { HostIndex } from './host-index.ts';
import { hostSubsetOf, isOpenTo, type ServerHost, splitServerHost } from './hosts.ts';

/** Lists up to this length are compared as they are. */
const FEW = 16;

const narrower = (own: string, wanted: string): string | null =>
  hostSubsetOf(own, wanted) ? own : hostSubsetOf(wanted, own) ? wanted : null;

/** The hosts on which a VirtualService of a namespace appears on a server, each once, from the hosts it names. */
type Intersect = (hosts: readonly string[], namespace: string) => readonly string[];

/** Compares the hosts of a server with those of many VirtualServices. mirrors: E12, E13. */
export function intersectionWith(server: readonly string[]): Intersect {
  const open = server.map(splitServerHost);
  return open.length <= FEW ? comparing(open) : lookingUp(open);
}

const comparing =
  (open: readonly ServerHost[]): Intersect =>
  (hosts, namespace) => {
    const common: string[] = [];
    for (const own of open) {
      if (!isOpenTo(own, namespace)) continue;
      for (const wanted of hosts) {
        const both = narrower(own.host, wanted);
        if (both !== null) common.push(both);
      }
    }
    return common.length > 1 ? [...new Set(common)] : common;
  };

function lookingUp(open: readonly ServerHost[]): Intersect {
  const index = new HostIndex<{ readonly own: ServerHost; readonly position: number }>();
  for (const [position, own] of open.entries()) index.add(own.host, { own, position });
  return (hosts, namespace) => {
    const pairs = hosts.flatMap((wanted) =>
      [...index.meeting(wanted)]
        .filter(({ own }) => isOpenTo(own, namespace))
        .map(({ own, position }) => ({ own, position, wanted })),
    );
    const result = new Set<string>();
    // Stable: the hosts of the server in order, and for each those of the VirtualService.
    for (const { own, wanted } of pairs.sort((a, b) => a.position - b.position)) {
      const common = narrower(own.host, wanted);
      if (common !== null) result.add(common);
    }
    return [...result];
  };
}
