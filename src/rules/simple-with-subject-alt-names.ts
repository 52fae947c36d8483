import { serverPlace } from '../model/envoy-config.ts';
import { groupBy, terminatingServers } from './facts/live.ts';
import { patchGateway, portOf, serverText } from './facts/servers.ts';
import { REFUSED } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'simple-with-subject-alt-names',
  summary:
    'A SIMPLE server has subjectAltNames, a check of client certificates without a CA: Envoy rejects the listener',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    const wrong = terminatingServers(configs).filter(
      ({ tls }) => tls.validation === null && tls.subjectAltNames.length > 0,
    );
    for (const ofConfig of groupBy(wrong, ({ config }) => config)) {
      for (const [{ config, server, listener }] of groupBy(ofConfig, (live) => live.server.server)) {
        yield {
          kind: 'problem',
          message: `${serverText(server)} has subjectAltNames with tls.mode SIMPLE, so without a CA: Envoy rejects the listener of ${portOf(server, listener.port)}`,
          at: serverPlace(server, 'tls', 'subjectAltNames'),
          related: [{ at: serverPlace(server, 'tls', 'mode'), message: 'SIMPLE asks for no client certificate' }],
          symptom: `every host on ${portOf(server, listener.port)} stays at its old configuration; after the next restart of the pod: ${REFUSED}`,
          remedy: `subjectAltNames are names of clients, not of this server. Remove them:\n  ${patchGateway(server, 'remove', ['tls', 'subjectAltNames'])}\nor demand client certificates with tls.mode MUTUAL and a CA in the Secret.`,
          workload: config.workload,
        };
      }
    }
  },
});
