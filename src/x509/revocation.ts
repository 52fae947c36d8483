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

/** What Envoy makes of the revocation lists of a client CA (rule crl-unusable). */
export type CrlVerdict =
  /** There is no list: nothing is revoked. */
  | { readonly kind: 'unchecked' }
  /** Envoy refuses the whole Secret: a block of the CRL field is broken. */
  | { readonly kind: 'refused'; readonly text: string; readonly defect: PemDefect }
  /** Envoy takes the field, finds no list in it, and then refuses every client certificate. */
  | { readonly kind: 'no-list'; readonly text: string; readonly defect: PemDefect | null }
  | {
      readonly kind: 'lists';
      readonly lists: readonly JudgedCrl[];
      /** CA certificates without a current list: Envoy refuses every client certificate that they signed, with `text`. */
      readonly uncovered: readonly { readonly index: number; readonly text: string }[];
    };

const UNABLE = 'unable_to_get_certificate_CRL';

/**
 * Returns what Envoy makes of the lists in a CRL field (fact I13; null: there is none) and of those in the CA bundle
 * itself (`bundled`, from judgeCa). Measured with Envoy 1.38.3: every CA in a client's chain needs one current list;
 * an expired one, one that is not yet valid and one of another issuer count as none, a list without a next update never
 * expires.
 */
export function judgeCrl(
  pem: Uint8Array | null,
  authorities: readonly Certificate[],
  now: Date,
  bundled: readonly Crl[] = [],
): CrlVerdict {
  const field = pem === null ? null : readTrustFile(pem);
  if (field !== null && field.refused !== null) {
    return { kind: 'refused', text: 'Failed to load CRL from <inline>', defect: field.refused };
  }
  const crls = [...bundled, ...(field?.crls ?? [])];
  if (crls.length === 0) {
    return field === null ? { kind: 'unchecked' } : { kind: 'no-list', text: UNABLE, defect: field.without };
  }
  const lists = crls.map((crl): JudgedCrl => {
    const issuedBy = authorities.findIndex((authority) => isFrom(crl, authority));
    return { crl, state: stateOf(crl, now), issuedBy: issuedBy < 0 ? null : issuedBy };
  });
  const uncovered = authorities.flatMap((authority, index) => {
    const text = whyUncovered(lists.filter((list) => isFrom(list.crl, authority)));
    return text === null ? [] : [{ index, text }];
  });
  return { kind: 'lists', lists, uncovered };
}

/** The end of Envoy's `certificate_revocation_check_against_provided_CRLs_failed:_...`, or null when a list is current. */
function whyUncovered(lists: readonly JudgedCrl[]): string | null {
  if (lists.some((list) => list.state === 'current')) return null;
  if (lists.some((list) => list.state === 'expired')) return 'CRL_has_expired';
  return lists.length > 0 ? 'CRL_is_not_yet_valid' : UNABLE;
}

const isFrom = (crl: Crl, authority: Certificate): boolean =>
  crl.issuer.key === authority.subject.key &&
  (crl.authorityKeyId === null || authority.subjectKeyId === null || crl.authorityKeyId === authority.subjectKeyId);

function stateOf(crl: Crl, now: Date): JudgedCrl['state'] {
  if (now < crl.thisUpdate) return 'not-yet-valid';
  return crl.nextUpdate !== null && now > crl.nextUpdate ? 'expired' : 'current';
}
