import { type EnvoyConfig, type ServerRef, unknownBecause } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import type { AnyResource } from '../../model/resource.ts';
import { resourceText } from '../../model/resource.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { type Served, servedCertificates } from './contents.ts';
import { certificatesOf } from './credentials.ts';

/** What is known of each Secret that is served as a certificate. */
const servedBySecret = oncePer(
  (configs: readonly EnvoyConfig[]): ReadonlyMap<AnyResource, Served> =>
    new Map(servedCertificates(configs).map((served) => [served.pair.from, served])),
);

/**
 * The certificates among which Envoy picks for this server (symptoms.md 4.1), in the order in which it names them; those
 * that are not delivered are missing. null when the content of one is not known.
 */
export function candidatesOf(
  configs: readonly EnvoyConfig[],
  config: EnvoyConfig,
  server: ServerRef,
): readonly Served[] | null {
  const known = servedBySecret(configs);
  const found: Served[] = [];
  for (const { payload } of certificatesOf(config).get(server) ?? []) {
    if (payload.kind === 'not-delivered' && unknownBecause(payload.reason) !== null) return null;
    if (payload.kind !== 'certificate') continue;
    const served = known.get(payload.from);
    if (served === undefined) return null;
    found.push(served);
  }
  return found;
}

/** The leaves of candidatesOf. */
export const leavesOf = (
  configs: readonly EnvoyConfig[],
  config: EnvoyConfig,
  server: ServerRef,
): readonly Certificate[] | null => {
  const candidates = candidatesOf(configs, config, server);
  return candidates === null ? null : candidates.flatMap(({ chain }) => (chain ? [chain[0]] : []));
};

/** `Secret istio-system/shop-tls`: where a certificate comes from. */
export const secretText = ({ pair }: Served): string => resourceText(pair.from.id);
