import { serverPlace } from '../model/envoy-config.ts';
import { sent } from './facts/live.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { enumerate } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'hosts-replaced-by-star',
  summary: 'An entry */* makes istiod forget all other hosts of the server: it serves every host',
  severity: 'info',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { drops, workload } of sent(configs)) {
      for (const drop of drops) {
        if (drop.reason !== 'hosts-replaced-by-star') continue;
        const { server, hosts } = drop;
        const all = server.server.hosts ?? [];
        yield {
          kind: 'problem',
          message: `*/* among the hosts of ${serverText(server)} replaces the whole list: ${enumerate(hosts)} ${hosts.length > 1 ? 'are' : 'is'} forgotten, and the server serves every host`,
          at: serverPlace(server, 'hosts', all.indexOf('*/*')),
          symptom: 'every host is served, for VirtualServices of every namespace',
          remedy: `If every host is meant:\n  ${patchGateway(server, 'replace', ['hosts'], ['*'])}\nelse:\n  ${patchGateway(server, 'replace', ['hosts'], hosts)}`,
          workload,
        };
      }
    }
  },
});
