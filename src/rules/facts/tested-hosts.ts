import { hostSubsetOf, hostsMatch, splitServerHost } from '../../istio/hosts.ts';
import type { ClusterView, VirtualService } from '../../model/cluster-view.ts';
import type { EnvoyConfig, ServerRef } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import { boundTo, hostsOf } from './routes.ts';
import { takenBy } from './sni.ts';

/** Names that clients use, and the host of the server through which they are served. */
export interface TestedHost {
  readonly through: string;
  readonly names: readonly string[];
}

const tested = oncePer((view: ClusterView) =>
  oncePer((config: EnvoyConfig) => {
    const takes = takenBy(config);
    return oncePer((ref: ServerRef): readonly TestedHost[] => {
      const routes = boundTo(view, ref.gateway);
      const isTaken = takes(ref);
      return (ref.server.hosts ?? []).map((written) => {
        const { names, through } = usedThrough(view, ref, written, routes);
        return { through, names: names.filter(isTaken) };
      });
    });
  }),
);

/**
 * The names that clients of a server use and whose connections come to it: its exact hosts; for `*` and `*.d` those of
 * the VirtualServices bound to it, which are all that is answered there; without any, the wildcard itself (`*` then says
 * nothing).
 */
export const testedHosts = (view: ClusterView, config: EnvoyConfig, ref: ServerRef): readonly TestedHost[] =>
  tested(view)(config)(ref);

/** The names alone. */
export const testedNames = (view: ClusterView, config: EnvoyConfig, ref: ServerRef): string[] =>
  testedHosts(view, config, ref).flatMap(({ names }) => names);

function usedThrough(
  view: ClusterView,
  ref: ServerRef,
  written: string,
  routes: readonly VirtualService[],
): TestedHost {
  const { namespace, host } = splitServerHost(written);
  if (!host.startsWith('*')) return { through: host, names: [host] };
  const open = namespace === '.' ? ref.gateway.id.namespace : namespace;
  const names = new Set<string>();
  for (const vs of routes) {
    if (open !== null && open !== vs.id.namespace) continue;
    for (const name of hostsOf(vs, view.mesh.domain)) {
      // The narrower of the two is what is served (E13).
      if (hostsMatch(name, host)) names.add(hostSubsetOf(name, host) ? name : host);
    }
  }
  if (names.size === 0) names.add(host);
  names.delete('*');
  return { through: host, names: [...names] };
}
