import { serverPlace } from '../model/envoy-config.ts';
import { ageUnknown, byNameOnly } from './facts/age.ts';
import { portBeside, portText, serverText, serverTextBeside } from './facts/servers.ts';
import { firstShared, remedyOf, symptomOf } from './facts/shared-hosts.ts';
import { defineRule } from './rule.ts';

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
        // All others are among the related places, and in the symptom.
        const [{ winner, host }] = shared as [(typeof shared)[number]];
        const all = (loser.server.hosts ?? []).length > 1 ? ' whole' : '';
        yield {
          kind: 'problem',
          message: `istiod drops ${serverText(loser)}${all}: ${serverTextBeside(winner, loser)} has ${host} on ${portBeside(loser, winner, drop.port)}${byName ? byNameOnly : ''}`,
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
