import { isPassThroughServer, tlsMode } from '../istio/protocol.ts';
import type { ServerRef } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { ageUnknown, byNameOnly } from './facts/age.ts';
import { kubectl, objectName } from './facts/commands.ts';
import { boundTo, gatewaysOf, hostsOnServer } from './facts/routes.ts';
import {
  clientHosts,
  isHttpFamilyServer,
  patchGateway,
  portOf,
  portText,
  sameGateway,
  serverText,
  serverTextBeside,
} from './facts/servers.ts';
import { clientsOf, enumerate, NO_ROUTE, RESET } from './facts/symptoms.ts';
import { defineRule, type Inputs } from './rule.ts';

type Shared = readonly { readonly host: string; readonly winner: ServerRef }[];

export default defineRule({
  id: 'server-dropped-duplicate-host',
  summary: 'A server is dropped with all its hosts, because another server has one of them already',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const { drops, workload } of configs) {
      for (const drop of drops) {
        if (drop.reason !== 'duplicate-host') continue;
        const { server: loser, hosts: shared } = drop;
        const winners = [...new Set(shared.map((s) => s.winner))];
        const byName = winners.some((w) => ageUnknown(loser.gateway, w.gateway));
        const who = enumerate(winners.map((w) => serverTextBeside(w, loser)));
        const all = (loser.server.hosts ?? []).length > 1 ? ' with all its hosts' : '';
        const hosts = enumerate(shared.map((s) => s.host));
        yield {
          kind: 'problem',
          message: `istiod drops ${serverText(loser)}${all}: ${who} has ${hosts} on ${portOf(loser, drop.port)} already${byName ? byNameOnly : ''}`,
          at: serverPlace(loser, 'hosts', firstShared(loser, shared)),
          related: winners.map((w) => ({
            at: serverPlace(w, 'hosts'),
            message: `${serverText(w)} wins (${portText(w)})`,
          })),
          symptom: symptomOf(view, loser, shared),
          remedy: remedyOf(loser, shared),
          workload,
        };
      }
    }
  },
});

function firstShared(loser: ServerRef, shared: Shared): number {
  const taken = new Set(shared.map((s) => s.host));
  // `./h` and `*/h` stand rewritten in the drop (B3); the first entry that ends alike is the one.
  const index = (loser.server.hosts ?? []).findIndex(
    (h) => taken.has(h) || [...taken].some((t) => t.split('/').at(-1) === h.split('/').at(-1)),
  );
  return Math.max(index, 0);
}

const sharedNames = (shared: Shared): Set<string> => new Set(shared.map((s) => s.host.slice(s.host.indexOf('/') + 1)));

function symptomOf(view: Inputs['view'], loser: ServerRef, shared: Shared): string {
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

function remedyOf(loser: ServerRef, shared: Shared): string {
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
