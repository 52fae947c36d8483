import { createPrivateKey, createPublicKey } from 'node:crypto';
import { sha256Hex } from './content.ts';
import {
  bitStringOctets,
  childrenOf,
  contentsHex,
  contentsOf,
  type DerElement,
  isOid,
  readElement,
  TAG,
} from './der.ts';
import { dottedOid } from './distinguished-name.ts';
import { type EcPoint, pointOf, publicPoint } from './ec-point.ts';
import { bufferOf } from './pem.ts';
import { algorithmOf, integerBits, type KeyAlgorithm, MAX_MODULUS_BITS } from './public-key.ts';
import { CURVES, type Curve, curveByOid, ed25519Spki, rsaSpki } from './spki.ts';

/** What a private key's DER says of its public half; null where BoringSSL cannot read the key (damaged or made up). */
export interface KeyMaterial {
  readonly algorithm: KeyAlgorithm;
  readonly bits: number | null;
  readonly curve: string | null;
  /** null for a key of a kind that no server certificate of Envoy can have. */
  readonly publicKeySha256: string | null;
}

const sequenceOf = (der: Uint8Array): readonly DerElement[] | null => {
  const outer = readElement(der, 0, der.length);
  return outer?.tag === TAG.sequence ? childrenOf(der, outer) : null;
};

const isNumber = (der: Uint8Array, element: DerElement, hex: string): boolean =>
  element.tag === TAG.integer && contentsHex(der, element) === hex;

const isUnsigned = (der: Uint8Array, element: DerElement): boolean =>
  integerBits(der, element) !== null || isNumber(der, element, '00');

function onlyChild(der: Uint8Array, parent: DerElement): DerElement | null {
  const child = readElement(der, parent.contents, parent.end);
  return child?.end === parent.end ? child : null;
}

const unreadable = (algorithm: KeyAlgorithm, curve: string | null = null): KeyMaterial => ({
  algorithm,
  bits: null,
  curve,
  publicKeySha256: null,
});

/** Returns the facts of a PKCS#8 PrivateKeyInfo (RFC 5208, RFC 5958), or null. */
export function readPkcs8(der: Uint8Array): KeyMaterial | null {
  const [version, algorithm, key] = sequenceOf(der) ?? [];
  if (version === undefined || algorithm?.tag !== TAG.sequence || key?.tag !== TAG.octetString) return null;
  const [oid, parameters] = childrenOf(der, algorithm) ?? [];
  if (!isNumber(der, version, '00') || oid === undefined || !isOid(der, oid)) return null;
  const octets = contentsOf(der, key);
  const kind = algorithmOf(contentsHex(der, oid));
  switch (kind) {
    case 'rsa':
      return readPkcs1(octets);
    case 'ec':
      // Without parameters outside BoringSSL does not look for them inside.
      return parameters === undefined || curveOf(der, parameters) === null
        ? null
        : readEcKey(octets, curveOf(der, parameters));
    case 'ed25519': {
      const inner = readElement(octets, 0, octets.length);
      if (inner?.tag !== TAG.octetString || inner.end - inner.contents !== 32) return null;
      return ed25519Material(der);
    }
    default:
      return unreadable(kind);
  }
}

/** Returns the facts of a PKCS#1 RSAPrivateKey (RFC 8017 A.1.2), or null; its numbers must fit together, as BoringSSL asks. */
export function readPkcs1(der: Uint8Array): KeyMaterial | null {
  const parts = sequenceOf(der);
  if (parts?.length !== 9) return null;
  const isFine = (part: DerElement): boolean =>
    (integerBits(der, part) ?? 0) <= MAX_MODULUS_BITS && isUnsigned(der, part);
  if (!parts.every(isFine)) return null;
  const numbers = parts.map((part) => BigInt(`0x${contentsHex(der, part)}`));
  const [version, n, e, d, p, q, dp, dq, inverse] = numbers as [bigint, ...bigint[]];
  if (version !== 0n || n === undefined || e === undefined || e < 3n || e % 2n === 0n) return null;
  if (p! < 2n || q! < 2n || p! * q! !== n) return null;
  if (dp !== d! % (p! - 1n) || dq !== d! % (q! - 1n)) return null;
  if ((e * dp) % (p! - 1n) !== 1n || (e * dq) % (q! - 1n) !== 1n) return null;
  if ((inverse! * q!) % p! !== 1n) return null;
  const spki = rsaSpki(contentsOf(der, parts[1]!), contentsOf(der, parts[2]!));
  return { algorithm: 'rsa', bits: integerBits(der, parts[1]!), curve: null, publicKeySha256: sha256Hex(spki) };
}

