import type { ConfigMap, Secret } from '../../model/cluster-view.ts';
import type { EnvoyConfig, SecretEntry } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import { bytesOf } from '../../model/secret.ts';
import type { Use } from './contents.ts';
import { clientHosts } from './servers.ts';
import { clientsOf } from './symptoms.ts';
import { withheld } from './withheld.ts';

type Ca = Extract<SecretEntry['payload'], { readonly kind: 'ca' }>;

/** A CA bundle that istiod serves for client certificates, with everything that uses it. */
export interface ClientCa {
  readonly ca: Ca;
  readonly uses: readonly Use[];
  readonly bundle: Uint8Array;
  readonly revocation: Uint8Array | null;
}

/** Every client CA that istiod serves and whose content the input holds, once per Secret or ConfigMap. */
export const clientCas = oncePer((configs: readonly EnvoyConfig[]): readonly ClientCa[] => {
  const found = new Map<Secret | ConfigMap, { readonly ca: Ca; readonly uses: Use[] }>();
  for (const config of configs) {
    for (const { payload, usedBy } of config.secrets) {
      if (payload.kind !== 'ca') continue;
      for (const { server, path, as } of usedBy) {
        // A CA payload in a certificate's place is rule ca-credential-suffix (I6).
        if (as !== 'ca') continue;
        const known = found.get(payload.from) ?? { ca: payload, uses: [] };
        found.set(payload.from, known);
        known.uses.push({ server, path, config });
      }
    }
  }
  return [...found.values()].flatMap(({ ca, uses }) => {
    const { from, caKey, crlKey } = ca;
    const isWithheld = [caKey, ...(crlKey === null ? [] : [crlKey])].some((key) => withheld(from, key) !== null);
    const bundle = isWithheld ? null : bytesOf(from, caKey);
    return bundle === null ? [] : [{ ca, uses, bundle, revocation: crlKey === null ? null : bytesOf(from, crlKey) }];
  });
});

/** What clients see whose certificates are refused, by the modes of the servers (symptoms.md 5). */
export function refusedClients(uses: readonly Use[], see: string): string {
  const hosts = uses.flatMap((use) => clientHosts(use.server.server));
  const optional = uses.every((use) => use.server.server.tls?.mode === 'OPTIONAL_MUTUAL');
  return clientsOf(hosts, `${see}${optional ? '; clients without a certificate get in' : ''}`);
}
