import type { EnvoyConfig, SecretEntry } from '../../model/envoy-config.ts';
import { serverPlace } from '../../model/envoy-config.ts';
import type { AnyResource, Place } from '../../model/resource.ts';
import { serverText } from './servers.ts';

/** The place of one key of a Secret or ConfigMap as it is written: `stringData` wins over `data` (decode). */
export function keyPlace(resource: AnyResource, key: string | null): Place {
  const has = (field: string) => {
    const value = resource.body[field];
    return typeof value === 'object' && value !== null && (key === null || Object.hasOwn(value, key));
  };
  const field = ['stringData', 'data', 'binaryData'].find(has) ?? 'data';
  return { resource, path: key === null ? [field] : [field, key] };
}

/** The servers that use a Secret, as places related to a finding about its content. */
export const usersOf = (usedBy: SecretEntry['usedBy'], verb: string): { at: Place; message: string }[] =>
  usedBy.map((use) => ({ at: serverPlace(use.server, ...use.path), message: `${serverText(use.server)} ${verb}` }));

/** One pair of certificate and key, with everything that uses it, whatever the workload. */
export interface Served {
  readonly payload: Extract<SecretEntry['payload'], { readonly kind: 'certificate' }>;
  readonly usedBy: SecretEntry['usedBy'];
  readonly configs: readonly EnvoyConfig[];
}

/** Every Secret that istiod serves as a certificate, once. */
export function servedCertificates(configs: readonly EnvoyConfig[]): Served[] {
  const bySecret = new Map<
    AnyResource,
    { payload: Served['payload']; usedBy: SecretEntry['usedBy'][number][]; configs: EnvoyConfig[] }
  >();
  for (const config of configs) {
    for (const { payload, usedBy } of config.secrets) {
      if (payload.kind !== 'certificate') continue;
      const uses = usedBy.filter((use) => use.as === 'certificate');
      if (uses.length === 0) continue;
      const known = bySecret.get(payload.from) ?? { payload, usedBy: [], configs: [] };
      bySecret.set(payload.from, known);
      known.configs.push(config);
      for (const use of uses) {
        const again = known.usedBy.some(
          (k) => k.server.gateway === use.server.gateway && k.server.index === use.server.index,
        );
        if (!again) known.usedBy.push(use);
      }
    }
  }
  return [...bySecret.values()];
}
