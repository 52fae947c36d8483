import { serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { ruleText } from './facts/destinations.ts';
import { groupBy } from './facts/live.ts';
import { startsTls } from './facts/registry.ts';
import { serverText } from './facts/servers.ts';
import { clientsOf, enumerate, WRONG_VERSION } from './facts/symptoms.ts';
import { usesWhere } from './facts/upstreams.ts';
import { destinationPlace, namesOf, serversOfUses } from './facts/uses.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'double-tls',
  summary: 'A DestinationRule starts TLS to a backend that gets the TLS of the client already',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const found = usesWhere(view, configs, ({ tls }, over) => over === 'tls' && startsTls(tls?.tls));
    for (const group of groupBy(
      found,
      ({ upstream: { tls } }) => `${resourceText(tls!.at.resource.id)} ${tls!.at.path.join('.')}`,
    )) {
      const { service } = group[0].upstream;
      const tls = group[0].upstream.tls!;
      const servers = serversOfUses(group.map((g) => g.use));
      const places = new Map(
        group.map((g) => [ruleText({ ...g.use.rule }), { ...g.use.rule, destination: g.use.destination }]),
      );
      yield {
        kind: 'problem',
        message: `${resourceText(tls.at.resource.id)} starts TLS (${tls.tls.mode}) to ${service.hostname}, to which ${enumerate([...places.keys()])} passes the client's own TLS: it is encrypted twice`,
        at: tls.at,
        related: [
          ...[...places.values()].map((p) => ({ at: destinationPlace(p), message: 'sends encrypted bytes there' })),
          ...servers.map((s) => ({ at: serverPlace(s, 'tls'), message: `${serverText(s)} passes TLS through` })),
        ],
        symptom: clientsOf(namesOf(group.map((g) => g.use)), WRONG_VERSION),
        remedy: `Take the TLS setting out, or let the gateway terminate TLS:\n  ${patchObject(tls.at.resource, 'remove', tls.at.path)}`,
      };
    }
  },
});
