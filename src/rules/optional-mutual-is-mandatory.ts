import { type ServerRef, serverPlace } from '../model/envoy-config.ts';
import { groupBy, terminatingServers } from './facts/live.ts';
import { clientHosts, patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, enumerate } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

type Field = 'subjectAltNames' | 'verifyCertificateSpki' | 'verifyCertificateHash';

export default defineRule({
  id: 'optional-mutual-is-mandatory',
  summary: 'An OPTIONAL_MUTUAL server restricts client certificates, which makes Envoy demand one',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    const optional = terminatingServers(configs).filter(
      ({ tls }) => tls.validation !== null && !tls.requireClientCertificate,
    );
    for (const [{ server, tls }] of groupBy(optional, (live) => live.server.server)) {
      const fields = restrictions(server, tls.subjectAltNames.length > 0);
      const first = fields[0];
      if (!first) continue;
      yield {
        kind: 'problem',
        message: `${enumerate(fields)} of ${serverText(server)} ${fields.length > 1 ? 'make' : 'makes'} the client certificate of tls.mode OPTIONAL_MUTUAL mandatory`,
        at: serverPlace(server, 'tls', first),
        related: [{ at: serverPlace(server, 'tls', 'mode'), message: 'meant to let clients without a certificate in' }],
        symptom: clientsOf(
          clientHosts(server.server),
          'curl: (56) ... tlsv13 alert certificate required, without a client certificate',
        ),
        remedy: `Let the backend check the certificate that is forwarded in x-forwarded-client-cert:\n  ${fields.map((f) => patchGateway(server, 'remove', ['tls', f])).join('\n  ')}\nor say what it is:\n  ${patchGateway(server, 'replace', ['tls', 'mode'], 'MUTUAL')}`,
      };
    }
  },
});

/** Hashes have the same effect (tried with Envoy 1.38), but go to Envoy with a credentialName only (D15, D17). */
function restrictions({ server: { tls } }: ServerRef, names: boolean): Field[] {
  const named = Boolean(tls?.credentialName) || (tls?.credentialNames ?? []).length > 0;
  const hashes = (['verifyCertificateSpki', 'verifyCertificateHash'] as const).filter(
    (f) => named && (tls?.[f] ?? []).length > 0,
  );
  return [...(names ? (['subjectAltNames'] as const) : []), ...hashes];
}
