import { serverPlace } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import { ageUnknown, byNameOnly } from './facts/age.ts';
import { redirects } from './facts/plain-http.ts';
import { boundTo, gatewaysOf, hostsOnServer } from './facts/routes.ts';
import { clientHosts, serverText, serverTextBeside } from './facts/servers.ts';
import { firstShared, remedyOf, sharedNames } from './facts/shared-hosts.ts';
import { clientsOf, enumerate, NO_ROUTE } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'redirect-dropped',
  summary: 'A server that redirects to HTTPS is dropped, because another one redirects the same host already',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const { drops, workload } of configs) {
      for (const drop of drops) {
        if (drop.reason !== 'duplicate-host') continue;
        const { server: loser, hosts: shared } = drop;
        const winners = [...new Set(shared.map((s) => s.winner))];
        // Something else than a redirect is lost, or wins: rule server-dropped-duplicate-host.
        if (!redirects(loser) || !winners.every(redirects)) continue;
        const taken = sharedNames(shared);
        const lost = clientHosts(loser.server).filter((h) => !taken.has(h));
        const winner = winners[0]!;
        const byName = winners.some((w) => ageUnknown(loser.gateway, w.gateway));
        const orphans = boundTo(view, loser.gateway).filter(
          (vs) =>
            !gatewaysOf(vs).includes(keyOf(winner.gateway.id)) && hostsOnServer(vs, loser, view.mesh.domain).length > 0,
        );
        yield {
          kind: 'problem',
          message:
            `istiod drops the redirect of ${serverText(loser)}: ${enumerate(
              winners.map((w) => serverTextBeside(w, loser)),
              1,
            )} ` + `redirects ${enumerate([...taken], 2)} on port ${drop.port}${byName ? byNameOnly : ''}`,
          at: serverPlace(loser, 'hosts', firstShared(loser, shared)),
          related: [
            ...winners.map((w) => ({ at: serverPlace(w, 'hosts'), message: `${serverText(w)} redirects` })),
            ...orphans.map((vs) => ({
              at: { resource: vs, path: ['spec', 'gateways'] },
              message: 'has no virtual host on this port',
            })),
          ],
          symptom:
            lost.length > 0
              ? clientsOf(lost, `${NO_ROUTE} instead of the redirect`)
              : `${enumerate([...taken])} is redirected all the same, by ${serverText(winner)}`,
          remedy: remedyOf(loser, shared),
          workload,
        };
      }
    }
  },
});
