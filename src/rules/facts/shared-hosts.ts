import { isPassThroughServer, tlsMode } from '../../istio/protocol.ts';
import type { ClusterView } from '../../model/cluster-view.ts';
import type { ServerRef } from '../../model/envoy-config.ts';
import { keyOf, resourceText } from '../../model/resource.ts';
import { kubectl, objectName } from './commands.ts';
import { boundTo, gatewaysOf, hostsOnServer } from './routes.ts';
import { clientHosts, isHttpFamilyServer, patchGateway, sameGateway, serverText } from './servers.ts';
import { clientsOf, enumerate, NO_ROUTE, RESET } from './symptoms.ts';

/** Hosts of a dropped server that other servers have, with these. */
export type Shared = readonly { readonly host: string; readonly winner: ServerRef }[];

/** Position in the loser's hosts of the first one that is taken. */
export function firstShared(loser: ServerRef, shared: Shared): number {
  const taken = new Set(shared.map((s) => s.host));
  // `./h` and `*/h` stand rewritten in the drop (B3); the first entry that ends alike is the one.
  const index = (loser.server.hosts ?? []).findIndex(
    (h) => taken.has(h) || [...taken].some((t) => t.split('/').at(-1) === h.split('/').at(-1)),
  );
  return Math.max(index, 0);
}

/** The shared hosts as clients name them. */
export const sharedNames = (shared: Shared): Set<string> =>
  new Set(shared.map((s) => s.host.slice(s.host.indexOf('/') + 1)));

/** What clients of the loser's hosts see. */
export function symptomOf(view: ClusterView, loser: ServerRef, shared: Shared): string {
  const taken = sharedNames(shared);
  const lost = clientHosts(loser.server).filter((h) => !taken.has(h));
  const winner = shared[0]!.winner;
  const parts: string[] = [];
  if (isHttpFamilyServer(loser.server)) parts.push(clientsOf(lost, NO_ROUTE));
  else if (lost.length > 0) parts.push(clientsOf(lost, RESET));
  parts.push(`clients of ${enumerate([...taken])} are answered by ${serverText(winner)}${difference(loser, winner)}`);
  const orphans = boundTo(view, loser.gateway).filter(
    (vs) => !gatewaysOf(vs).includes(keyOf(winner.gateway.id)) && hostsOnServer(vs, loser, view.mesh.domain).length > 0,
  );
  if (orphans.length > 0 && !isPassThroughServer(winner.server)) {
    parts.push(`the routes of ${enumerate(orphans.map((vs) => resourceText(vs.id)))} are not used there: ${NO_ROUTE}`);
  }
  return parts.filter((part) => part !== '').join('; ');
}

/** What changes for clients of a shared host, beside the routes. */
function difference(loser: ServerRef, winner: ServerRef): string {
  const [lost, won] = [loser.server.tls, winner.server.tls];
  if (isPassThroughServer(winner.server)) {
    return isPassThroughServer(loser.server) ? '' : ', which passes TLS through to its own backend';
  }
  const wantsClient = (mode: string | undefined) => mode === 'MUTUAL' || mode === 'ISTIO_MUTUAL';
  const certificate = won?.credentialName && won.credentialName !== lost?.credentialName;
  const parts = [
    ...(certificate ? [`with the certificate of ${won.credentialName}`] : []),
    ...(wantsClient(lost?.mode) && !wantsClient(won?.mode) ? ['without asking for a client certificate'] : []),
    ...(!wantsClient(lost?.mode) && wantsClient(won?.mode) ? ['which refuses them without a client certificate'] : []),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

/** How to give each host to one server. */
export function remedyOf(loser: ServerRef, shared: Shared): string {
  const winner = shared[0]!.winner;
  const [lost, won] = [tlsMode(loser.server), tlsMode(winner.server)];
  if (lost !== won && !isHttpFamilyServer(loser.server)) {
    return `One host on one port has one TLS mode, here ${won} (${serverText(winner)}) or ${lost} (${serverText(loser)}). Decide for one, and give the other a host or a port of its own.`;
  }
  const taken = sharedNames(shared);
  const left = (loser.server.hosts ?? []).filter((h) => !taken.has(h.slice(h.indexOf('/') + 1)));
  const { gateway } = loser;
  const only = (gateway.spec.servers ?? []).length === 1;
  const change =
    left.length > 0
      ? patchGateway(loser, 'replace', ['hosts'], left)
      : only
        ? kubectl(gateway.id.namespace, 'delete', 'gateways.networking.istio.io', objectName(gateway.id.name))
        : patchGateway(loser, 'remove', []);
  const bind = sameGateway(loser, winner)
    ? ''
    : `\nand add the winner to the VirtualServices that are bound to the loser:\n  gateways: [${keyOf(winner.gateway.id)}]`;
  return `Keep each host in one server of the port. Either leave it to ${serverText(winner)}:\n  ${change}${bind}\nor take it away from there.`;
}
