import { serverPlace } from '../model/envoy-config.ts';
import { groupBy, terminatingServers } from './facts/live.ts';
import { meshPlace } from './facts/mesh.ts';
import { clientHosts, patchGateway, serverText } from './facts/servers.ts';
import { clientsOf } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

const order = ['TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'];
/** Envoy's own ends where none is set (D19; a maximum below TLS 1.2 was tried without a minimum: every client is refused). */
const defaults = { min: 'TLSv1_2', max: 'TLSv1_3' };

const effective = (version: string | null, otherwise: string): number =>
  order.indexOf(version === null || version === 'TLS_AUTO' ? otherwise : version);

export default defineRule({
  id: 'tls-versions-inverted',
  summary: 'The lowest TLS version of a server is above its highest: no client can connect',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const [{ server, tls }] of groupBy(terminatingServers(configs), (live) => live.server.server)) {
      const [min, max] = [effective(tls.minVersion, defaults.min), effective(tls.maxVersion, defaults.max)];
      if (min <= max) continue;
      const own = server.server.tls ?? {};
      const isOwn = own.minProtocolVersion !== undefined && own.minProtocolVersion !== 'TLS_AUTO';
      const fromMesh = !isOwn && tls.minVersion !== 'TLS_AUTO' ? meshPlace(view) : null;
      const lowest = isOwn
        ? `minProtocolVersion ${own.minProtocolVersion}`
        : fromMesh
          ? `minProtocolVersion ${view.mesh.tlsDefaults.minProtocolVersion} of the mesh's tlsDefaults`
          : 'the default minimum TLSV1_2';
      yield {
        kind: 'problem',
        message: `maxProtocolVersion ${own.maxProtocolVersion} of ${serverText(server)} is below ${lowest}: no version is left`,
        at: serverPlace(server, 'tls', isOwn ? 'minProtocolVersion' : 'maxProtocolVersion'),
        related: [
          ...(isOwn
            ? [{ at: serverPlace(server, 'tls', 'maxProtocolVersion'), message: 'below the lowest version' }]
            : []),
          ...(fromMesh
            ? [{ at: fromMesh, message: `tlsDefaults.minProtocolVersion: ${view.mesh.tlsDefaults.minProtocolVersion}` }]
            : []),
        ],
        symptom: clientsOf(
          clientHosts(server.server),
          'curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL (a plain close)',
        ),
        remedy: patchGateway(server, 'replace', ['tls', 'maxProtocolVersion'], 'TLSV1_3'),
      };
    }
  },
});
