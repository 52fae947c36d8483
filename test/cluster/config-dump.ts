import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlainConfig } from '../../src/model/plain-config.ts';
import { casePath } from './cluster.ts';

type Json = Record<string, unknown>;

/** The recorded configuration of a workload of a case; null and an empty list are the same there. */
export const recorded = (name: string, workload: string): PlainConfig =>
  JSON.parse(readFileSync(join(casePath(name), '..', 'expected', workload, 'config.json'), 'utf8'), (key, value) =>
    value === null && key !== 'serverNames' ? [] : value,
  ) as PlainConfig;

const snake = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [k.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), snake(v)]),
  );
};

function transportSocket(tls: Json): Json {
  const validation = tls['validation'] as string | undefined;
  const sans = (tls['subjectAltNames'] as string[] | undefined) ?? [];
  const params = {
    ...(tls['minVersion'] && tls['minVersion'] !== 'TLS_AUTO'
      ? { tls_minimum_protocol_version: tls['minVersion'] }
      : {}),
    ...(tls['maxVersion'] && tls['maxVersion'] !== 'TLS_AUTO'
      ? { tls_maximum_protocol_version: tls['maxVersion'] }
      : {}),
    ...(tls['cipherSuites'] ? { cipher_suites: tls['cipherSuites'] } : {}),
    ...(tls['ecdhCurves'] ? { ecdh_curves: tls['ecdhCurves'] } : {}),
  };
  const context = {
    match_typed_subject_alt_names: sans.map((exact) => ({ san_type: 'DNS', matcher: { exact } })),
  };
  const common = {
    tls_certificate_sds_secret_configs: (tls['certificates'] as string[]).map((name) => ({
      name,
      sds_config: { ads: {} },
    })),
    ...(Object.keys(params).length > 0 ? { tls_params: params } : {}),
    alpn_protocols: tls['alpn'],
    ...(validation
      ? {
          combined_validation_context: {
            default_validation_context: context,
            validation_context_sds_secret_config: { name: validation },
          },
        }
      : sans.length > 0
        ? { validation_context: context }
        : {}),
  };
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      common_tls_context: common,
      require_client_certificate: tls['requireClientCertificate'],
    },
  };
}

function filterOf(chain: PlainConfig['listeners'][number]['chains'][number]): Json {
  if (chain.http) {
    const type =
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
    return { typed_config: { '@type': type, rds: { route_config_name: chain.http.route } } };
  }
  const tcp = chain.tcp as { cluster?: string; weighted?: { cluster: string; weight: number }[] };
  const to = tcp.cluster
    ? { cluster: tcp.cluster }
    : { weighted_clusters: { clusters: tcp.weighted?.map(({ cluster, weight }) => ({ name: cluster, weight })) } };
  return {
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', ...to },
  };
}

function routeOf(route: Json): Json {
  const { name, match, config, cluster, weighted, redirect, directResponse } = route;
  return {
    ...(name ? { name } : {}),
    match: snake(match),
    ...(config ? { metadata: { filter_metadata: { istio: { config } } } } : {}),
    ...(cluster ? { route: { cluster, timeout: '0s', max_grpc_timeout: '0s' } } : {}),
    ...(weighted
      ? {
          route: {
            weighted_clusters: {
              clusters: (weighted as Json[]).map((w) => ({ name: w['cluster'], weight: w['weight'] })),
            },
          },
        }
      : {}),
    ...(redirect ? { redirect: snake(redirect) } : {}),
    ...(directResponse === undefined ? {} : { direct_response: { status: directResponse } }),
    decorator: { operation: 'x' },
  };
}

/** Finds the certificate of a fingerprint, so that a dump can hold it. */
export type Certificates = (sha256: string) => string | null;

/** What Envoy's admin port would answer when it ran with this configuration. */
export function dumpOf(config: PlainConfig, certificates: Certificates): Json {
  const dynamic = config.listeners.map((listener) => ({
    name: listener.name,
    active_state: {
      version_info: '1',
      listener: {
        name: listener.name,
        address: listener.pipe
          ? { pipe: { path: listener.pipe } }
          : { socket_address: { address: listener.address, port_value: listener.port } },
        filter_chains: listener.chains.map((chain) => ({
          ...(chain.serverNames || chain.applicationProtocols
            ? {
                filter_chain_match: {
                  server_names: chain.serverNames ?? [],
                  application_protocols: chain.applicationProtocols ?? [],
                },
              }
            : {}),
          filters: [{ name: 'istio.stats' }, filterOf(chain)],
          ...(chain.tls ? { transport_socket: transportSocket(chain.tls as Json) } : {}),
        })),
      },
    },
  }));
  const active = Object.entries(config.secrets).flatMap(([name, secret]) => {
    if (secret === 'not delivered') return [];
    const id = (secret.certificate ?? secret.ca) as { sha256?: string };
    const bytes = Buffer.from((id.sha256 ? certificates(id.sha256) : null) ?? 'unparsable').toString('base64');
    const body = secret.certificate
      ? {
          tls_certificate: {
            certificate_chain: { inline_bytes: bytes },
            private_key: { inline_bytes: 'W3JlZGFjdGVkXQ==' },
          },
        }
      : {
          validation_context: {
            trusted_ca: { inline_bytes: bytes },
            ...(secret.crl ? { crl: { inline_bytes: 'eA==' } } : {}),
          },
        };
    return [{ name, version_info: '1', secret: { name, ...body } }];
  });
  const type = (name: string) => `type.googleapis.com/envoy.admin.v3.${name}`;
  return {
    configs: [
      { '@type': type('BootstrapConfigDump') },
      {
        '@type': type('ListenersConfigDump'),
        static_listeners: [{ listener: { name: 'x' } }],
        dynamic_listeners: dynamic,
      },
      {
        '@type': type('RoutesConfigDump'),
        dynamic_route_configs: config.routes.map((r) => ({
          route_config: {
            name: r.name,
            virtual_hosts: r.virtualHosts.map((h) => ({
              name: h.name,
              domains: h.domains,
              ...(h.requireTls ? { require_tls: h.requireTls } : {}),
              routes: h.routes.map((route) => routeOf(route as Json)),
            })),
          },
        })),
      },
      {
        '@type': type('SecretsConfigDump'),
        dynamic_active_secrets: [...active, { name: 'default', secret: { tls_certificate: {} } }],
        dynamic_warming_secrets: Object.entries(config.secrets)
          .filter(([, s]) => s === 'not delivered')
          .map(([name]) => ({ name, version_info: 'uninitialized', secret: { name } })),
      },
    ],
  };
}
