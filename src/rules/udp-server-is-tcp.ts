import { parseProtocol } from '../istio/protocol.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { patchGateway, serversOf, serverText } from './facts/servers.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'udp-server-is-tcp',
  summary: 'A server with protocol UDP listens on TCP',
  severity: 'warning',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const server of serversOf(view.gateways)) {
      const { port } = server.server;
      if (parseProtocol(port?.protocol ?? '') !== 'UDP') continue;
      yield {
        kind: 'problem',
        message: `${serverText(server)} has protocol UDP, which istiod builds as a TCP listener`,
        at: serverPlace(server, 'port', 'protocol'),
        symptom: `UDP clients of port ${port?.number} get no answer`,
        remedy: `Istio gateways pass no UDP on: expose the backend with a Service of its own, and remove the server, or declare what it is:\n  ${patchGateway(server, 'replace', ['port', 'protocol'], 'TCP')}`,
      };
    }
  },
});
