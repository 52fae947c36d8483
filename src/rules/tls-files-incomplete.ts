import { parseProtocol } from '../istio/protocol.ts';
import { type ServerRef, serverPlace } from '../model/envoy-config.ts';
import type { Path } from '../model/location.ts';
import { isMisread } from './facts/misread.ts';
import { clientHosts, patchGateway, serversOf, serverText } from './facts/servers.ts';
import { clientsOf, enumerate } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'tls-files-incomplete',
  summary: 'A server that terminates TLS names no certificate, no key or no CA',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const server of serversOf(view.gateways)) {
      // A certificate field that is misspelt is no missing one.
      if (isMisread(view, server)) continue;
      const missing = missingFiles(server);
      const first = missing[0];
      if (!first) continue;
      const { mode } = server.server.tls ?? {};
      const mutual = mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL';
      const nothing =
        missing.some((m) => m.field === 'serverCertificate') && missing.some((m) => m.field === 'privateKey');
      const fields = enumerate(missing.map((m) => m.field));
      yield {
        kind: 'problem',
        message: nothing
          ? `${serverText(server)} (tls.mode ${mode}) names no certificate: neither credentialName nor serverCertificate and privateKey${missing.length > 2 ? ' (nor caCertificates)' : ''}`
          : `${serverText(server)} (tls.mode ${mode}) has no ${fields}`,
        at: serverPlace(server, ...first.path),
        symptom: `kubectl apply: admission webhook "validation.istio.io" denied the request; where it is not asked, ${clientsOf(
          clientHosts(server.server),
          missing.some((m) => m.field !== 'caCertificates')
            ? 'the certificate of the mesh, hence curl: (60) ... unable to get local issuer certificate'
            : 'only clients with a certificate of the mesh are let in',
        )}`,
        remedy: nothing
          ? `Name a Secret in the namespace of the gateway pods${mutual ? ' (with the CA in its key ca.crt)' : ''}:\n  ${patchGateway(server, 'add', ['tls', 'credentialName'], 'NAME-OF-THE-SECRET')}`
          : missing
              .map((m) =>
                patchGateway(server, 'add', [...m.path, m.field], `/etc/istio/ingressgateway-certs/${fileOf[m.field]}`),
              )
              .join('\n'),
      };
    }
  },
});

type Field = 'serverCertificate' | 'privateKey' | 'caCertificates';
const fileOf: Readonly<Record<Field, string>> = {
  serverCertificate: 'tls.crt',
  privateKey: 'tls.key',
  caCertificates: 'ca.crt',
};

/** mirrors: J7; for other protocols than these rule protocol-tls-mismatch speaks. */
function missingFiles({ server }: ServerRef): { readonly field: Field; readonly path: Path }[] {
  const { tls } = server;
  const terminates = tls?.mode === 'SIMPLE' || tls?.mode === 'MUTUAL' || tls?.mode === 'OPTIONAL_MUTUAL';
  const protocol = parseProtocol(server.port?.protocol ?? '');
  if (!tls || !terminates || (protocol !== 'HTTPS' && protocol !== 'TLS')) return [];
  if (tls.credentialName || (tls.credentialNames ?? []).length > 0) return [];
  const files = tls.tlsCertificates ?? [];
  const pairs =
    files.length > 0 ? files.map((f, i) => ({ f, path: ['tls', 'tlsCertificates', i] })) : [{ f: tls, path: ['tls'] }];
  const missing = pairs.flatMap(({ f, path }) =>
    (['serverCertificate', 'privateKey'] as const).filter((field) => !f[field]).map((field) => ({ field, path })),
  );
  const ca = tls.mode !== 'SIMPLE' && !tls.caCertificates ? [{ field: 'caCertificates' as const, path: ['tls'] }] : [];
  return [...missing, ...ca];
}
