import { isTlsServer } from '../istio/protocol.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { isIpAddress } from '../model/ip-address.ts';
import { gatewayHostProblem } from './facts/host-names.ts';
import { clientHosts, patchGateway, serversOf, serverText } from './facts/servers.ts';
import { enumerate, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'host-is-ip',
  summary: 'A host of a TLS server is an IP address, which no client sends as the name it wants',
  severity: 'warning',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const server of serversOf(view.gateways)) {
      const hosts = server.server.hosts ?? [];
      const names = clientHosts(server.server);
      const addresses = names.filter((name) => isIpAddress(name) && gatewayHostProblem(name) === null);
      // With * the chain takes clients without a name too (D7).
      if (addresses.length === 0 || names.includes('*') || !isTlsServer(server.server)) continue;
      yield {
        kind: 'problem',
        message: `${serverText(server)} has ${enumerate(addresses)} as a host, but TLS clients send names only: a client of an address sends none`,
        at: serverPlace(
          server,
          'hosts',
          hosts.findIndex((h) => h.endsWith(addresses[0]!)),
        ),
        symptom: `https://${addresses[0]}/: ${RESET}, unless another server of the port has *`,
        remedy: `Take clients without a name too, or name the host they should use:\n  ${patchGateway(server, 'replace', ['hosts'], ['*'])}`,
      };
    }
  },
});
