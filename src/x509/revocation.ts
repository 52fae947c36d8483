import type { Certificate } from './certificate.ts';
import type { Crl } from './crl.ts';
import type { PemDefect } from './pem-defect.ts';
import { readTrustFile } from './trust-file.ts';

/** A revocation list and what can be said of it at a time. */
export interface JudgedCrl {
  readonly crl: Crl;
  readonly state: 'current' | 'expired' | 'not-yet-valid';
  /** Position of the CA certificate that it is from, or null: of another issuer. */
  readonly issuedBy: number | null;
}

/** What Envoy makes of the revocation lists beside a CA (rule crl-unusable). */
export type CrlVerdict =
  /** Envoy refuses the whole Secret: a block is broken. */
  | { readonly kind: 'refused'; readonly text: string; readonly defect: PemDefect }
  /** Envoy takes it, finds no list in it, and then refuses every client certificate. */
  | { readonly kind: 'no-list'; readonly defect: PemDefect | null }
  | {
      readonly kind: 'lists';
      readonly lists: readonly JudgedCrl[];
      /** Positions of CA certificates without a list: Envoy asks for one of every CA in a client's chain. */
      readonly uncovered: readonly number[];
    };

/** Returns what Envoy makes of a CRL field (fact I13, symptoms.md 4.1; expiry and issuer by RFC 5280 section 6.3, not measured). */
export function judgeCrl(pem: Uint8Array, authorities: readonly Certificate[], now: Date): CrlVerdict {
  const file = readTrustFile(pem);
  if (file.refused !== null) {
    return { kind: 'refused', text: 'Failed to load CRL from <inline>', defect: file.refused };
  }
  if (file.crls.length === 0) return { kind: 'no-list', defect: file.without };
  const lists = file.crls.map((crl): JudgedCrl => {
    const issuedBy = authorities.findIndex((authority) => isFrom(crl, authority));
    return { crl, state: stateOf(crl, now), issuedBy: issuedBy < 0 ? null : issuedBy };
  });
  const uncovered = authorities.flatMap((authority, index) =>
    file.crls.some((crl) => isFrom(crl, authority)) ? [] : [index],
  );
  return { kind: 'lists', lists, uncovered };
}

const isFrom = (crl: Crl, authority: Certificate): boolean =>
  crl.issuer.key === authority.subject.key &&
  (crl.authorityKeyId === null || authority.subjectKeyId === null || crl.authorityKeyId === authority.subjectKeyId);

function stateOf(crl: Crl, now: Date): JudgedCrl['state'] {
  if (now < crl.thisUpdate) return 'not-yet-valid';
  return crl.nextUpdate !== null && now > crl.nextUpdate ? 'expired' : 'current';
}
