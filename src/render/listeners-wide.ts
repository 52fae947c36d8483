import {
  type Drop,
  type EnvoyConfig,
  type FilterChain,
  type SecretEntry,
  type ServerRef,
  unknownBecause,
} from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import { type Cell, type Color, grid } from './grid.ts';
import { listenerRows } from './listeners-table.ts';
import type { TableOptions } from './table-options.ts';

/** What the wide tables need beside the filters. */
export interface WideOptions extends TableOptions {
  readonly color: Color;
  /** Why Envoy refuses the listener of this name, or null: for STATE. */
  readonly rejected?: ((listener: string) => string | null) | undefined;
}

const HEAD = ['ADDRESSES', 'PORT', 'MATCH', 'DESTINATION', 'TLS', 'CREDENTIAL', 'GATEWAY', 'STATE'];

const NONE = '-';

const unique = (texts: readonly string[]): string => [...new Set(texts)].join(',') || NONE;

const gateways = (servers: readonly ServerRef[]): string => unique(servers.map((ref) => keyOf(ref.gateway.meta)));

// A tls block without mode is PASSTHROUGH, the first value of the enum.
const modeOf = (ref: ServerRef | undefined): string =>
  ref?.server.tls === undefined ? NONE : (ref.server.tls.mode ?? 'PASSTHROUGH');

/** A chain without TLS context is plain, or, with names to tell apart, passed through. */
function tlsText(chain: FilterChain): string {
  if (chain.target.kind === 'http' && chain.tls === null) return NONE;
  return modeOf(chain.servers[0]);
}

const credentials = ({ tls }: FilterChain): readonly string[] =>
  tls === null ? [] : [...tls.certificates, ...(tls.validation === null ? [] : [tls.validation])];

function state(chain: FilterChain, missing: ReadonlyMap<string, Cell>, rejection: string | null): Cell {
  if (rejection !== null) return { text: `rejected by Envoy: ${rejection}`, tone: 'bad' };
  const { certificates = [], validation = null } = chain.tls ?? {};
  // One certificate of several is enough (symptoms.md 3), the CA is needed in any case.
  const lacking =
    certificates.length > 0 && certificates.every((name) => missing.has(name)) ? certificates[0] : undefined;
  const name = validation !== null && missing.has(validation) ? validation : lacking;
  return (name === undefined ? undefined : missing.get(name)) ?? { text: 'active', tone: 'good' };
}

function lack({ payload }: SecretEntry, now: Date): Cell | null {
  if (payload.kind !== 'not-delivered') {
    return payload.judge(now).refused === null ? null : { text: 'secret refused by Envoy', tone: 'bad' };
  }
  if (unknownBecause(payload.reason) !== null) return { text: 'undecided: secret', tone: 'open' };
  return { text: 'no secret', tone: 'bad' };
}

/** For each SDS name without usable content: what that makes of a chain that needs it. */
const missingSecrets = (secrets: readonly SecretEntry[], now: Date): ReadonlyMap<string, Cell> =>
  new Map(
    secrets.flatMap((entry) => {
      const cell = lack(entry, now);
      return cell === null ? [] : [[entry.name, cell] as const];
    }),
  );

type ServerDrop = Extract<Drop, { readonly server: ServerRef }>;

// Drops that leave a whole server out; the others take only a part of it.
const WHOLE: ReadonlySet<Drop['reason']> = new Set([
  'duplicate-host',
  'protocol-conflict',
  'route-name-reused',
  'replaced-by-plain-server',
  'privileged-port',
  'no-target-port',
  'no-chain',
]);

const isWhole = (drop: Drop): drop is ServerDrop => 'server' in drop && WHOLE.has(drop.reason);

function droppedRow(drop: ServerDrop): { readonly port: number; readonly address: string; readonly cells: Cell[] } {
  const { server } = drop.server;
  const port = 'port' in drop ? drop.port : (server.port?.number ?? 0);
  const address = server.bind || NONE;
  const hosts = server.tls?.mode === undefined && server.tls?.httpsRedirect ? [] : (server.hosts ?? []);
  const match = server.tls === undefined || hosts.length === 0 ? 'ALL' : `SNI: ${hosts.join(',')}`;
  const names = [server.tls?.credentialName ?? '', ...(server.tls?.credentialNames ?? [])].filter((n) => n !== '');
  const where = [address, String(port), match, NONE];
  const what = [modeOf(drop.server), unique(names), keyOf(drop.server.gateway.meta)];
  return { port, address, cells: [...where, ...what, { text: `dropped: ${drop.reason}`, tone: 'bad' }] };
}

/** `listeners -o wide`: istioctl's rows with their TLS, and one more row per server that istiod drops. */
export function listenersWide(
  config: Pick<EnvoyConfig, 'listeners' | 'secrets' | 'drops'>,
  options: WideOptions,
): Promise<string> {
  const missing = missingSecrets(config.secrets, options.now);
  const rows = listenerRows(config, options).map(({ listener, address, port, match, destination, chain }): Cell[] => {
    const known = [address, String(port), match, destination];
    if (chain === null) return [...known, NONE, NONE, NONE, { text: 'active', tone: 'good' }];
    const rejection = options.rejected?.(listener) ?? null;
    const what = [tlsText(chain), unique(credentials(chain)), gateways(chain.servers)];
    return [...known, ...what, state(chain, missing, rejection)];
  });
  const dropped = config.drops
    .filter(isWhole)
    .map(droppedRow)
    .sort((a, b) => a.port - b.port);
  // A dropped server has no type that a filter could ask for.
  const shown = dropped.filter(
    (d) =>
      (!options.port || options.port === d.port) &&
      (!options.address || options.address === d.address) &&
      !options.type,
  );
  return grid(HEAD, [...rows, ...shown.map((d) => d.cells)], options.color);
}
