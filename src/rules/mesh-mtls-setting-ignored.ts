import { groupBy, terminatingServers } from './facts/live.ts';
import { editMesh, meshPlace } from './facts/mesh.ts';
import { relatedServers } from './facts/servers.ts';
import { defineRule } from './rule.ts';

const versions = ['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3'];
/** Envoy's own minimum where none is set (D19). */
const defaultMinimum = versions.indexOf('TLSV1_2');

export default defineRule({
  id: 'mesh-mtls-setting-ignored',
  summary: 'meshMTLS.minProtocolVersion never reaches gateway servers',
  severity: 'info',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const wanted = view.mesh.meshMtlsMinProtocolVersion;
    const mesh = meshPlace(view);
    if (wanted === null || !mesh) return;
    const below = groupBy(terminatingServers(configs), (live) => live.server.server).flatMap(([{ server, tls }]) => {
      const index = versions.indexOf((tls.minVersion ?? 'TLS_AUTO').toUpperCase());
      return (index <= 0 ? defaultMinimum : index) < versions.indexOf(wanted) ? [server] : [];
    });
    if (below.length === 0) return;
    yield {
      kind: 'problem',
      message: `meshMTLS.minProtocolVersion ${wanted} holds for traffic inside the mesh only: gateway servers go on accepting older versions`,
      at: mesh,
      related: relatedServers(below.slice(0, 20), 'accepts older versions', 'tls'),
      symptom: `clients with TLS versions below ${wanted} are accepted`,
      remedy: `Set it for gateways too:\n  ${editMesh(view)}\n  tlsDefaults:\n    minProtocolVersion: ${wanted}\nor minProtocolVersion in the tls of each server.`,
    };
  },
});
