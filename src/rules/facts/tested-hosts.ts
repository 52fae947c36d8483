import { hostSubsetOf, hostsMatch, splitServerHost } from '../../istio/hosts.ts';
import type { ClusterView } from '../../model/cluster-view.ts';
import type { EnvoyConfig, ServerRef } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import { boundTo, hostsOf } from './routes.ts';
import { comesTo } from './sni.ts';

/** A name that clients use, and the host of the server through which it is served. */
export interface TestedHost {
  readonly name: string;
  readonly through: string;
}

const tested = oncePer((view: ClusterView) =>
  oncePer((config: EnvoyConfig) =>
    oncePer((ref: ServerRef) => namesUsed(view, ref).filter(({ name }) => comesTo(config, ref, name))),
  ),
);

/**
 * The names that clients of a server use and whose connections come to it: its exact hosts; for `*` and `*.d` those of
 * the VirtualServices bound to it, which are all that is answered there; without any, the wildcard itself (`*` then says
 * nothing).
 */
export const testedHosts = (view: ClusterView, config: EnvoyConfig, ref: ServerRef): readonly TestedHost[] =>
  tested(view)(config)(ref);

function namesUsed(view: ClusterView, ref: ServerRef): TestedHost[] {
  const routes = boundTo(view, ref.gateway);
  return (ref.server.hosts ?? []).flatMap((written): TestedHost[] => {
    const { namespace, host } = splitServerHost(written);
    if (!host.startsWith('*')) return [{ name: host, through: host }];
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
    return Array.from(names, (name) => ({ name, through: host }));
  });
}
