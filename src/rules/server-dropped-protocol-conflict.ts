import { isHttpFamily, isTlsServer, parseProtocol } from '../istio/protocol.ts';
import type { ServerRef } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { ageUnknown, byNameOnly } from './facts/age.ts';
import {
  clientHosts,
  isHttpFamilyServer,
  portBeside,
  portText,
  serverText,
  serverTextBeside,
} from './facts/servers.ts';
import { clientsOf, WRONG_VERSION } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'server-dropped-protocol-conflict',
  summary: 'A server is dropped, because another server uses its port for a protocol that cannot share it',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { drops, workload } of configs) {
      for (const drop of drops) {
        if (drop.reason !== 'protocol-conflict') continue;
        const { server: loser, winner, port } = drop;
        const byName = ageUnknown(loser.gateway, winner.gateway);
        yield {
          kind: 'problem',
          message:
            `istiod drops ${serverText(loser)} (${loser.server.port?.protocol ?? 'no protocol'}): ${serverTextBeside(winner, loser)} ` +
            `has ${portBeside(loser, winner, port)} for ${winner.server.port?.protocol ?? 'no protocol'}${byName ? byNameOnly : ''}`,
          at: serverPlace(loser, 'port'),
          related: [{ at: serverPlace(winner, 'port'), message: `${serverText(winner)} wins (${portText(winner)})` }],
          symptom: clientsOf(clientHosts(loser.server), seenBy(loser, winner)),
          remedy: remedyOf(loser, winner),
          workload,
        };
      }
    }
  },
});

/** What the winner does with the loser's clients (symptoms.md 5). */
function seenBy(loser: ServerRef, winner: ServerRef): string {
  if (!isHttpFamilyServer(winner.server))
    return `their bytes go to the TCP route of ${serverText(winner)}, or the connection is refused when it has none`;
  return isTlsServer(loser.server) ? WRONG_VERSION : '400, because the port speaks HTTP';
}

function remedyOf(loser: ServerRef, winner: ServerRef): string {
  const number = loser.server.port?.number;
  const other =
    number === undefined || winner.server.port?.number === undefined || number === winner.server.port.number
      ? ''
      : ` (${number} and ${winner.server.port.number} lead to the same port of the pods)`;
  const loserIsTls = isTlsServer(loser.server);
  const swap =
    loserIsTls && isHttpFamily(parseProtocol(winner.server.port?.protocol ?? ''))
      ? ' Plain HTTP belongs on a port of its own, usually 80.'
      : '';
  return `Give one of the two another port${other}, or another bind address.${swap}`;
}
