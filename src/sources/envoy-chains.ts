import type { PlainChain } from '../model/plain-config.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

const entry = (value: unknown): Entry => (isEntry(value) ? value : {});
const list = (value: unknown): Entry[] => (Array.isArray(value) ? value.filter(isEntry) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];

const filled = (object: Entry): Entry =>
  Object.fromEntries(
    Object.entries(object).filter(([, v]) => v !== null && v !== '' && !(Array.isArray(v) && v.length === 0)),
  );

function subjectAltNames(context: Entry): string[] {
  const typed = list(context['match_typed_subject_alt_names']).map((m) => entry(m['matcher']));
  return [...typed, ...list(context['match_subject_alt_names'])].map((m) => text(m['exact'])).filter((t) => t !== '');
}

/** Certificates that stand in the listener itself are named as istiod names files: their content is no matter here. */
function tlsOf(socket: Entry): Entry | null {
  const typed = entry(socket['typed_config']);
  const common = entry(typed['common_tls_context']);
  if (Object.keys(common).length === 0) return null;
  const combined = entry(common['combined_validation_context']);
  const sds = entry(combined['validation_context_sds_secret_config'] ?? common['validation_context_sds_secret_config']);
  const own = entry(combined['default_validation_context'] ?? common['validation_context']);
  const params = entry(common['tls_params']);
  const version = (field: string): string | null =>
    Object.keys(params).length === 0 ? null : text(params[field]) || 'TLS_AUTO';
  return {
    certificates: list(common['tls_certificate_sds_secret_configs']).map((c) => text(c['name'])),
    ...filled({ validation: text(sds['name']), subjectAltNames: subjectAltNames(own) }),
    requireClientCertificate: typed['require_client_certificate'] === true,
    alpn: texts(common['alpn_protocols']),
    ...filled({
      minVersion: version('tls_minimum_protocol_version'),
      maxVersion: version('tls_maximum_protocol_version'),
      cipherSuites: texts(params['cipher_suites']),
      ecdhCurves: texts(params['ecdh_curves']),
    }),
  };
}

function targetOf(filters: readonly Entry[]): Pick<PlainChain, 'http' | 'tcp'> {
  for (const filter of filters) {
    const typed = entry(filter['typed_config']);
    const type = text(typed['@type']);
    if (type.endsWith('.HttpConnectionManager')) {
      const inline = text(entry(typed['route_config'])['name']);
      return { http: { route: text(entry(typed['rds'])['route_config_name']) || inline } };
    }
    if (type.endsWith('.TcpProxy')) {
      const weighted = list(entry(typed['weighted_clusters'])['clusters']);
      if (weighted.length === 0) return { tcp: { cluster: text(typed['cluster']) } };
      return {
        tcp: { weighted: weighted.map((w) => ({ cluster: text(w['name']), weight: Number(w['weight'] ?? 0) })) },
      };
    }
  }
  return {};
}

/** A filter chain of a listener in Envoy's own words, as istiod's configuration is predicted. */
export function chainOf(chain: Entry): PlainChain {
  const match = entry(chain['filter_chain_match']);
  const names = texts(match['server_names']);
  const protocols = texts(match['application_protocols']);
  const tls = tlsOf(entry(chain['transport_socket']));
  return {
    serverNames: names.length === 0 ? null : names,
    ...(protocols.length === 0 ? {} : { applicationProtocols: protocols }),
    ...(tls === null ? {} : { tls }),
    ...targetOf(list(chain['filters'])),
  };
}
