import type { Ports } from './ports.ts';
import type { Pod, RecordedChain, RecordedRoute, Weighted } from './recorded.ts';
import { transportSocket, type Write } from './tls.ts';

const TYPES = 'type.googleapis.com/envoy';
const file = (path: string) => ({ path_config_source: { path }, resource_api_version: 'V3' });

/** The name that something of one pod has in the Envoy that all pods share. */
const own = (pod: Pod, name: string): string => `${pod.index}/${name}`;

/** One line of JSON per stream; `peer` tells which call it was. */
const accessLog = (kind: 'http' | 'tcp' | 'listener', path: string): object => ({
  name: 'log',
  typed_config: {
    '@type': `${TYPES}.extensions.access_loggers.file.v3.FileAccessLog`,
    path,
    log_format: {
      json_format: {
        kind,
        peer: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%',
        local: '%DOWNSTREAM_LOCAL_ADDRESS%',
        chain: '%FILTER_CHAIN_NAME%',
        route: '%ROUTE_NAME%',
        cluster: '%UPSTREAM_CLUSTER%',
        status: '%RESPONSE_CODE%',
        details: '%RESPONSE_CODE_DETAILS%',
        flags: '%RESPONSE_FLAGS%',
        transport: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
        location: '%RESP(LOCATION)%',
      },
    },
  },
});

const weightedClusters = (pod: Pod, weighted: readonly Weighted[]) => ({
  weighted_clusters: { clusters: weighted.map(({ cluster, weight }) => ({ name: own(pod, cluster), weight })) },
});

function action(pod: Pod, { cluster, weighted, redirect, directResponse }: RecordedRoute): object {
  if (redirect) return { redirect };
  if (directResponse !== undefined) return { direct_response: { status: directResponse } };
  if (weighted) return { route: weightedClusters(pod, weighted) };
  return cluster === undefined ? {} : { route: { cluster: own(pod, cluster) } };
}

/** A route's name says which one it is, for the access log. */
export const routeName = (config: string, virtualHost: string, index: number): string =>
  JSON.stringify({ config, virtualHost, index });

function routeConfiguration(pod: Pod, { name, virtualHosts }: Pod['sent']['routes'][number]): object {
  return {
    '@type': `${TYPES}.config.route.v3.RouteConfiguration`,
    name: own(pod, name),
    ignore_port_in_host_matching: true,
    virtual_hosts: virtualHosts.map((host) => ({
      name: host.name,
      domains: host.domains,
      ...(host.requireTls ? { require_tls: host.requireTls } : {}),
      routes: (host.routes ?? []).map((route, index) => ({
        name: routeName(name, host.name, index),
        match: route.match,
        ...action(pod, route),
      })),
    })),
  };
}

function filterOf(pod: Pod, chain: RecordedChain, log: string, write: Write): object {
  if (!chain.http) {
    const { cluster, weighted = [] } = chain.tcp ?? {};
    return {
      name: 'tcp',
      typed_config: {
        '@type': `${TYPES}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
        stat_prefix: 'tcp',
        access_log: [accessLog('tcp', log)],
        ...(cluster === undefined ? weightedClusters(pod, weighted) : { cluster: own(pod, cluster) }),
      },
    };
  }
  const { route } = chain.http;
  const found = pod.sent.routes.find((r) => r.name === route);
  const path = write(`rds ${pod.index} ${route}`, found ? [routeConfiguration(pod, found)] : []);
  return {
    name: 'http',
    typed_config: {
      '@type': `${TYPES}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: 'http',
      access_log: [accessLog('http', log)],
      rds: { route_config_name: own(pod, route), config_source: file(path) },
      // As istiod sets them: they decide how hosts and paths are read.
      normalize_path: true,
      use_remote_address: true,
      server_name: 'istio-envoy',
      http_filters: [
        { name: 'router', typed_config: { '@type': `${TYPES}.extensions.filters.http.router.v3.Router` } },
      ],
    },
  };
}

/** The listeners of a pod, each on a loopback port; their chains are named by their index. */
export function listenersOf(pod: Pod, ports: Ports, log: string, write: Write): object[] {
  return pod.sent.listeners
    .filter((listener) => !listener.pipe)
    .map(({ name, address, port, chains }) => ({
      '@type': `${TYPES}.config.listener.v3.Listener`,
      name: own(pod, name),
      address: { socket_address: { address: '127.0.0.1', port_value: ports.of(pod, address, port) } },
      access_log: [accessLog('listener', log)],
      listener_filters: chains.some((chain) => chain.tls || chain.serverNames)
        ? [
            {
              name: 'tls_inspector',
              typed_config: { '@type': `${TYPES}.extensions.filters.listener.tls_inspector.v3.TlsInspector` },
            },
          ]
        : [],
      filter_chains: chains.map((chain, index) => ({
        name: String(index),
        filter_chain_match: {
          server_names: chain.serverNames ?? [],
          application_protocols: chain.applicationProtocols ?? [],
        },
        filters: [filterOf(pod, chain, log, write)],
        ...(chain.tls ? { transport_socket: transportSocket(pod, chain.tls, write) } : {}),
      })),
    }));
}

/** The clusters that istiod makes for this pod and that its listeners name, each with the one healthy backend. */
export function clustersOf(pod: Pod, backend: number): object[] {
  const text = JSON.stringify(pod.sent);
  return [...pod.predicted.clusters]
    .filter((name) => text.includes(JSON.stringify(name)))
    .map((name) => ({
      name: own(pod, name),
      type: 'STATIC',
      connect_timeout: '5s',
      load_assignment: {
        cluster_name: own(pod, name),
        endpoints: [
          {
            lb_endpoints: [
              { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: backend } } } },
            ],
          },
        ],
      },
    }));
}