/** Returns the facts of a SEC 1 ECPrivateKey (RFC 5915), or null. */
export const readSec1 = (der: Uint8Array): KeyMaterial | null => readEcKey(der, null);

function readEcKey(der: Uint8Array, outer: Curve | string | null): KeyMaterial | null {
  const [version, secret, ...optional] = sequenceOf(der) ?? [];
  if (version === undefined || !isNumber(der, version, '01') || secret?.tag !== TAG.octetString) return null;
  const parameters = optional[0]?.tag === 0xa0 ? optional.shift() : undefined;
  const written = optional[0]?.tag === 0xa1 ? optional.shift() : undefined;
  if (optional.length > 0) return null;
  const inside = parameters === undefined ? null : onlyChild(der, parameters);
  const inner = inside === null ? null : curveOf(der, inside);
  if (parameters !== undefined && inner === null) return null;
  const curve = outer ?? inner;
  if (curve === null || (inner !== null && inner !== curve)) return null;
  if (typeof curve === 'string') return unreadable('ec', curve);
  const point = publicPoint(curve, contentsOf(der, secret));
  if (point === null) return null;
  if (written !== undefined) {
    const bits = onlyChild(der, written);
    const octets = bits === null ? null : bitStringOctets(der, bits);
    if (octets === null || !isPoint(curve, octets, point)) return null;
  }
  return { algorithm: 'ec', bits: curve.bits, curve: curve.name, publicKeySha256: point.sha256 };
}

/** True for both spellings of a point. */
function isPoint(curve: Curve, octets: Uint8Array, point: EcPoint): boolean {
  if (point.octets.equals(octets)) return true;
  return pointOf(curve, octets)?.octets.equals(point.octets) ?? false;
}

/** The named curve of EC parameters; spelled-out parameters are known by their prime. The text names any other curve. */
function curveOf(der: Uint8Array, parameters: DerElement): Curve | string | null {
  if (isOid(der, parameters)) return curveByOid(contentsHex(der, parameters)) ?? dottedOid(contentsOf(der, parameters));
  if (parameters.tag !== TAG.sequence) return null;
  const [, field] = childrenOf(der, parameters) ?? [];
  const prime = field?.tag === TAG.sequence ? childrenOf(der, field)?.[1] : undefined;
  const hex = prime === undefined ? '' : contentsHex(der, prime).replace(/^00/, '');
  return CURVES.find((curve) => PRIMES[curve.name] === hex) ?? 'explicit';
}

const PRIMES: Readonly<Record<string, string>> = {
  'P-224': `${'f'.repeat(32)}${'0'.repeat(23)}1`,
  'P-256': `ffffffff00000001${'0'.repeat(24)}${'f'.repeat(24)}`,
  'P-384': `${'f'.repeat(63)}effffffff${'0'.repeat(16)}ffffffff`,
  'P-521': `01${'f'.repeat(130)}`,
};

function ed25519Material(pkcs8: Uint8Array): KeyMaterial | null {
  try {
    const key = createPublicKey(createPrivateKey({ key: bufferOf(pkcs8), format: 'der', type: 'pkcs8' }));
    const { x } = key.export({ format: 'jwk' });
    const spki = ed25519Spki(Buffer.from(x ?? '', 'base64url'));
    return { algorithm: 'ed25519', bits: 256, curve: null, publicKeySha256: sha256Hex(spki) };
  } catch {
    return null;
  }
}
