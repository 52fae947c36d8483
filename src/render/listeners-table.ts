import type { EnvoyConfig, FilterChain, Listener } from '../model/envoy-config.ts';
import { byBytes } from './order.ts';
import type { TableOptions } from './table-options.ts';
import { tabwriter } from './tabwriter.ts';

/** One row of the listener table; `chain` is null for the proxy's two static listeners, whose name is ''. */
export interface ListenerRow {
  readonly listener: string;
  readonly address: string;
  readonly port: number;
  readonly match: string;
  readonly destination: string;
  readonly chain: FilterChain | null;
}

interface Block {
  readonly address: string;
  readonly port: number;
  readonly type: string;
  readonly rows: readonly ListenerRow[];
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  'http/1.0,http/1.1,h2c': 'HTTP',
  'istio,istio-http/1.0,istio-http/1.1,istio-h2': 'Istio HTTP Plain',
  'http/1.0,http/1.1,h2c,istio-http/1.0,istio-http/1.1,istio-h2': 'HTTP TLS',
  'istio-peer-exchange,istio': 'TCP TLS',
};

const BLACK_HOLE = 'BlackHoleCluster';

const clustersOf = (chain: FilterChain): readonly string[] => {
  if (chain.target.kind === 'tcp') return [chain.target.cluster];
  return chain.target.kind === 'tcp-weighted' ? chain.target.weighted.map((w) => w.cluster) : [];
};

// istioctl searches the serialised filter for this text, so a host of that name counts too (H10).
const isBlackHole = (chain: FilterChain): boolean => clustersOf(chain).some((cluster) => cluster.includes(BLACK_HOLE));

/** The MATCH column of a chain (H7, H8). */
function chainMatch(chain: FilterChain): string {
  const parts: string[] = [];
  if (chain.serverNames !== null && chain.serverNames.length > 0) parts.push(`SNI: ${chain.serverNames.join(',')}`);
  const protocols = chain.applicationProtocols.join(',');
  if (protocols !== '') parts.push(`App: ${PROTOCOL_NAMES[protocols] ?? protocols}`);
  return parts.length === 0 ? 'ALL' : parts.join('; ');
}

/** The DESTINATION column of a chain (H9, H10). */
function chainDestination(chain: FilterChain): string {
  const { target } = chain;
  if (target.kind === 'http') return target.route === '' ? 'HTTP' : `Route: ${target.route}`;
  if (isBlackHole(chain)) return 'Non-HTTP/Non-TCP';
  if (target.kind === 'tcp-weighted') return 'Cluster: ';
  return target.cluster.includes('Cluster') ? target.cluster : `Cluster: ${target.cluster}`;
}

function listenerType(listener: Listener): string {
  const http = listener.chains.some((chain) => chain.target.kind === 'http');
  const tcp = listener.chains.some((chain) => chain.target.kind !== 'http' && !isBlackHole(chain));
  if (http) return tcp ? 'HTTP+TCP' : 'HTTP';
  return tcp ? 'TCP' : 'UNKNOWN';
}

const addressOf = (listener: Listener): string => listener.pipe ?? listener.address;

const selects = (options: TableOptions, of: Pick<Block, 'address' | 'port' | 'type'>): boolean =>
  (!options.port || options.port === of.port) &&
  (!options.address || options.address.toLowerCase() === of.address.toLowerCase()) &&
  (!options.type || options.type.toLowerCase() === of.type.toLowerCase());

/** The listeners that the options leave, in the order of the configuration. */
export const selectListeners = (listeners: readonly Listener[], options: TableOptions): readonly Listener[] =>
  listeners.filter((l) => selects(options, { address: addressOf(l), port: l.port, type: listenerType(l) }));

function block(listener: Listener): Block {
  const address = addressOf(listener);
  const { port } = listener;
  const rows = listener.chains.map((chain) => ({
    listener: listener.name,
    address,
    port,
    match: chainMatch(chain),
    destination: chainDestination(chain),
    chain,
  }));
  // Descending, ties in chain order (H5).
  rows.sort((a, b) => byBytes(b.destination, a.destination));
  return { address, port, type: listenerType(listener), rows };
}

const staticBlock = (port: number, path: string): Block => {
  const row = {
    listener: '',
    address: '0.0.0.0',
    port,
    match: 'ALL',
    destination: `Inline Route: ${path}*`,
    chain: null,
  };
  return { address: row.address, port, type: 'HTTP', rows: [row] };
};

// Every proxy has them, whatever istiod sends (H11, D23).
const STATIC = [staticBlock(15021, '/healthz/ready'), staticBlock(15090, '/stats/prometheus')];

/** The rows of the listener table, in istioctl's order (H5). */
export function listenerRows(config: Pick<EnvoyConfig, 'listeners'>, options: TableOptions): readonly ListenerRow[] {
  return [...config.listeners.map(block), ...STATIC]
    .filter((b) => selects(options, b))
    .sort((a, b) => a.port - b.port || byBytes(a.address, b.address) || byBytes(a.type, b.type))
    .flatMap((b) => b.rows);
}

/** `istioctl proxy-config listener`, byte for byte (H2-H12). */
export function listenersTable(config: Pick<EnvoyConfig, 'listeners'>, options: TableOptions): string {
  const rows = listenerRows(config, options).map((r) => [r.address, String(r.port), r.match, r.destination]);
  return tabwriter([['ADDRESSES', 'PORT', 'MATCH', 'DESTINATION'], ...rows], 1);
}
