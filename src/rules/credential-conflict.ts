import { type ServerRef, serverPlace } from '../model/envoy-config.ts';
import { clientHosts, patchGateway, serversOf, serverText } from './facts/servers.ts';
import { clientsOf, enumerate } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

type Field =
  | 'credentialNames'
  | 'credentialName'
  | 'tlsCertificates'
  | 'serverCertificate'
  | 'privateKey'
  | 'caCertificates';

export default defineRule({
  id: 'credential-conflict',
  summary: 'A server has two sources of certificates, of which istiod uses one',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const server of serversOf(view.gateways)) {
      const { winner, losers } = sourcesOf(server);
      const loser = losers[0];
      if (!loser) continue;
      yield {
        kind: 'problem',
        message: `${serverText(server)} has ${enumerate(losers)} beside ${winner}: istiod uses ${winner === 'mode' ? 'the certificate of the mesh (tls.mode ISTIO_MUTUAL)' : winner} only`,
        at: serverPlace(server, 'tls', loser),
        related: [
          { at: serverPlace(server, 'tls', winner), message: 'the one that istiod uses' },
          ...losers
            .slice(1)
            .map((field) => ({ at: serverPlace(server, 'tls', field), message: 'has no effect either' })),
        ],
        symptom: `kubectl apply: admission webhook "validation.istio.io" denied the request; where it is not asked, ${clientsOf(clientHosts(server.server), `the certificate of ${winner === 'mode' ? 'the mesh' : winner}`)}`,
        remedy: `Keep the one that is meant, for example:\n  ${patchGateway(server, 'remove', ['tls', loser])}`,
      };
    }
  },
});

/** The source that istiod uses and those that the webhook refuses beside it, in the order of D13 and D15. mirrors: J2, J7. */
function sourcesOf({ server }: ServerRef): { readonly winner: Field | 'mode'; readonly losers: readonly Field[] } {
  const tls = server.tls ?? {};
  const set = (field: Field): boolean => (tls[field]?.length ?? 0) > 0;
  if (tls.mode === 'ISTIO_MUTUAL') {
    const fields: readonly Field[] = [
      'credentialName',
      'credentialNames',
      'tlsCertificates',
      'serverCertificate',
      'privateKey',
      'caCertificates',
    ];
    return { winner: 'mode', losers: fields.filter(set) };
  }
  const sources = (['credentialNames', 'credentialName', 'tlsCertificates'] as const).filter(set);
  // Half a pair is no source (J7); rule tls-files-incomplete knows it.
  const files: readonly Field[] = set('serverCertificate') && set('privateKey') ? ['serverCertificate'] : [];
  const [winner, ...losers] = [...sources, ...files];
  return { winner: winner ?? 'mode', losers: winner ? losers : [] };
}
