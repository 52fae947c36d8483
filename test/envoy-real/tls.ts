import type { SecretPayload } from '../../src/model/envoy-config.ts';
import { bytesOf, secretBytes } from '../../src/model/secret.ts';
import { meshAuthority, meshServer } from './authorities.ts';
import type { Pod, RecordedChain } from './recorded.ts';

const inline = (bytes: Uint8Array | string | null) => ({ inline_bytes: Buffer.from(bytes ?? '').toString('base64') });

const file = (path: string) => ({ path_config_source: { path }, resource_api_version: 'V3' });

/** Writes one file with resources for Envoy; returns its path. */
export type Write = (name: string, resources: readonly object[]) => string;

function contentOf(payload: SecretPayload): object | null {
  if (payload.kind === 'not-delivered') return null;
  if (payload.kind === 'ca') {
    const { from, caKey, crlKey } = payload;
    const crl = crlKey === null ? {} : { crl: inline(bytesOf(from, crlKey)) };
    return { validation_context: { trusted_ca: inline(bytesOf(from, caKey)), ...crl } };
  }
  const { from, certKey, keyKey } = payload;
  return {
    tls_certificate: {
      certificate_chain: inline(secretBytes(from, certKey)),
      private_key: inline(secretBytes(from, keyKey)),
    },
  };
}

/** Names without a scheme are the agent's: mesh certificates and mounted files, taken as present and good. */
function agentContent(as: 'certificate' | 'ca'): object {
  if (as === 'ca') return { validation_context: { trusted_ca: inline(meshAuthority) } };
  return {
    tls_certificate: { certificate_chain: inline(meshServer.cert), private_key: inline(meshServer.key()) },
  };
}

/** A Secret in a file of its own, as each was loaded when the traces were recorded; none in it: it is not delivered. */
function sds(pod: Pod, name: string, as: 'certificate' | 'ca', write: Write): object {
  const entry = pod.predicted.secrets.find((secret) => secret.name === name);
  const sent = pod.sent.secrets[name] !== 'not delivered';
  const content = !name.includes('://') ? agentContent(as) : sent && entry ? contentOf(entry.payload) : null;
  const resources =
    content === null
      ? []
      : [{ '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret', name, ...content }];
  return { name, sds_config: file(write(`sds ${pod.index} ${as} ${name}`, resources)) };
}

/** Istio's list of exact names stands for names of every kind. */
const nameMatchers = (names: readonly string[]) =>
  names.flatMap((exact) => ['DNS', 'URI', 'EMAIL'].map((san_type) => ({ san_type, matcher: { exact } })));

function validation(pod: Pod, tls: NonNullable<RecordedChain['tls']>, write: Write): object {
  const names = tls.subjectAltNames ?? [];
  const defaults = names.length === 0 ? {} : { match_typed_subject_alt_names: nameMatchers(names) };
  if (!tls.validation) return names.length === 0 ? {} : { validation_context: defaults };
  const secret = sds(pod, tls.validation, 'ca', write);
  return {
    combined_validation_context: {
      default_validation_context: defaults,
      validation_context_sds_secret_config: secret,
    },
  };
}

/** The TLS side of a recorded chain. */
export function transportSocket(pod: Pod, tls: NonNullable<RecordedChain['tls']>, write: Write): object {
  const { minVersion, maxVersion, cipherSuites = [], ecdhCurves = [] } = tls;
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      require_client_certificate: tls.requireClientCertificate ?? false,
      common_tls_context: {
        alpn_protocols: tls.alpn ?? [],
        tls_params: {
          ...(minVersion ? { tls_minimum_protocol_version: minVersion } : {}),
          ...(maxVersion ? { tls_maximum_protocol_version: maxVersion } : {}),
          cipher_suites: cipherSuites,
          ecdh_curves: ecdhCurves,
        },
        tls_certificate_sds_secret_configs: (tls.certificates ?? []).map((name) =>
          sds(pod, name, 'certificate', write),
        ),
        ...validation(pod, tls, write),
      },
    },
  };
}
