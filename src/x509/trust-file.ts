import { blocksOfEnvoy, withoutWanted } from './blocks.ts';
import { certificateOf } from './bundle.ts';
import type { Certificate } from './certificate.ts';
import { oncePerContent } from './content.ts';
import { type Crl, readCrl } from './crl.ts';
import { type KeyMaterial, readPkcs1, readPkcs8, readSec1 } from './key-der.ts';
import type { PemBlock } from './pem.ts';
import type { BlockDefect, PemDefect } from './pem-defect.ts';

/**
 * A CA or CRL field as Envoy reads it: every certificate and every revocation list in it. `refused`: a broken block, which
 * makes Envoy refuse the field. `without`: what is wrong with a field that holds neither.
 */
export interface TrustFile {
  readonly certificates: readonly Certificate[];
  readonly crls: readonly Crl[];
  readonly refused: PemDefect | null;
  readonly without: PemDefect | null;
  /** A BEGIN that Envoy does not see and skips with its block. */
  readonly overlooked: PemDefect | null;
}

/**
 * Returns what Envoy finds in a CA or CRL field (symptoms.md 4.1; as BoringSSL's PEM_X509_INFO_read_bio, checked against
 * Envoy 1.38.3): blocks with other labels are skipped unread, except RSA, EC and DSA keys. Each distinct content is read once.
 */
export const readTrustFile: (pem: Uint8Array) => TrustFile = oncePerContent((pem) => {
  const read = blocksOfEnvoy(pem);
  const certificates: Certificate[] = [];
  const crls: Crl[] = [];
  let refused: PemDefect | null = null;
  for (const block of read.blocks) {
    const found = itemOf(block);
    if (found === null) continue;
    if (typeof found === 'string') {
      refused = { kind: 'broken-block', block: block.number, because: found };
      break;
    }
    if ('thisUpdate' in found) crls.push(found);
    else certificates.push(found);
  }
  refused ??= read.broken?.defect ?? null;
  const empty = certificates.length + crls.length === 0;
  return { certificates, crls, refused, without: empty ? withoutWanted(pem, read) : null, overlooked: read.overlooked };
});

function itemOf(block: PemBlock): Certificate | Crl | BlockDefect | null {
  switch (block.label) {
    case 'CERTIFICATE':
    case 'X509 CERTIFICATE':
      return certificateOf(block, false);
    case 'TRUSTED CERTIFICATE':
      return certificateOf(block, true);
    case 'X509 CRL':
      return block.headers === '' ? (readCrl(block.der) ?? 'not-a-crl') : 'headers';
    // An encrypted key is kept unread.
    case 'RSA PRIVATE KEY':
      return block.headers !== '' || isUsable(readPkcs1(block.der) ?? readPkcs8(block.der)) ? null : 'not-a-key';
    case 'EC PRIVATE KEY':
      return block.headers !== '' || isUsable(readSec1(block.der) ?? readPkcs8(block.der)) ? null : 'not-a-key';
    default:
      return null;
  }
}

const isUsable = (key: KeyMaterial | null): boolean => key !== null && key.publicKeySha256 !== null;
