import type { Certificate } from './certificate.ts';
import type { Crl } from './crl.ts';
import type { PemDefect } from './pem-defect.ts';
import { readTrustFile } from './trust-file.ts';
import { validityAt } from './validity.ts';

/** What Envoy does with a CA bundle for client certificates, and what can be said of its certificates at a time. */
export type CaVerdict =
  | { readonly kind: 'refused'; readonly text: string; readonly defect: PemDefect }
  | {
      readonly kind: 'accepted';
      readonly certificates: readonly [Certificate, ...Certificate[]];
      /** Revocation lists in the bundle itself: Envoy then checks revocation too. */
      readonly crls: readonly Crl[];
      /** Positions; no client certificate under an expired CA is accepted. */
      readonly expired: readonly number[];
      readonly notYetValid: readonly number[];
      /** Positions of certificates that are no CA: Envoy then trusts exactly that certificate. */
      readonly notCa: readonly number[];
      readonly overlooked: PemDefect | null;
    };

/**
 * Returns what Envoy does with a CA bundle (symptoms.md 4.1): garbage or one broken block and it refuses the Secret, an
 * expired or non-CA certificate is taken as it is.
 */
export function judgeCa(pem: Uint8Array, now: Date): CaVerdict {
  const file = readTrustFile(pem);
  const [first, ...rest] = file.certificates;
  const defect = file.refused ?? (first === undefined ? (file.without ?? { kind: 'no-block' }) : null);
  if (defect !== null || first === undefined) {
    const isEmpty = defect?.kind === 'empty';
    const text = isEmpty ? 'DataSource cannot be empty' : 'Failed to load trusted CA certificates from <inline>';
    return { kind: 'refused', text, defect: defect ?? { kind: 'no-block' } };
  }
  const certificates = [first, ...rest] as const;
  const where = (test: (certificate: Certificate) => boolean): readonly number[] =>
    certificates.flatMap((certificate, index) => (test(certificate) ? [index] : []));
  return {
    kind: 'accepted',
    certificates,
    crls: file.crls,
    expired: where((certificate) => validityAt(certificate, now) === 'expired'),
    notYetValid: where((certificate) => validityAt(certificate, now) === 'not-yet-valid'),
    notCa: where((certificate) => !isAuthority(certificate)),
    overlooked: file.overlooked,
  };
}

/** Roots of X.509 version 1 have no basic constraints to say that they are a CA. */
const isAuthority = (certificate: Certificate): boolean =>
  certificate.isCa || (certificate.version < 3 && certificate.isSelfIssued);
