import { serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { tlsPortInFront, trustsForwardedProto } from './facts/load-balancers.ts';
import { plainHttp, redirects } from './facts/plain-http.ts';
import { clientHosts, patchGateway, serverText } from './facts/servers.ts';
import { clientsOf } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'redirect-loop-behind-lb',
  summary: 'Clients who come with TLS through a load balancer are redirected to HTTPS again and again',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const { config, listener, chain } of plainHttp(configs)) {
      const front = tlsPortInFront(view, config, listener);
      if (!front || trustsForwardedProto(view, config)) continue;
      for (const server of chain.servers.filter(redirects)) {
        const from = front.service ? resourceText(front.service.id) : '.tlsgw.yaml';
        yield {
          kind: 'problem',
          message: `${serverText(server)} redirects to HTTPS, but port ${front.number} of ${from} leads to it too, without TLS: who follows the redirect is redirected again`,
          at: serverPlace(server, 'tls', 'httpsRedirect'),
          related: front.at
            ? [{ at: front.at, message: `port ${front.number}: clients speak TLS here, and it arrives as plain HTTP` }]
            : [],
          symptom: clientsOf(
            clientHosts(server.server),
            'ERR_TOO_MANY_REDIRECTS, curl: (47) Maximum (50) redirects followed; an X-Forwarded-Proto header does not help',
          ),
          remedy:
            `Give port ${front.number} a target of its own, with a Gateway server that does not redirect (protocol HTTP, port ${front.number}), ` +
            `or let the load balancer redirect:\n  ${patchGateway(server, 'remove', ['tls', 'httpsRedirect'])}`,
          workload: config.workload,
        };
      }
    }
  },
});
