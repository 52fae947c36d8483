import { createECDH, ECDH } from 'node:crypto';
import { oncePer } from '../model/once.ts';
import { sha256Hex } from './content.ts';
import { type Curve, ecSpki } from './spki.ts';

/**
 * OpenSSL's objects, used again: making one takes as long as the multiplication. Each key erases the one before; the last
 * of each curve stays in OpenSSL's memory until the process ends.
 */
const ecdhOf = oncePer((curve: Curve) => createECDH(curve.openssl));

/** The public half of an EC key. */
export interface EcPoint {
  /** In its uncompressed form. */
  readonly octets: Buffer;
  /** SHA-256 of the SubjectPublicKeyInfo with it. */
  readonly sha256: string;
}

const pointWith = (curve: Curve, octets: Buffer): EcPoint => ({ octets, sha256: sha256Hex(ecSpki(curve, octets)) });

/** The point of the last private key: the certificate that is read after it mostly has the same one. */
let computed: { readonly curve: Curve; readonly point: EcPoint } | null = null;

/** Returns the public point of a secret scalar, or null when the curve has none for it. */
export function publicPoint(curve: Curve, scalar: Uint8Array): EcPoint | null {
  try {
    const ecdh = ecdhOf(curve);
    ecdh.setPrivateKey(scalar);
    const point = pointWith(curve, ecdh.getPublicKey());
    computed = { curve, point };
    return point;
  } catch {
    // The error is dropped: it may quote what it was given. Some builds of OpenSSL lack a curve.
    return null;
  }
}

/** Returns the point that some octets spell, so that both spellings of one key are one key; null when it is not on the curve. */
export function pointOf(curve: Curve, point: Uint8Array): EcPoint | null {
  if (computed?.curve === curve && computed.point.octets.equals(point)) return computed.point;
  // OpenSSL also reads the hybrid form, which neither Go nor BoringSSL knows.
  if (point[0] !== 0x02 && point[0] !== 0x03 && point[0] !== 0x04) return null;
  try {
    return pointWith(curve, ECDH.convertKey(point, curve.openssl, undefined, undefined, 'uncompressed') as Buffer);
  } catch {
    return null;
  }
}
