import type { LogLine } from './envoy.ts';
import type { Call } from './versions.ts';

/** How a call ended, with the words of test/oracle/traces/README.md. */
export interface Observed {
  readonly outcome: string;
  readonly status?: number;
  readonly chain?: number;
  readonly route?: { readonly config: string; readonly virtualHost: string; readonly index: number };
  readonly cluster?: string;
  readonly redirect?: string;
  /** Envoy's own words, for the table. */
  readonly why: string;
}

const NO_SECRET = 'Secret_is_not_supplied_by_SDS';

const chainOf = ({ chain }: LogLine) => (chain === null || chain === '' ? {} : { chain: Number(chain) });

/** `17/outbound|80||shop`: of the pod with index 17. */
const clusterOf = ({ cluster }: LogLine) => (cluster ? { cluster: cluster.slice(cluster.indexOf('/') + 1) } : {});

function ofHttp(call: Call, line: LogLine): Observed {
  const { status, details, route, location } = line;
  const why = details ?? '';
  if (call.tls !== null && details === 'http1.codec_error' && status === 400 && call.path.startsWith('/'))
    return { outcome: 'plain-answer', status: 400, ...chainOf(line), why };
  return {
    outcome: 'response',
    ...(status === null ? {} : { status }),
    ...chainOf(line),
    ...(route ? { route: JSON.parse(route) as NonNullable<Observed['route']> } : {}),
    ...clusterOf(line),
    ...(location ? { redirect: location } : {}),
    why,
  };
}

/** Reads the end of a call from what Envoy logged about its connection; null when it logged nothing. */
export function observe(call: Call, lines: readonly LogLine[]): Observed | null {
  const http = lines.find((line) => line.kind === 'http');
  if (http) return ofHttp(call, http);
  // A TCP chain that ends TLS opens its upstream connection before the handshake ends (symptoms.md 8).
  if (lines.some((line) => line.kind === 'tcp' && line.flags?.includes('NC')))
    return { outcome: 'reset', ...chainOf(lines[0]!), why: 'NC' };
  // What only looks at the first bytes says so as well: to a chain without TLS plain text is no failure.
  const failed = lines.find((line) => line.transport && !line.transport.startsWith('TLS_error|error:'));
  if (failed?.details === 'filter_chain_not_found' || lines.some((l) => l.details === 'filter_chain_not_found'))
    return { outcome: 'reset', why: 'filter_chain_not_found' };
  if (failed?.transport) {
    const outcome = failed.transport.includes(NO_SECRET) ? 'reset' : 'tls-error';
    return { outcome, ...chainOf(failed), why: failed.transport };
  }
  const tcp = lines.find((line) => line.kind === 'tcp');
  if (!tcp) return null;
  const missing = (tcp.flags ?? '').includes('NC');
  return { outcome: missing ? 'reset' : 'forwarded', ...chainOf(tcp), ...clusterOf(tcp), why: tcp.flags ?? '' };
}
