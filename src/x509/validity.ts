import type { Certificate } from './certificate.ts';

export type Validity = 'valid' | 'expired' | 'not-yet-valid';

/** Returns whether a certificate is valid at a time; both ends belong to the period (RFC 5280 section 4.1.2.5). */
export function validityAt(certificate: Pick<Certificate, 'notBefore' | 'notAfter'>, now: Date): Validity {
  if (now > certificate.notAfter) return 'expired';
  return now < certificate.notBefore ? 'not-yet-valid' : 'valid';
}

/** Returns the days from `now` until a certificate expires, rounded down; negative once it has. */
export const daysLeft = (certificate: Pick<Certificate, 'notAfter'>, now: Date): number =>
  Math.floor((certificate.notAfter.getTime() - now.getTime()) / 86_400_000);
