import type { DeliveredCertificate } from '../model/envoy-config.ts';
import { oncePerContent } from './content.ts';
import {
  bitStringOctets,
  childrenOf,
  contentsHex,
  contentsOf,
  type DerElement,
  haveSameContents,
  isInteger,
  isOid,
  readElement,
  TAG,
  timeOf,
  unsignedHex,
} from './der.ts';
import { type DistinguishedName, dottedOid, readName } from './distinguished-name.ts';
import { type ExtensionFacts, NO_EXTENSIONS, readExtensions } from './extensions.ts';
import { firstBlockOfGo } from './pem.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

/** What one X.509 certificate says. */
export interface Certificate extends ExtensionFacts {
  /** 1, 2 or 3; only version 3 has extensions. */
  readonly version: number;
  /** Lower-case hexadecimal without padding; a negative one (which Go refuses) in two's complement. */
  readonly serial: string;
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly sha256: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Subject and issuer are the same name: a root, or a certificate that signed itself. */
  readonly isSelfIssued: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: PublicKey;
  readonly signature: SignatureAlgorithm;
  /** Envoy may take this certificate, but Go's stricter parser, and with it istiod and istioctl, does not. */
  readonly refusedByGo: boolean;
}

export interface SignatureAlgorithm {
  /** `sha256WithRSA`, `ecdsaWithSHA256`, `ed25519` ..., or a dotted identifier. */
  readonly name: string;
  /** SHA-1 or MD5: clients refuse it, Envoy serves it (symptoms.md 4.1). */
  readonly weak: boolean;
}

const SIGNATURES: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'md5WithRSA',
  '2a864886f70d010105': 'sha1WithRSA',
  '2b0e03021d': 'sha1WithRSA',
  '2a864886f70d01010b': 'sha256WithRSA',
  '2a864886f70d01010c': 'sha384WithRSA',
  '2a864886f70d01010d': 'sha512WithRSA',
  '2a864886f70d01010a': 'rsaPss',
  '2a8648ce3d0401': 'ecdsaWithSHA1',
  '2a8648ce3d040302': 'ecdsaWithSHA256',
  '2a8648ce3d040303': 'ecdsaWithSHA384',
  '2a8648ce3d040304': 'ecdsaWithSHA512',
  '2a8648ce380403': 'dsaWithSHA1',
  '2b6570': 'ed25519',
  '2b6571': 'ed448',
};

const VERSION = 0xa0;
/** issuerUniqueID, subjectUniqueID, extensions. */
const TAIL: ReadonlyMap<number, number> = new Map([
  [0x81, 1],
  [0x82, 2],
  [0xa3, 3],
]);

/** Returns the facts of one certificate, or null when the bytes are not exactly one DER certificate (RFC 5280 section 4.1). */
export const readCertificate: (der: Uint8Array) => Certificate | null = oncePerContent(parseCertificate);

/** Returns the certificate that the bytes begin with and its length, or null: BoringSSL does not look at what follows. */
export function leadingCertificate(
  der: Uint8Array,
): { readonly certificate: Certificate; readonly length: number } | null {
  const outer = readElement(der, 0, der.length);
  const certificate = outer === null ? null : readCertificate(der.subarray(0, outer.end));
  return certificate === null ? null : { certificate, length: outer!.end };
}

