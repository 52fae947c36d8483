import type { Handshake, HandshakeFailure } from '../envoy/handshake.ts';
import type { WeightedCluster } from '../model/envoy-config.ts';
import type { Trace } from '../model/trace.ts';
import type { Question } from './trace-story.ts';

const RESET = 'curl: (35) Recv failure: Connection reset by peer';

/** What curl says when a handshake fails, TLS 1.3 where it differs. Source: symptoms.md 4.1, 5; measured with Envoy 1.38.3. */
const failures: Readonly<Record<HandshakeFailure, string>> = {
  'client-certificate-missing':
    'the gateway asks for a client certificate and gets none: curl: (56) OpenSSL SSL_read: ... tlsv13 alert certificate required',
  'client-certificate-refused':
    'the client certificate is not from the authority that the gateway trusts: curl: (56) OpenSSL SSL_read: ... tlsv1 alert unknown ca',
  'client-authority-useless':
    'no client certificate passes, because the CA has expired or its revocation list does not fit: curl: (56) OpenSSL SSL_read: ... alert certificate expired, or unknown ca',
  'client-name-refused':
    'the client certificate has none of the subjectAltNames that the server asks for: curl: (56) OpenSSL SSL_read: ... sslv3 alert certificate unknown',
  'no-common-version': 'no common TLS version: curl: (35) ... tlsv1 alert protocol version',
  'versions-inverted':
    'the lowest TLS version is above the highest: curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL (a plain close)',
  'no-common-cipher': 'no common cipher: curl: (35) ... sslv3 alert handshake failure',
};

function resetText(result: Trace, plain: boolean, shaken: Handshake | null): string {
  const words = plain ? 'curl: (56) Recv failure: Connection reset by peer' : RESET;
  if (result.details === 'filter_chain_not_found') return `reset, since no filter chain takes the connection: ${words}`;
  if (result.details === 'cluster_not_found')
    return `accepted, then reset, since the backend's cluster does not exist: ${words}`;
  const lacking = shaken?.kind === 'not-ready' && shaken.secrets.length > 0 ? ` (${shaken.secrets.join(', ')})` : '';
  return `reset, since the chain lacks its certificate or CA${lacking}: ${words}`;
}

/** How much of the traffic goes to some of the clusters, as `25 %`. */
export function share(some: readonly WeightedCluster[], all: readonly WeightedCluster[]): string {
  const sum = (clusters: readonly WeightedCluster[]) => clusters.reduce((total, w) => total + w.weight, 0);
  return `${Math.round((100 * sum(some)) / sum(all))} %`;
}

/** What happens to those whom chance sends to a cluster that does not exist; '' when all exist. */
function unlucky(weighted: Trace['weighted'], see: string): string {
  const missing = (weighted ?? []).filter((w) => w.missing);
  return missing.length === 0 ? '' : `, but ${share(missing, weighted ?? [])} of them: ${see}`;
}

const NO_CLUSTER = '503 with an empty body from the gateway: the destination does not exist (flag NC)';

function responseText(result: Trace): string {
  switch (result.status) {
    case 200:
      return `answered by the backend${unlucky(result.weighted, NO_CLUSTER)}`;
    case 404:
      return '404 with an empty body from the gateway (server: istio-envoy)';
    case 503:
      return NO_CLUSTER;
    case 400:
      return `400 from the gateway (${result.details})`;
    default:
      return result.redirect === undefined
        ? `${result.status} from the gateway`
        : `${result.status} to ${result.redirect}`;
  }
}

/** What the client gets, in the client's words. Source: symptoms.md 1 and 5. */
export function clientWords(result: Trace, { call, clientPort }: Question, shaken: Handshake | null): string {
  switch (result.outcome) {
    case 'refused':
      // symptoms.md 2: a static listener of the pod has the address already.
      if (result.details.includes('has duplicate address'))
        return "answered in plain HTTP by the pod's own listener on this port (health check, metrics), not by the Gateway";
      return `refused: curl: (7) Failed to connect to ${(call.host ?? 'the gateway').replace(/:\d+$/, '')} port ${clientPort ?? call.port}: Couldn't connect to server`;
    case 'reset':
      return resetText(result, call.tls === null, shaken);
    case 'tls-error':
      if (shaken?.kind === 'failed') return failures[shaken.why];
      return 'plain HTTP on a TLS port: curl: (52) Empty reply from server';
    case 'plain-answer':
      return 'TLS on a plain HTTP port: curl: (35) ... wrong version number';
    case 'forwarded':
      return `the bytes are passed on; the backend answers, with its own certificate if it speaks TLS${unlucky(result.weighted, RESET)}`;
    case 'undecided':
      return `undecided: ${result.details}`;
    case 'response':
      return responseText(result);
  }
}
