import { createECDH, ECDH } from 'node:crypto';
import { oncePer } from '../model/once.ts';
import type { Curve } from './spki.ts';

/**
 * OpenSSL's objects, used again: making one takes as long as the multiplication. Each key erases the one before; the last
 * of each curve stays in OpenSSL's memory until the process ends.
 */
const ecdhOf = oncePer((curve: Curve) => createECDH(curve.openssl));

/** The point of the last private key: the certificate that is read after it mostly has the same one. */
let computed: { readonly curve: Curve; readonly point: Buffer } | null = null;

/** Returns the public point of a secret scalar in its uncompressed form, or null when the curve has none for it. */
export function publicPoint(curve: Curve, scalar: Uint8Array): Buffer | null {
  try {
    const ecdh = ecdhOf(curve);
    ecdh.setPrivateKey(scalar);
    const point = ecdh.getPublicKey();
    computed = { curve, point };
    return point;
  } catch {
    // The error is dropped: it may quote what it was given. Some builds of OpenSSL lack a curve.
    return null;
  }
}

/** Returns a point in its uncompressed form, so that both spellings of one key are one key; null when it is not on the curve. */
export function pointOf(curve: Curve, point: Uint8Array): Uint8Array | null {
  if (computed?.curve === curve && computed.point.equals(point)) return point;
  // OpenSSL also reads the hybrid form, which neither Go nor BoringSSL knows.
  if (point[0] !== 0x02 && point[0] !== 0x03 && point[0] !== 0x04) return null;
  try {
    return ECDH.convertKey(point, curve.openssl, undefined, undefined, 'uncompressed') as Buffer;
  } catch {
    return null;
  }
}
