import { isPassThroughServer, parseProtocol } from '../istio/protocol.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { unrouted, verdict } from './facts/unrouted.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'tls-protocol-needs-tcp-route',
  summary: 'A server with protocol TLS terminates TLS, but has no tcp route, so nothing listens for its hosts',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const found of unrouted(view, configs, 'tcp')) {
      const { server, bound, symptom, config } = found;
      if (parseProtocol(server.server.port?.protocol ?? '') !== 'TLS') continue;
      if (!server.server.tls || isPassThroughServer(server.server)) continue;
      const said = verdict(view, found, 'tcp');
      if ('kind' in said) {
        yield said;
        continue;
      }
      const http = bound.some((vs) => (vs.spec.http ?? []).length > 0);
      const toHttps = `let it serve HTTP:\n  ${patchGateway(server, 'replace', ['port', 'protocol'], 'HTTPS')}`;
      const toTcp =
        'add a route under tcp to its VirtualService:\n' +
        `  tcp:\n  - match: [{port: ${server.server.port?.number}}]\n    route: [{destination: {host: BACKEND, port: {number: 8080}}}]`;
      const [first, second] = http ? [toHttps, toTcp] : [toTcp, toHttps];
      yield {
        kind: 'problem',
        message: `${serverText(server)} has protocol TLS, which reads only routes under tcp, and ${said.because}`,
        at: serverPlace(server, 'port', 'protocol'),
        related: bound.map((vs) => ({ at: { resource: vs, path: ['spec'] }, message: 'bound to this Gateway' })),
        symptom,
        severity: said.severity,
        remedy: `${first[0]!.toUpperCase()}${first.slice(1)}\nor ${second}`,
        workload: config.workload,
      };
    }
  },
});
