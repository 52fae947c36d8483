import type { TlsVersion } from '../../src/model/trace.ts';
import type { RecordedCall } from '../envoy/traces.ts';
import type { Pod } from './recorded.ts';

/** A recorded call, or one like it from a client that knows no newer version of TLS than this. */
export interface Call extends RecordedCall {
  readonly maxVersion?: TlsVersion;
}

const VERSIONS = ['TLSv1_0', 'TLSv1_1', 'TLSv1_2'] as const;

/** Some name that a chain takes. */
const nameFor = (pattern: string): string => (pattern.startsWith('*.') ? `x${pattern.slice(1)}` : pattern);

/** Calls of old clients to the first chain of each listener that ends TLS: the recorded clients all offer 1.2 and 1.3. */
export function versionCalls(pod: Pod): Call[] {
  return pod.sent.listeners.flatMap(({ address, port, chains }) => {
    const chain = chains.find((c) => c.tls);
    if (!chain) return [];
    const sni = nameFor(chain.serverNames?.[0] ?? 'shop.example.com');
    const call = { address, port, host: sni, path: '/', method: 'GET', headers: {}, observed: {} };
    return VERSIONS.map((maxVersion) => ({ ...call, tls: { sni }, maxVersion }));
  });
}