function parseCertificate(der: Uint8Array, sha256: string): Certificate | null {
  const outer = readElement(der, 0, der.length);
  if (outer?.tag !== TAG.sequence || outer.end !== der.length) return null;
  const [tbs, outerAlgorithm, signature] = childrenOf(der, outer) ?? [];
  if (tbs?.tag !== TAG.sequence || outerAlgorithm?.tag !== TAG.sequence || signature?.tag !== TAG.bitString)
    return null;
  const fields = childrenOf(der, tbs);
  if (fields === null) return null;
  let version = 0;
  if (fields[0]?.tag === VERSION) {
    const [number, ...more] = childrenOf(der, fields[0]) ?? [];
    const hex = number === undefined || more.length > 0 ? null : unsignedHex(der, number);
    if (hex === null || !['0', '1', '2'].includes(hex)) return null;
    version = Number(hex);
  }
  const [serial, algorithm, issuerName, validity, subjectName, spki, ...rest] = fields.slice(
    fields[0]?.tag === VERSION ? 1 : 0,
  );
  if (spki === undefined || serial?.tag !== TAG.integer || algorithm?.tag !== TAG.sequence) return null;
  const [oid] = childrenOf(der, algorithm) ?? [];
  const [outerOid] = childrenOf(der, outerAlgorithm) ?? [];
  const issuer = readName(der, issuerName!);
  const subject = readName(der, subjectName!);
  const [from, to] = (validity!.tag === TAG.sequence ? childrenOf(der, validity!) : null) ?? [];
  const notBefore = from === undefined ? null : timeOf(der, from);
  const notAfter = to === undefined ? null : timeOf(der, to);
  const publicKey = readPublicKey(der, spki);
  if (oid === undefined || !isOid(der, oid) || outerOid === undefined || !isOid(der, outerOid)) return null;
  if (issuer === null || subject === null || publicKey === null || notBefore === null || notAfter === null) return null;
  if (!isInteger(der, serial) || bitStringOctets(der, signature) === null) return null;
  const extensions = readTail(der, version, rest);
  if (extensions === null) return null;
  const unsigned = unsignedHex(der, serial);
  const name = SIGNATURES[contentsHex(der, oid)] ?? dottedOid(contentsOf(der, oid));
  return {
    version: version + 1,
    serial: unsigned ?? contentsHex(der, serial),
    sha256,
    subject,
    issuer,
    isSelfIssued: subject.key === issuer.key,
    notBefore,
    notAfter,
    publicKey,
    signature: { name, weak: /sha1|md5/i.test(name) },
    refusedByGo:
      unsigned === null ||
      extensions.unreadable !== null ||
      publicKey.refusedByGo ||
      issuer.refusedByGo ||
      subject.refusedByGo ||
      !haveSameContents(der, algorithm, outerAlgorithm),
    // Last: V8 copies into a literal that is made already five times as fast as it adds to a copy.
    ...extensions,
  };
}

/** What follows the public key: unique identifiers from version 2 on, extensions in version 3, each at most once. */
function readTail(der: Uint8Array, version: number, fields: readonly DerElement[]): ExtensionFacts | null {
  let extensions: ExtensionFacts | null = NO_EXTENSIONS;
  let before = 0;
  for (const field of fields) {
    const number = TAIL.get(field.tag) ?? 0;
    if (number <= before || version < (number === 3 ? 2 : 1)) return null;
    before = number;
    if (number < 3) continue;
    const list = readElement(der, field.contents, field.end);
    extensions = list === null || list.end !== field.end ? null : readExtensions(der, list);
  }
  return extensions;
}

/**
 * Returns what istiod and istioctl see of a certificate or CA file: its first PEM block as Go reads it, or null when that
 * is not PEM or not a certificate to Go's crypto/x509 (facts H23-H25, I12). Each distinct content is read once.
 */
export const readFirstCertificate: (pem: Uint8Array) => DeliveredCertificate | null = oncePerContent((pem) => {
  const block = firstBlockOfGo(pem);
  const certificate = block === null ? null : readCertificate(block.der);
  if (certificate === null || certificate.refusedByGo) return null;
  return {
    serial: certificate.serial,
    sha256: certificate.sha256,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    isCa: certificate.isCa,
    trustDomain: trustDomainOf(certificate),
  };
});

/** Returns the trust domain of a certificate's first SPIFFE identity, or null. */
function trustDomainOf(certificate: Pick<Certificate, 'uris'>): string | null {
  for (const uri of certificate.uris) {
    const found = /^spiffe:\/\/([^/]+)(?:\/|$)/.exec(uri);
    if (found) return found[1]!;
  }
  return null;
}
