import type {
  EnvoyConfig,
  FilterChain,
  Listener,
  Route,
  RouteAction,
  RouteConfiguration,
  SecretEntry,
  TlsContext,
  VirtualHost,
} from '../model/envoy-config.ts';
import { workloadText } from '../model/workload.ts';
import { configPath } from './config-path.ts';
import { dropJson, type Json } from './drop-json.ts';
import { selectListeners } from './listeners-table.ts';
import { selectRoutes } from './routes-table.ts';
import { servedSecrets } from './secrets-table.ts';
import type { TableOptions } from './table-options.ts';

/** Copies without what is empty: null, '' and empty lists are left out, false and 0 stay. */
const filled = (object: Json): Json =>
  Object.fromEntries(
    Object.entries(object).filter(([, v]) => v !== null && v !== '' && !(Array.isArray(v) && v.length === 0)),
  );

const tlsJson = (tls: TlsContext): Json => ({
  certificates: tls.certificates,
  ...filled({ validation: tls.validation, subjectAltNames: tls.subjectAltNames }),
  requireClientCertificate: tls.requireClientCertificate,
  alpn: tls.alpn,
  ...filled({
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
    cipherSuites: tls.cipherSuites,
    ecdhCurves: tls.ecdhCurves,
  }),
});

function chainJson(chain: FilterChain): Json {
  const { target } = chain;
  return {
    serverNames: chain.serverNames,
    ...filled({ applicationProtocols: chain.applicationProtocols }),
    ...(chain.tls === null ? {} : { tls: tlsJson(chain.tls) }),
    ...(target.kind === 'http' ? { http: { route: target.route } } : {}),
    ...(target.kind === 'tcp' ? { tcp: { cluster: target.cluster } } : {}),
    ...(target.kind === 'tcp-weighted' ? { tcp: { weighted: target.weighted } } : {}),
  };
}

const listenerJson = (listener: Listener): Json => ({
  name: listener.name,
  address: listener.address,
  port: listener.port,
  ...filled({ pipe: listener.pipe }),
  chains: listener.chains.map(chainJson),
});

const ACTION: { readonly [K in RouteAction['kind']]: (action: Extract<RouteAction, { readonly kind: K }>) => Json } = {
  cluster: (a) => ({ cluster: a.cluster }),
  weighted: (a) => ({ weighted: a.weighted }),
  redirect: (a) => ({ redirect: a.redirect }),
  'direct-response': (a) => ({ directResponse: a.status }),
  none: () => ({}),
};

const actionJson = <K extends RouteAction['kind']>(action: Extract<RouteAction, { readonly kind: K }>): Json =>
  ACTION[action.kind as K](action);

const routeJson = (route: Route): Json => ({
  ...filled({ name: route.name }),
  match: route.match,
  config: configPath(route),
  ...actionJson(route.action),
});

const virtualHostJson = (host: VirtualHost): Json => ({
  name: host.name,
  domains: host.domains,
  ...(host.requireTls ? { requireTls: 'ALL' } : {}),
  routes: host.routes.map(routeJson),
});

const routeConfigurationJson = (route: RouteConfiguration): Json => ({
  name: route.name,
  virtualHosts: route.virtualHosts.map(virtualHostJson),
});

function secretJson({ payload }: SecretEntry): Json | 'not delivered' {
  if (payload.kind === 'not-delivered') return 'not delivered';
  const { certificate } = payload;
  const id = certificate === null ? { unparsable: true } : { serial: certificate.serial, sha256: certificate.sha256 };
  return payload.kind === 'certificate' ? { certificate: id } : { ca: id, crl: payload.crlKey !== null };
}

/** What is printed of a configuration. */
export type Printed = Pick<EnvoyConfig, 'workload' | 'listeners' | 'routes' | 'secrets' | 'drops'>;

/** The three parts of oracle/README.md's config.json. */
export type ConfigPart = 'listeners' | 'routes' | 'secrets';

const PART: Record<ConfigPart, (config: Pick<Printed, ConfigPart>, options: TableOptions) => unknown> = {
  listeners: (config, options) => selectListeners(config.listeners, options).map(listenerJson),
  routes: (config, options) => selectRoutes(config.routes, options).map(routeConfigurationJson),
  secrets: (config) => Object.fromEntries(servedSecrets(config.secrets).map((e) => [e.name, secretJson(e)])),
};

const NO_FILTER: TableOptions = { now: new Date(0) };

/** The deciding parts of one workload's configuration, exactly as config.json in ../oracle/README.md. */
export const configJson = (config: Pick<Printed, ConfigPart>): Json => ({
  listeners: PART.listeners(config, NO_FILTER),
  routes: PART.routes(config, NO_FILTER),
  secrets: PART.secrets(config, NO_FILTER),
});

/** `all -o json`: every workload with what istiod builds and what it drops (schemas/all.v1.json). */
export const allJson = (configs: readonly Printed[]): Json => ({
  schema: 'kubectl-tlsgw/all.v1',
  workloads: configs.map((config) => ({
    workload: workloadText(config.workload),
    ...configJson(config),
    drops: config.drops.map(dropJson),
  })),
});

/** `listeners|routes|secrets -o json`: one part of every workload, narrowed as the table is. */
export const tableJson = (part: ConfigPart, configs: readonly Printed[], options: TableOptions): Json => ({
  schema: `kubectl-tlsgw/${part}.v1`,
  workloads: configs.map((config) => ({
    workload: workloadText(config.workload),
    [part]: PART[part](config, options),
  })),
});
