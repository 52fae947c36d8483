import { type ChainReading, readChain } from './bundle.ts';
import type { Certificate } from './certificate.ts';
import { readPrivateKey } from './key.ts';
import type { KeyDefect, KeyReading } from './key-facts.ts';
import type { PemDefect } from './pem-defect.ts';

type Chain = Extract<ChainReading, { kind: 'chain' }>;
type Key = Extract<KeyReading, { kind: 'key' }>;

/** Why Envoy serves no certificate with this public key. */
export type UnsupportedKey =
  | { readonly why: 'curve'; readonly curve: string | null }
  | { readonly why: 'rsa-too-short'; readonly bits: number }
  | { readonly why: 'algorithm'; readonly algorithm: string }
  | { readonly why: 'unreadable' }
  /** An EC certificate whose key usage lacks digitalSignature. */
  | { readonly why: 'key-usage' };

/** What Envoy accepts and some client does not. `index` is the certificate's position in the chain. */
export type KeyPairWarning =
  | { readonly kind: 'rarely-offered'; readonly index: number; readonly algorithm: 'Ed25519' | 'P-521' }
  | { readonly kind: 'weak-signature'; readonly index: number; readonly algorithm: string };

/**
 * What Envoy does with a certificate and a private key. `text` is what Envoy says when it refuses the pair (the words
 * never name the Secret); where it ends in `Cause: ` the cause depends on the damage.
 */
export type KeyPairVerdict =
  | {
      readonly kind: 'accepted';
      readonly chain: Chain;
      readonly key: Key;
      readonly warnings: readonly KeyPairWarning[];
    }
  | {
      readonly kind: 'mismatch';
      readonly text: string;
      readonly chain: Chain;
      readonly key: Key;
      /** Position of the certificate that the key does belong to: the chain is in the wrong order, or the key is an issuer's. */
      readonly belongsTo: number | null;
    }
  | { readonly kind: 'certificate-defect'; readonly text: string; readonly defect: PemDefect }
  /** A leaf with neither a common name nor a subject alternative name. */
  | { readonly kind: 'nameless'; readonly text: string; readonly chain: Chain }
  | { readonly kind: 'key-defect'; readonly text: string; readonly defect: KeyDefect; readonly chain: Chain }
  | {
      readonly kind: 'unsupported-key';
      readonly text: string;
      /** Which of the two Envoy stumbles over. */
      readonly in: 'certificate' | 'key';
      readonly because: UnsupportedKey;
      readonly chain: Chain;
    };

const BAD_CHAIN = 'Failed to load certificate chain from <inline>';
const BAD_KEY = 'Failed to load private key from <inline>, Cause: ';
const ONLY_RSA = ', only RSA certificates with 2048-bit or larger keys are supported';
const KEY_USAGE = '2.5.29.15';
const NO_CERTIFICATE = 'Failed to load incomplete certificate from : certificate chain not set';
const NO_KEY = 'Failed to load incomplete private key from path: ';
const CURVES_OF_ENVOY = new Set(['P-256', 'P-384', 'P-521']);

/**
 * Returns what Envoy does with the pair that istiod sends it (symptoms.md 4.1, words checked against Envoy 1.38.3):
 * the whole chain is loaded, then the leaf's key is judged, then the private key. Never throws.
 */
export function judgeKeyPair(certificatePem: Uint8Array, keyPem: Uint8Array): KeyPairVerdict {
  // Not in Envoy's order: the point that a key gives is known to be on the curve then (ec-point.ts).
  const key = readPrivateKey(keyPem);
  const chain = readChain(certificatePem);
  if (chain.kind === 'defect') {
    // Emptiness is looked at before anything is loaded.
    const noKey = keyPem.length === 0 ? NO_KEY : BAD_CHAIN;
    const text = chain.defect.kind === 'empty' ? NO_CERTIFICATE : noKey;
    return { kind: 'certificate-defect', text, defect: chain.defect };
  }
  if (keyPem.length === 0) return { kind: 'key-defect', text: NO_KEY, defect: { kind: 'empty' }, chain };
  const [leaf] = chain.certificates;
  const belongsTo = key.kind === 'key' ? ownerOf(key, chain) : null;
  // What seems to be the wrong certificate may only be the second, behind one that Envoy does not see.
  const hidden = belongsTo === null ? chain.overlooked : null;
  const unsupported = unsupportedKey(leaf);
  if (unsupported !== null) {
    const text = unsupported.why === 'rsa-too-short' ? `${BAD_CHAIN}${ONLY_RSA}` : BAD_CHAIN;
    if (hidden !== null) return { kind: 'certificate-defect', text, defect: hidden };
    // An issuer in the leaf's place may be one that cannot serve: the order is the defect then.
    if (key.kind === 'key' && belongsTo !== null && belongsTo > 0) {
      return { kind: 'mismatch', text, chain, key, belongsTo };
    }
    return { kind: 'unsupported-key', text, in: 'certificate', because: unsupported, chain };
  }
  if (key.kind === 'defect') return { kind: 'key-defect', text: keyDefectText(key), defect: key.defect, chain };
  const because = unreadableKey(key);
  if (because !== null) {
    const text =
      key.form === 'sec1'
        ? badKey('06000066', 'public key', 'DECODE_ERROR')
        : badKey('06000080', 'public key', 'UNSUPPORTED_ALGORITHM');
    return { kind: 'unsupported-key', text, in: 'key', because, chain };
  }
  if (belongsTo !== 0) {
    const text =
      key.algorithm === leaf.publicKey.algorithm
        ? badKey('0b000074', 'X.509 certificate', 'KEY_VALUES_MISMATCH')
        : badKey('0b000073', 'X.509 certificate', 'KEY_TYPE_MISMATCH');
    if (hidden !== null) return { kind: 'certificate-defect', text, defect: hidden };
    if (key.overlooked !== null) return { kind: 'key-defect', text, defect: key.overlooked, chain };
    return { kind: 'mismatch', text, chain, key, belongsTo };
  }
  if (leaf.subject.commonName === null && !leaf.hasSubjectAltName) {
    return { kind: 'nameless', text: 'Invalid TLS context has neither subject CN nor SAN names', chain };
  }
  return { kind: 'accepted', chain, key, warnings: chainWarnings(chain.certificates) };
}

