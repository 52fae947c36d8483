import { hostsForNamespace, hostsMatch, resolveGatewayName, resolveShortName } from '../../istio/hosts.ts';
import type { ClusterView, Gateway, VirtualService } from '../../model/cluster-view.ts';
import type { ServerRef } from '../../model/envoy-config.ts';
import { keyOf } from '../../model/resource.ts';
import { traitsOf } from './traits.ts';

/** VirtualServices by the `namespace/name` of each Gateway they name, known or not. */
export const boundByGateway = (view: ClusterView): ReadonlyMap<string, readonly VirtualService[]> =>
  traitsOf(view).byGateway;

/** VirtualServices that name this Gateway in spec.gateways (E4), in input order. */
export const boundTo = (view: ClusterView, gateway: Gateway): readonly VirtualService[] =>
  boundByGateway(view).get(keyOf(gateway.id)) ?? [];

/** spec.gateways as `namespace/name`, without the mesh (E4). */
export const gatewaysOf = (vs: VirtualService): string[] =>
  (vs.spec.gateways ?? []).map((g) => resolveGatewayName(g, vs.id.namespace)).filter((g) => g !== 'mesh');

/** The VirtualService's hosts with short names resolved (E3). */
export function hostsOf(vs: VirtualService, domain: string): readonly string[] {
  const written = vs.spec.hosts ?? [];
  // Nearly all are whole names already.
  if (written.every((host) => host.includes('.'))) return written;
  return written.map((host) => resolveShortName(host, vs.id.namespace, domain));
}

/** The VirtualService's hosts that meet a host of the server which its namespace may use (E12, E13). */
export function hostsOnServer(vs: VirtualService, ref: ServerRef, domain: string): string[] {
  const open = hostsForNamespace(
    (ref.server.hosts ?? []).map((h) => ownNamespace(h, ref)),
    vs.id.namespace,
  );
  return hostsOf(vs, domain).filter((host) => open.some((o) => hostsMatch(o, host)));
}

/** `./h` is the Gateway's own namespace (B3). */
const ownNamespace = (host: string, ref: ServerRef): string =>
  host.startsWith('./') ? `${ref.gateway.id.namespace}/${host.slice(2)}` : host;
