import type { EnvoyConfig, SecretEntry, ServerRef } from '../../model/envoy-config.ts';
import { serverPlace } from '../../model/envoy-config.ts';
import type { Path } from '../../model/location.ts';
import { oncePer } from '../../model/once.ts';
import { type AnyResource, keyOf, type Place } from '../../model/resource.ts';
import { secretBytes } from '../../model/secret.ts';
import { readChain } from '../../x509/bundle.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { judgeKeyPair, type KeyPairVerdict } from '../../x509/key-pair.ts';
import { validityAt } from '../../x509/validity.ts';
import { serverText } from './servers.ts';
import { withheld } from './withheld.ts';

/** The place of one key of a Secret or ConfigMap as it is written: `stringData` wins over `data` (decode). */
export function keyPlace(resource: AnyResource, key: string | null): Place {
  const has = (field: string) => {
    const value = resource.body[field];
    return typeof value === 'object' && value !== null && (key === null || Object.hasOwn(value, key));
  };
  const field = ['stringData', 'data', 'binaryData'].find(has) ?? 'data';
  return { resource, path: key === null ? [field] : [field, key] };
}

/** One server that asks for a Secret, and the gateway for which it does. */
export interface Use {
  readonly server: ServerRef;
  readonly path: Path;
  readonly config: EnvoyConfig;
}

type Pair = Extract<SecretEntry['payload'], { readonly kind: 'certificate' }>;

/** A Secret that istiod serves as a certificate, with everything that uses it, whatever the gateway. */
export interface Served {
  readonly pair: Pair;
  readonly uses: readonly Use[];
  /** What Envoy does with it; only meant for rules about its content. */
  readonly verdict: KeyPairVerdict;
  /** The leaf and the rest of the bundle, the leaf found by its key where the order is wrong; null: no chain can be read. */
  readonly chain: readonly [Certificate, ...Certificate[]] | null;
}

/** A Secret whose text in the input is not its content yet. */
export interface Withheld {
  readonly pair: Pair;
  readonly uses: readonly Use[];
  readonly because: string;
}

interface Collected {
  readonly pair: Pair;
  readonly uses: Use[];
  /** Why the input does not hold its content, or null. */
  readonly because: string | null;
}

/** Every Secret that istiod serves as a certificate, once. */
const collected = oncePer((configs: readonly EnvoyConfig[]): readonly Collected[] => {
  const bySecret = new Map<AnyResource, Collected>();
  for (const config of configs) {
    for (const { payload, usedBy } of config.secrets) {
      if (payload.kind !== 'certificate') continue;
      for (const { server, path, as } of usedBy) {
        if (as !== 'certificate') continue;
        const known = bySecret.get(payload.from);
        const use = { server, path, config };
        if (known) known.uses.push(use);
        else bySecret.set(payload.from, { pair: payload, uses: [use], because: whyWithheld(payload) });
      }
    }
  }
  return [...bySecret.values()];
});

const whyWithheld = ({ from, certKey, keyKey }: Pair): string | null =>
  withheld(from, certKey) ?? withheld(from, keyKey);

/** Every Secret that istiod serves as a certificate and whose content the input does not hold. */
export const withheldCertificates = (configs: readonly EnvoyConfig[]): readonly Withheld[] =>
  collected(configs).flatMap(({ because, ...one }) => (because === null ? [] : [{ ...one, because }]));

/** Every Secret that istiod serves as a certificate, once, with its content. */
export const servedCertificates = oncePer((configs: readonly EnvoyConfig[]): readonly Served[] =>
  collected(configs).flatMap(({ pair, uses, because }) => {
    if (because !== null) return [];
    const { from, certKey, keyKey } = pair;
    const verdict = judgeKeyPair(secretBytes(from, certKey)!, secretBytes(from, keyKey)!);
    return [{ pair, uses, verdict, chain: chainOf(verdict) }];
  }),
);

function chainOf(verdict: KeyPairVerdict): Served['chain'] {
  if (!('chain' in verdict)) return null;
  const { certificates } = verdict.chain;
  const leaf = verdict.kind === 'mismatch' ? (verdict.belongsTo ?? 0) : 0;
  const rest = certificates.filter((_, index) => index !== leaf);
  return [certificates[leaf]!, ...rest];
}

/** True when all certificates of a bundle are valid at a time: then nothing in it is out of date. */
export const isValid = (chain: readonly Certificate[], at: Date): boolean =>
  chain.every((certificate) => validityAt(certificate, at) === 'valid');

/** The certificates of one key of a Secret, none when they cannot be read. */
export function certificatesIn(secret: Pair['from'], key: string): readonly Certificate[] {
  const bytes = secretBytes(secret, key);
  return bytes === null ? [] : readChain(bytes).certificates;
}

/** The servers that use a Secret, each once, as places related to a finding about its content. */
export function usersOf(uses: readonly Pick<Use, 'server' | 'path'>[], verb: string): { at: Place; message: string }[] {
  const each = new Map(uses.map((use) => [`${keyOf(use.server.gateway.id)} ${use.server.index}`, use])).values();
  return [...each].map((use) => ({
    at: serverPlace(use.server, ...use.path),
    message: `${serverText(use.server)} ${verb}`,
  }));
}

/** `2026-05-01 (31 days ago)`. */
export function dateText(date: Date, now: Date): string {
  const days = Math.floor(Math.abs(date.getTime() - now.getTime()) / 86_400_000);
  const distance = days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`;
  return `${date.toISOString().slice(0, 10)} (${date < now ? `${distance} ago` : `in ${distance}`})`;
}
