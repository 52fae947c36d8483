import { serverPlace } from '../model/envoy-config.ts';
import { clientHosts, hasUnreadableMode, ignoredCertificateField, serverText } from './facts/servers.ts';
import { unrouted, verdict } from './facts/unrouted.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'passthrough-no-tls-route',
  summary: 'A PASSTHROUGH server has no tls route, so nothing listens for its hosts',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const found of unrouted(view, configs, 'tls')) {
      const { server, bound, symptom, config } = found;
      // A forgotten mode is the cause then (rule tls-mode-missing).
      if (ignoredCertificateField(server) || hasUnreadableMode(server)) continue;
      const said = verdict(view, found, 'tls');
      if ('kind' in said) {
        yield said;
        continue;
      }
      const { number } = server.server.port ?? {};
      const host = clientHosts(server.server).find((h) => h !== '*') ?? 'app.example.com';
      yield {
        kind: 'problem',
        message: `${serverText(server)} passes TLS through, which needs a route under tls, and ${said.because}`,
        at: serverPlace(server, 'tls'),
        related: bound.map((vs) => ({ at: { resource: vs, path: ['spec'] }, message: 'bound to this Gateway' })),
        symptom,
        severity: said.severity,
        remedy:
          `Add a route under tls to a VirtualService with gateways: [${server.gateway.id.namespace}/${server.gateway.id.name}]:\n` +
          `  tls:\n  - match: [{port: ${number}, sniHosts: ["${host}"]}]\n    route: [{destination: {host: BACKEND, port: {number: 443}}}]\n` +
          'or let the gateway terminate TLS: protocol HTTPS, tls: {mode: SIMPLE, credentialName: NAME-OF-THE-SECRET}.',
        workload: config.workload,
      };
    }
  },
});
