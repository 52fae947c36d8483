import { bitsOf, childrenOf, isInteger, isOid, readElement, TAG, timeOf } from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import { authorityKeyIdOf } from './extensions.ts';

/** What one certificate revocation list says. */
export interface Crl {
  readonly issuer: DistinguishedName;
  readonly thisUpdate: Date;
  /** null: the list does not say when the next one comes. */
  readonly nextUpdate: Date | null;
  /** How many certificates it revokes. */
  readonly revoked: number;
  readonly authorityKeyId: string | null;
}

/** Returns the facts of a DER CertificateList (RFC 5280 section 5.1), or null when the bytes do not begin with one. */
export function readCrl(der: Uint8Array): Crl | null {
  const outer = readElement(der, 0, der.length);
  const [tbs, algorithm, signature] = (outer?.tag === TAG.sequence ? childrenOf(der, outer) : null) ?? [];
  if (tbs?.tag !== TAG.sequence || algorithm?.tag !== TAG.sequence || signature?.tag !== TAG.bitString) return null;
  const fields = [...(childrenOf(der, tbs) ?? [])];
  if (fields[0]?.tag === TAG.integer && !isInteger(der, fields.shift()!)) return null;
  const [inner, name, from, ...rest] = fields;
  if (inner?.tag !== TAG.sequence || name === undefined || from === undefined) return null;
  const oid = childrenOf(der, inner)?.[0];
  const issuer = readName(der, name);
  const thisUpdate = timeOf(der, from);
  const outerOid = childrenOf(der, algorithm)?.[0];
  if (outerOid === undefined || !isOid(der, outerOid) || bitsOf(der, signature) === null) return null;
  if (oid === undefined || !isOid(der, oid) || issuer === null || thisUpdate === null) return null;
  const until = rest[0]?.tag === TAG.utcTime || rest[0]?.tag === TAG.generalizedTime ? rest.shift() : undefined;
  const nextUpdate = until === undefined ? null : timeOf(der, until);
  if (until !== undefined && nextUpdate === null) return null;
  const list = rest[0]?.tag === TAG.sequence ? rest.shift() : undefined;
  const entries = list === undefined ? [] : childrenOf(der, list);
  const extensions = rest[0]?.tag === 0xa0 ? rest.shift() : undefined;
  if (entries === null || entries.some((entry) => entry.tag !== TAG.sequence) || rest.length > 0) return null;
  const authorityKeyId = extensions === undefined ? null : authorityKeyIdOf(der, extensions);
  return { issuer, thisUpdate, nextUpdate, revoked: entries.length, authorityKeyId };
}
