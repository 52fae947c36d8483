import type { Drop, ServerRef } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { isHttpFamily, isPassThroughServer, parseProtocol, tlsMode } from './protocol.ts';

type Because = Extract<Drop, { reason: 'credential-ignored' }>['because'];

const ignored = (server: ServerRef, field: string, because: Because, mirrors: string): Drop => ({
  reason: 'credential-ignored',
  server,
  because,
  at: serverPlace(server, 'tls', field),
  mirrors,
});

/** Credential fields of a server that never become an SDS request. mirrors: C4, C6, D14, D15. */
export function ignoredCredentials(server: ServerRef): Drop[] {
  const { tls } = server.server;
  if (!tls) return [];
  const written = [
    ...(tls.credentialName ? ['credentialName'] : []),
    ...((tls.credentialNames ?? []).length > 0 ? ['credentialNames'] : []),
    ...(tls.caCertCredentialName ? ['caCertCredentialName'] : []),
  ];
  if (written.length === 0) return [];
  const all = (because: Because, mirrors: string) => written.map((field) => ignored(server, field, because, mirrors));
  if (isHttpFamily(parseProtocol(server.server.port?.protocol ?? ''))) return all('plain-http', 'C6');
  if (isPassThroughServer(server.server)) return all('passthrough', 'C4');
  const mode = tlsMode(server.server);
  if (mode === 'ISTIO_MUTUAL') return all('istio-mutual', 'D14');
  return written.flatMap((field) => {
    if (field === 'credentialName' && written.includes('credentialNames'))
      return [ignored(server, field, 'list-wins', 'D15')];
    if (field !== 'caCertCredentialName') return [];
    if (mode !== 'MUTUAL' && mode !== 'OPTIONAL_MUTUAL') return [ignored(server, field, 'not-mutual', 'D15')];
    return written.length === 1 ? [ignored(server, field, 'no-credential', 'D13')] : [];
  });
}
