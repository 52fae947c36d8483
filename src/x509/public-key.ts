import { ECDH } from 'node:crypto';
import { sha256Hex } from './content.ts';
import {
  bitStringOctets,
  childrenOf,
  contentsHex,
  contentsOf,
  type DerElement,
  isInteger,
  readElement,
  TAG,
} from './der.ts';
import { dottedOid } from './distinguished-name.ts';
import { bufferOf } from './pem.ts';

export type KeyAlgorithm = 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'dsa' | 'other';

/** What is known of a public key. Two keys are the same when `sha256` is. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm;
  /** Dotted object identifier of the algorithm. */
  readonly oid: string;
  /** Size of the modulus, the prime or the curve; null where nothing is known of the algorithm. */
  readonly bits: number | null;
  /** NIST or SEC name of the curve, its dotted identifier when it has none here, `explicit` for spelled-out parameters. */
  readonly curve: string | null;
  /** SHA-256 of the SubjectPublicKeyInfo, with the point of an EC key in its uncompressed form. */
  readonly sha256: string;
}

const ALGORITHMS: Readonly<Record<string, KeyAlgorithm>> = {
  '2a864886f70d010101': 'rsa',
  '2a864886f70d01010a': 'rsa-pss',
  '2a8648ce3d0201': 'ec',
  '2b6570': 'ed25519',
  '2b6571': 'ed448',
  '2a8648ce380401': 'dsa',
};

const CURVES: Readonly<Record<string, { readonly name: string; readonly bits: number; readonly openssl: string }>> = {
  '2a8648ce3d030107': { name: 'P-256', bits: 256, openssl: 'prime256v1' },
  '2b81040022': { name: 'P-384', bits: 384, openssl: 'secp384r1' },
  '2b81040023': { name: 'P-521', bits: 521, openssl: 'secp521r1' },
  '2b81040021': { name: 'P-224', bits: 224, openssl: 'secp224r1' },
  '2a8648ce3d030101': { name: 'P-192', bits: 192, openssl: 'prime192v1' },
  '2b8104000a': { name: 'secp256k1', bits: 256, openssl: 'secp256k1' },
};

/** Returns the facts of a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), or null when it is none. */
export function readPublicKey(der: Uint8Array, spki: DerElement): PublicKey | null {
  const [algorithm, key, ...rest] = (spki.tag === TAG.sequence ? childrenOf(der, spki) : null) ?? [];
  if (algorithm?.tag !== TAG.sequence || key?.tag !== TAG.bitString || rest.length > 0) return null;
  const [oid, parameters] = childrenOf(der, algorithm) ?? [];
  const octets = bitStringOctets(der, key);
  if (oid?.tag !== TAG.oid || octets === null) return null;
  const kind = ALGORITHMS[contentsHex(der, oid)] ?? 'other';
  const facts = { algorithm: kind, oid: dottedOid(contentsOf(der, oid)), curve: null };
  const whole = der.subarray(spki.start, spki.end);
  switch (kind) {
    case 'rsa':
    case 'rsa-pss': {
      const bits = modulusBits(octets);
      return bits === null ? null : { ...facts, bits, sha256: sha256Hex(whole) };
    }
    case 'ec': {
      if (parameters === undefined) return null;
      if (parameters.tag !== TAG.oid) return { ...facts, bits: null, curve: 'explicit', sha256: sha256Hex(whole) };
      const curve = CURVES[contentsHex(der, parameters)];
      if (curve === undefined) {
        return { ...facts, bits: null, curve: dottedOid(contentsOf(der, parameters)), sha256: sha256Hex(whole) };
      }
      const sha256 = ecSha256(whole, octets, curve);
      return sha256 === null ? null : { ...facts, bits: curve.bits, curve: curve.name, sha256 };
    }
    case 'ed25519':
    case 'ed448': {
      const length = kind === 'ed25519' ? 32 : 57;
      if (parameters !== undefined || octets.length !== length) return null;
      return { ...facts, bits: kind === 'ed25519' ? 256 : 456, sha256: sha256Hex(whole) };
    }
    case 'dsa': {
      const prime = parameters?.tag === TAG.sequence ? childrenOf(der, parameters)?.[0] : undefined;
      return { ...facts, bits: prime === undefined ? null : integerBits(der, prime), sha256: sha256Hex(whole) };
    }
    case 'other':
      return { ...facts, bits: null, sha256: sha256Hex(whole) };
  }
}

function modulusBits(octets: Uint8Array): number | null {
  const sequence = readElement(octets, 0, octets.length);
  const parts = sequence?.tag === TAG.sequence && sequence.end === octets.length ? childrenOf(octets, sequence) : null;
  if (parts?.length !== 2 || !isInteger(octets, parts[1]!)) return null;
  return integerBits(octets, parts[0]!);
}

/** The length of a positive INTEGER in bits, or null. */
function integerBits(der: Uint8Array, element: DerElement): number | null {
  if (!isInteger(der, element) || der[element.contents]! >= 0x80) return null;
  const from = der[element.contents] === 0 ? element.contents + 1 : element.contents;
  return from === element.end ? null : (element.end - from - 1) * 8 + (32 - Math.clz32(der[from]!));
}

/** The hash of an EC SubjectPublicKeyInfo whose point is spelled out, so that both spellings of one key are one key. */
function ecSha256(
  spki: Uint8Array,
  point: Uint8Array,
  curve: { readonly bits: number; readonly openssl: string },
): string | null {
  const size = Math.ceil(curve.bits / 8);
  if (point[0] === 0x04) return point.length === 1 + 2 * size ? sha256Hex(spki) : null;
  if ((point[0] !== 0x02 && point[0] !== 0x03) || point.length !== 1 + size) return null;
  try {
    const full = ECDH.convertKey(bufferOf(point), curve.openssl, undefined, undefined, 'uncompressed') as Buffer;
    return sha256Hex(uncompressedSpki(spki, full));
  } catch {
    return null;
  }
}

/** The SubjectPublicKeyInfo of a compressed point, written again with the full point. */
function uncompressedSpki(spki: Uint8Array, full: Uint8Array): Uint8Array {
  const outer = readElement(spki, 0, spki.length)!;
  const algorithm = readElement(spki, outer.contents, outer.end)!;
  const bits = wrapped(TAG.bitString, Buffer.concat([Buffer.from([0]), full]));
  return wrapped(TAG.sequence, Buffer.concat([spki.subarray(algorithm.start, algorithm.end), bits]));
}

function wrapped(tag: number, contents: Uint8Array): Buffer {
  const length = contents.length;
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), contents]);
}
