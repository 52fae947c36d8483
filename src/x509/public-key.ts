import { sha256Hex } from './content.ts';
import {
  bitStringOctets,
  bitsOf,
  childrenOf,
  contentsHex,
  contentsOf,
  type DerElement,
  isInteger,
  isOid,
  readElement,
  TAG,
} from './der.ts';
import { dottedOid } from './distinguished-name.ts';
import { pointOf } from './ec-point.ts';
import { ALGORITHM_OIDS, curveByOid } from './spki.ts';

export type KeyAlgorithm = 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'x25519' | 'dsa' | 'other';

/** What is known of a public key. Two keys are the same when `sha256` is. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm;
  /** Dotted object identifier of the algorithm. */
  readonly oid: string;
  /** Size of the modulus, the prime or the curve; null where nothing is known of the algorithm. */
  readonly bits: number | null;
  /** `P-256`, `P-384`, ... `secp256k1`, the dotted identifier of any other curve, `explicit` for spelled-out parameters. */
  readonly curve: string | null;
  /** SHA-256 of the SubjectPublicKeyInfo, with the point of an EC key in its uncompressed form. */
  readonly sha256: string;
  /** Nobody can read the key: a point that is not on its curve, no numbers where RSA wants them. */
  readonly unreadable: boolean;
  /** Go refuses it: unreadable, a curve it does not know, a compressed point, an RSA key without its NULL (RFC 3279). */
  readonly refusedByGo: boolean;
}

/** The curves of Go's crypto/x509. */
const CURVES_OF_GO = new Set(['P-224', 'P-256', 'P-384', 'P-521']);

const ALGORITHMS: Readonly<Record<string, KeyAlgorithm>> = {
  [ALGORITHM_OIDS.rsa]: 'rsa',
  [ALGORITHM_OIDS.rsaPss]: 'rsa-pss',
  [ALGORITHM_OIDS.ec]: 'ec',
  [ALGORITHM_OIDS.ed25519]: 'ed25519',
  [ALGORITHM_OIDS.ed448]: 'ed448',
  [ALGORITHM_OIDS.x25519]: 'x25519',
  [ALGORITHM_OIDS.dsa]: 'dsa',
};

/** Returns the algorithm with this OID (hexadecimal contents). */
export const algorithmOf = (oid: string): KeyAlgorithm => ALGORITHMS[oid] ?? 'other';

/**
 * Returns the facts of a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), or null when it is none. A key that nobody can
 * read is marked so: Envoy looks only at the leaf's.
 */
export function readPublicKey(der: Uint8Array, spki: DerElement): PublicKey | null {
  const [algorithm, key, ...rest] = (spki.tag === TAG.sequence ? childrenOf(der, spki) : null) ?? [];
  if (algorithm?.tag !== TAG.sequence || key?.tag !== TAG.bitString || rest.length > 0) return null;
  const [oid, parameters] = childrenOf(der, algorithm) ?? [];
  if (oid === undefined || !isOid(der, oid) || bitsOf(der, key) === null) return null;
  const kind = algorithmOf(contentsHex(der, oid));
  const octets = bitStringOctets(der, key);
  const facts = octets === null ? null : factsOf(kind, der, parameters, octets);
  return {
    algorithm: kind,
    oid: dottedOid(contentsOf(der, oid)),
    bits: facts?.bits ?? null,
    curve: facts?.curve ?? null,
    sha256: facts?.sha256 ?? sha256Hex(der.subarray(spki.start, spki.end)),
    unreadable: facts === null,
    refusedByGo: facts?.refusedByGo ?? facts === null,
  };
}

/** What is special about a key of this algorithm; null when it is unreadable. */
function factsOf(
  kind: KeyAlgorithm,
  der: Uint8Array,
  parameters: DerElement | undefined,
  octets: Uint8Array,
): Partial<PublicKey> | null {
  switch (kind) {
    case 'rsa':
    case 'rsa-pss': {
      const bits = modulusBits(octets);
      return bits === null ? null : { bits, refusedByGo: kind === 'rsa' && parameters?.tag !== TAG.null };
    }
    case 'ec': {
      if (parameters === undefined) return null;
      if (parameters.tag !== TAG.oid) return { curve: 'explicit', refusedByGo: true };
      const curve = curveByOid(contentsHex(der, parameters));
      if (curve === null) return { curve: dottedOid(contentsOf(der, parameters)), refusedByGo: true };
      const point = pointOf(curve, octets);
      if (point === null) return null;
      const refusedByGo = octets[0] !== 0x04 || !CURVES_OF_GO.has(curve.name);
      return { bits: curve.bits, curve: curve.name, refusedByGo, sha256: point.sha256 };
    }
    case 'ed25519':
      return parameters !== undefined || octets.length !== 32 ? null : { bits: 256 };
    case 'dsa': {
      const prime = parameters?.tag === TAG.sequence ? childrenOf(der, parameters)?.[0] : undefined;
      return { bits: prime === undefined ? null : integerBits(der, prime) };
    }
    case 'ed448':
    case 'x25519':
    case 'other':
      return {};
  }
}

/** Longer RSA numbers are refused by BoringSSL, and cost time. */
export const MAX_MODULUS_BITS = 16_384;

function modulusBits(octets: Uint8Array): number | null {
  const sequence = readElement(octets, 0, octets.length);
  const parts = sequence?.tag === TAG.sequence && sequence.end === octets.length ? childrenOf(octets, sequence) : null;
  if (parts?.length !== 2) return null;
  // For BoringSSL the modulus is odd and the exponent odd, more than 1 and at most 33 bits long.
  const exponent = integerBits(octets, parts[1]!);
  if (exponent === null || exponent < 2 || exponent > 33 || octets[parts[1]!.end - 1]! % 2 === 0) return null;
  const bits = octets[parts[0]!.end - 1]! % 2 === 0 ? null : integerBits(octets, parts[0]!);
  return bits === null || bits > MAX_MODULUS_BITS ? null : bits;
}

/** Returns the length of a positive INTEGER in bits, or null. */
export function integerBits(der: Uint8Array, element: DerElement): number | null {
  if (!isInteger(der, element) || der[element.contents]! >= 0x80) return null;
  const from = der[element.contents] === 0 ? element.contents + 1 : element.contents;
  return from === element.end ? null : (element.end - from - 1) * 8 + (32 - Math.clz32(der[from]!));
}
