import { hostsMatch } from '../istio/hosts.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import { comparedHosts } from './facts/bindings.ts';
import { plainHttp, redirects } from './facts/plain-http.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, NO_ROUTE } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'redirect-namespaced-host',
  summary: 'A redirect for a host with a namespace before it reaches nobody without a VirtualService',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { config, chain, configuration } of plainHttp(configs)) {
      const redirected = configuration.virtualHosts.filter((v) => v.requireTls).flatMap((v) => v.domains);
      const reached = redirected.filter((domain) => !domain.includes('/'));
      for (const server of chain.servers.filter(redirects)) {
        for (const [index, literal] of comparedHosts(server).entries()) {
          // The text with the slash is the domain, and no Host header has a slash. mirrors: F7, N9.
          if (!literal.includes('/') || !redirected.includes(literal.toLowerCase())) continue;
          const host = literal.slice(literal.indexOf('/') + 1).toLowerCase();
          if (reached.some((domain) => hostsMatch(domain, host))) continue;
          yield {
            kind: 'problem',
            message: `${serverText(server)} redirects the literal text ${literal}, for which there is no VirtualService: nobody who asks for ${host} is redirected`,
            at: serverPlace(server, 'hosts', index),
            related: [{ at: serverPlace(server, 'tls', 'httpsRedirect'), message: 'the redirect' }],
            symptom: clientsOf([host], `${NO_ROUTE} instead of 301`),
            remedy:
              `Write the host without a namespace:\n  ${patchGateway(server, 'replace', ['hosts', index], host)}\n` +
              `or bind a VirtualService of namespace ${literal.slice(0, literal.indexOf('/'))} with host ${host} to Gateway ${keyOf(server.gateway.id)}.`,
            workload: config.workload,
          };
        }
      }
    }
  },
});
