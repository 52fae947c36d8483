import type {
  ActualConfig,
  PlainChain,
  PlainListener,
  PlainRouteConfiguration,
  PlainSecret,
} from '../model/plain-config.ts';
import { chainOf } from './envoy-chains.ts';
import { actionOf, routeMatchOf } from './envoy-routes.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

const entry = (value: unknown): Entry => (isEntry(value) ? value : {});
const list = (value: unknown): Entry[] => (Array.isArray(value) ? value.filter(isEntry) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];

/** A dump that is none. */
export class DumpError extends Error {}

/** Reads the certificate of a PEM text as {serial, sha256}, or {unparsable: true}. */
export type Fingerprint = (pem: Uint8Array) => Readonly<Record<string, unknown>>;

function listenerOf(body: Entry): PlainListener {
  const address = entry(body['address']);
  const socket = entry(address['socket_address']);
  const pipe = text(entry(address['pipe'])['path']);
  return {
    name: text(body['name']),
    address: text(socket['address']),
    port: Number(socket['port_value'] ?? 0),
    ...(pipe === '' ? {} : { pipe }),
    chains: [...list(body['filter_chains']), ...list([body['default_filter_chain']])].map(
      (c): PlainChain => chainOf(c),
    ),
  };
}

function routesOf(body: Entry): PlainRouteConfiguration {
  return {
    name: text(body['name']),
    virtualHosts: list(body['virtual_hosts']).map((host) => ({
      name: text(host['name']),
      domains: texts(host['domains']),
      ...(host['require_tls'] === 'ALL' ? { requireTls: 'ALL' } : {}),
      routes: list(host['routes']).map((route) => {
        const metadata = entry(entry(entry(route['metadata'])['filter_metadata'])['istio']);
        return {
          ...(text(route['name']) === '' ? {} : { name: route['name'] }),
          match: routeMatchOf(entry(route['match'])),
          ...(text(metadata['config']) === '' ? {} : { config: metadata['config'] }),
          ...actionOf(route),
        };
      }),
    })),
  };
}

const bytesOf = (source: unknown): Buffer | null => {
  const { inline_bytes: bytes, inline_string: string } = entry(source);
  if (typeof bytes === 'string') return Buffer.from(bytes, 'base64');
  return typeof string === 'string' ? Buffer.from(string) : null;
};

function secretOf(body: Entry, fingerprint: Fingerprint): PlainSecret | null {
  const chain = bytesOf(entry(body['tls_certificate'])['certificate_chain']);
  if (chain) return { certificate: fingerprint(chain) };
  const context = entry(body['validation_context']);
  const ca = bytesOf(context['trusted_ca']);
  return ca ? { ca: fingerprint(ca), crl: bytesOf(context['crl']) !== null } : null;
}

/** The parts of a dump by the name of their message: `ListenersConfigDump`. */
function partsOf(dump: unknown): ReadonlyMap<string, Entry> {
  const configs = list(entry(dump)['configs']);
  if (configs.length === 0) throw new DumpError('this is no config_dump of Envoy: it has no configs');
  const parts = new Map(configs.map((c) => [text(c['@type']).replace(/^.*\./, ''), c]));
  if (!parts.has('ListenersConfigDump'))
    throw new DumpError('this config_dump has no listeners: it was taken of a part only');
  return parts;
}

/** Reads what /config_dump of Envoy's admin port answers. Throws DumpError. */
export function readConfigDump(dump: unknown, fingerprint: Fingerprint): ActualConfig {
  const parts = partsOf(dump);
  const listeners: PlainListener[] = [];
  const refused = new Map<string, string>();
  const warmingListeners = new Set<string>();
  for (const item of list(entry(parts.get('ListenersConfigDump'))['dynamic_listeners'])) {
    const active = entry(entry(item['active_state'])['listener']);
    const name = text(item['name']) || text(active['name']);
    if (active['name'] !== undefined || active['address'] !== undefined) listeners.push(listenerOf(active));
    if (item['warming_state'] !== undefined) warmingListeners.add(name);
    if (item['error_state'] !== undefined) refused.set(name, text(entry(item['error_state'])['details']));
  }
  const routes = list(entry(parts.get('RoutesConfigDump'))['dynamic_route_configs']).map((item) =>
    routesOf(entry(item['route_config'])),
  );
  const secrets: Record<string, PlainSecret> = {};
  const warmingSecrets = new Map<string, string>();
  const dumped = entry(parts.get('SecretsConfigDump'));
  for (const item of list(dumped['dynamic_active_secrets'])) {
    const found = secretOf(entry(item['secret']), fingerprint);
    if (found) secrets[text(item['name'])] = found;
    if (item['error_state'] !== undefined)
      warmingSecrets.set(text(item['name']), text(entry(item['error_state'])['details']));
  }
  for (const item of list(dumped['dynamic_warming_secrets'])) {
    warmingSecrets.set(text(item['name']), text(entry(item['error_state'])['details']));
  }
  return { listeners, routes, secrets, refused, warmingListeners, warmingSecrets };
}
