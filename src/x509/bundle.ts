import { blocksOfEnvoy, withoutWanted } from './blocks.ts';
import { type Certificate, leadingCertificate } from './certificate.ts';
import { oncePerContent } from './content.ts';
import { childrenOf, readElement, TAG } from './der.ts';
import type { PemBlock } from './pem.ts';
import type { BlockDefect, PemDefect } from './pem-defect.ts';

/**
 * A certificate field as Envoy reads it: all its certificates in order, or the defect that makes Envoy refuse it (then
 * `certificates` are those before the defect). `overlooked`: a BEGIN that Envoy does not see and skips with its block.
 */
export type ChainReading =
  | {
      readonly kind: 'chain';
      readonly certificates: readonly [Certificate, ...Certificate[]];
      readonly overlooked: PemDefect | null;
    }
  | { readonly kind: 'defect'; readonly defect: PemDefect; readonly certificates: readonly Certificate[] };

const isPlain = (label: string): boolean => label === 'CERTIFICATE' || label === 'X509 CERTIFICATE';
const isTrusted = (label: string): boolean => label === 'TRUSTED CERTIFICATE';

/**
 * Returns the certificates of a server's chain as Envoy loads them (symptoms.md 4.1): the first may be a TRUSTED
 * CERTIFICATE, later ones with that label and blocks with any other label are skipped, one broken block spoils the field.
 * Each distinct content is read once.
 */
export const readChain: (pem: Uint8Array) => ChainReading = oncePerContent((pem) => {
  const read = blocksOfEnvoy(pem);
  const certificates: Certificate[] = [];
  for (const block of read.blocks) {
    const isFirst = certificates.length === 0;
    if (!isPlain(block.label) && !(isFirst && isTrusted(block.label))) continue;
    const found = certificateOf(block, isFirst);
    if (typeof found === 'string') {
      return { kind: 'defect', defect: { kind: 'broken-block', block: block.number, because: found }, certificates };
    }
    certificates.push(found);
  }
  if (read.broken !== null) return { kind: 'defect', defect: read.broken.defect, certificates };
  const [first, ...rest] = certificates;
  if (first === undefined) return { kind: 'defect', defect: withoutWanted(pem, read), certificates };
  return { kind: 'chain', certificates: [first, ...rest], overlooked: read.overlooked };
});

/** Returns the certificate of a block, or why BoringSSL cannot read it. `withTrust`: OpenSSL's trust settings may follow it. */
export function certificateOf(block: PemBlock, withTrust: boolean): Certificate | BlockDefect {
  // Certificates are never encrypted in practice; any header but that of an encrypted block is refused anyway.
  if (block.headers !== '') return 'headers';
  const found = leadingCertificate(block.der);
  if (found === null) return 'not-a-certificate';
  if (withTrust && found.length < block.der.length && !isTrustSettings(block.der, found.length))
    return 'not-a-certificate';
  return found.certificate;
}

/** Tells whether what follows a certificate is a DER SEQUENCE, as OpenSSL's X509_CERT_AUX is. */
function isTrustSettings(der: Uint8Array, at: number): boolean {
  const settings = readElement(der, at, der.length);
  return settings?.tag === TAG.sequence && childrenOf(der, settings) !== null;
}