/** Envoy's words for a private key that BoringSSL refuses. */
const badKey = (code: string, library: string, reason: string): string =>
  `${BAD_KEY}error:${code}:${library} routines:OPENSSL_internal:${reason}`;

/** Position of the first certificate with this key's public half, or null. */
function ownerOf(key: Key, chain: Chain): number | null {
  const index = chain.certificates.findIndex((certificate) => certificate.publicKey.sha256 === key.publicKeySha256);
  return index < 0 ? null : index;
}

/** Returns why Envoy refuses a certificate as a server's own, or null (symptoms.md 4.1; the rest of a chain may be anything). */
function unsupportedKey(leaf: Certificate): UnsupportedKey | null {
  const { algorithm, curve, bits, unreadable } = leaf.publicKey;
  if (unreadable) return { why: 'unreadable' };
  switch (algorithm) {
    case 'rsa':
      return bits !== null && bits < 2048 ? { why: 'rsa-too-short', bits } : null;
    case 'ec':
      if (curve === null || !CURVES_OF_ENVOY.has(curve)) return { why: 'curve', curve };
      if (leaf.keyUsage === null && leaf.unreadable !== KEY_USAGE) return null;
      return leaf.keyUsage?.includes('digitalSignature') ? null : { why: 'key-usage' };
    case 'ed25519':
      return null;
    default:
      return { why: 'algorithm', algorithm };
  }
}

/** Private keys that BoringSSL cannot read at all; it reads DSA, X25519 and P-224 ones, which then do not match. */
function unreadableKey(key: Key): UnsupportedKey | null {
  switch (key.algorithm) {
    case 'rsa':
    case 'ed25519':
    case 'dsa':
    case 'x25519':
      return null;
    case 'ec':
      return CURVES_OF_ENVOY.has(key.curve ?? '') || key.curve === 'P-224' ? null : { why: 'curve', curve: key.curve };
    default:
      return { why: 'algorithm', algorithm: key.algorithm };
  }
}

function keyDefectText(key: Extract<KeyReading, { kind: 'defect' }>): string {
  switch (key.because) {
    case 'bad-end-line':
      return badKey('09000066', 'PEM', 'BAD_END_LINE');
    case 'bad-base64':
      return badKey('09000064', 'PEM', 'BAD_BASE64_DECODE');
    case 'empty':
      return `${BAD_KEY}unknown`;
    case null:
      break;
  }
  switch (key.defect.kind) {
    case 'empty':
      return NO_KEY;
    case 'encrypted':
      return badKey('09000068', 'PEM', 'BAD_PASSWORD_READ');
    case 'damaged-key':
      return BAD_KEY;
    case 'broken-block':
      return badKey('0900006d', 'PEM', 'NOT_PROC_TYPE');
    default:
      return badKey('0900006e', 'PEM', 'NO_START_LINE');
  }
}

/** What clients mind in a chain that Envoy serves (symptoms.md 4.1 and 5). Nobody checks how a root signed itself. */
function chainWarnings(certificates: readonly Certificate[]): readonly KeyPairWarning[] {
  const warnings: KeyPairWarning[] = [];
  const { algorithm, curve } = certificates[0]!.publicKey;
  if (algorithm === 'ed25519') warnings.push({ kind: 'rarely-offered', index: 0, algorithm: 'Ed25519' });
  if (curve === 'P-521') warnings.push({ kind: 'rarely-offered', index: 0, algorithm: 'P-521' });
  certificates.forEach((certificate, index) => {
    if (certificate.signature.weak && !certificate.isSelfIssued) {
      warnings.push({ kind: 'weak-signature', index, algorithm: certificate.signature.name });
    }
  });
  return warnings;
}
