import type { EnvoyConfig } from '../../model/envoy-config.ts';
import type { Served, Use } from './contents.ts';
import { certificatesOf } from './credentials.ts';
import { candidatesOf } from './leaves.ts';
import { clientHosts } from './servers.ts';
import { clientsOf, enumerate, RESET } from './symptoms.ts';

/**
 * What a Secret that Envoy refuses does beyond its own servers, to be appended to their symptom: a running pod keeps an
 * older good certificate, and in the first answer to a starting pod a random part of the good Secrets is lost with the
 * bad one (symptoms.md 4.2, 4.3).
 */
export function endangered(uses: readonly Pick<Use, 'config' | 'server'>[]): string {
  const own = new Set(uses.flatMap((use) => clientHosts(use.server.server)));
  const others = new Set<string>();
  for (const config of new Set(uses.map((use) => use.config))) {
    for (const [server, entries] of certificatesOf(config)) {
      // Enough for a sentence.
      if (others.size > 4) break;
      if (!entries.some((entry) => entry.payload.kind === 'certificate')) continue;
      for (const host of clientHosts(server.server)) if (!own.has(host)) others.add(host);
    }
  }
  const names = others.size > 0 ? ` (${enumerate([...others])})` : '';
  return `; a running pod keeps an older good one, but its next restart endangers every HTTPS host of the gateway${names}, because Envoy loses good Secrets beside a bad one`;
}

/**
 * What clients see of a certificate that Envoy refuses. A server with another certificate serves that one alone
 * (symptoms.md 3).
 */
export function refusedSymptom(configs: readonly EnvoyConfig[], served: Served): string {
  const alone = served.uses.filter(({ config, server }) =>
    (candidatesOf(configs, config, server) ?? []).every(
      (other) => other === served || other.verdict.kind !== 'accepted',
    ),
  );
  const hosts = alone.flatMap(({ server }) => clientHosts(server.server));
  const seen =
    alone.length === 0
      ? 'the other certificate of the server is served alone: clients that need this kind of key fail'
      : clientsOf(hosts, RESET);
  return `${seen}${endangered(served.uses)}`;
}
