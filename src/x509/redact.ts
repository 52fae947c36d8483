import { blocksOfEnvoy } from './blocks.ts';
import { leadingCertificate } from './certificate.ts';
import { readCrl } from './crl.ts';
import { readElement } from './der.ts';
import { describeKey } from './key.ts';
import type { PemBlock } from './pem.ts';

/**
 * Returns a certificate, CA or CRL field as it may be published: its certificates and revocation lists written again, every
 * private key among them replaced by its description, everything else left out. Envoy treats it as it treats the original.
 * null when the field has a defect or nothing would be left of it: bytes that cannot be read may be a key, and an empty
 * field is another defect.
 */
export function withoutKeys(pem: Uint8Array): string | null {
  const read = blocksOfEnvoy(pem);
  if (read.broken !== null || read.overlooked !== null || read.blocks.length === 0) return null;
  const parts: string[] = [];
  for (const block of read.blocks) {
    const part = published(block);
    if (part === null) return null;
    parts.push(part);
  }
  return parts.join('') || null;
}

function published(block: PemBlock): string | null {
  if (block.headers !== '' && !block.label.endsWith('PRIVATE KEY')) return null;
  switch (block.label) {
    case 'CERTIFICATE':
    case 'X509 CERTIFICATE':
    case 'TRUSTED CERTIFICATE':
      // What follows a certificate in its block is nobody's business.
      return leadingCertificate(block.der)?.length === block.der.length ? pemText(block) : null;
    case 'X509 CRL':
      return readCrl(block.der) === null || !isWhole(block.der) ? null : pemText(block);
    default:
      return block.label.endsWith('PRIVATE KEY') ? describeKey(Buffer.from(pemText(block))) : '';
  }
}

const isWhole = (der: Uint8Array): boolean => readElement(der, 0, der.length)?.end === der.length;

function pemText({ label, headers, der }: PemBlock): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${headers === '' ? '' : `${headers}\n`}${lines}\n-----END ${label}-----\n`;
}
