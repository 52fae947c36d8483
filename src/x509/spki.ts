import { oncePer } from '../model/once.ts';
import { TAG } from './der.ts';

/** The identifiers of the algorithms and curves that Envoy may meet, by the hexadecimal contents of their OID. */
export const ALGORITHM_OIDS = {
  rsa: '2a864886f70d010101',
  rsaPss: '2a864886f70d01010a',
  ec: '2a8648ce3d0201',
  ed25519: '2b6570',
  ed448: '2b6571',
  x25519: '2b656e',
  dsa: '2a8648ce380401',
} as const;

/** A named curve: our name for it, the name OpenSSL uses, the size of its field and, where needed, its prime. */
export interface Curve {
  readonly name: string;
  readonly openssl: string;
  readonly bits: number;
  readonly oid: string;
}

export const CURVES: readonly Curve[] = [
  { name: 'P-256', openssl: 'prime256v1', bits: 256, oid: '2a8648ce3d030107' },
  { name: 'P-384', openssl: 'secp384r1', bits: 384, oid: '2b81040022' },
  { name: 'P-521', openssl: 'secp521r1', bits: 521, oid: '2b81040023' },
  { name: 'P-224', openssl: 'secp224r1', bits: 224, oid: '2b81040021' },
  { name: 'P-192', openssl: 'prime192v1', bits: 192, oid: '2a8648ce3d030101' },
  { name: 'secp256k1', openssl: 'secp256k1', bits: 256, oid: '2b8104000a' },
];

const BY_OID = new Map(CURVES.map((curve) => [curve.oid, curve]));

/** Returns the curve with this OID (hexadecimal contents), or null. */
export const curveByOid = (oid: string): Curve | null => BY_OID.get(oid) ?? null;

/** Returns one DER element. */
function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const { length } = body;
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), body]);
}

const oid = (hex: string): Buffer => element(TAG.oid, Buffer.from(hex, 'hex'));

const bitString = (octets: Uint8Array): Buffer => element(TAG.bitString, Buffer.of(0), octets);

/** The DER before the point: the same for every key of a curve, whose uncompressed points have one length. */
const beforePoint = oncePer((curve: Curve): Buffer => {
  const none = Buffer.alloc(1 + 2 * Math.ceil(curve.bits / 8));
  const algorithm = element(TAG.sequence, oid(ALGORITHM_OIDS.ec), oid(curve.oid));
  const whole = element(TAG.sequence, algorithm, bitString(none));
  return whole.subarray(0, whole.length - none.length);
});

/** Returns the SubjectPublicKeyInfo of an EC key on a named curve (RFC 5480), of its point in uncompressed form. */
export const ecSpki = (curve: Curve, point: Uint8Array): Buffer => Buffer.concat([beforePoint(curve), point]);

/** Returns the SubjectPublicKeyInfo of an RSA key (RFC 3279), of the contents of its two INTEGERs. */
export const rsaSpki = (modulus: Uint8Array, exponent: Uint8Array): Buffer =>
  element(
    TAG.sequence,
    element(TAG.sequence, oid(ALGORITHM_OIDS.rsa), element(TAG.null)),
    bitString(element(TAG.sequence, element(TAG.integer, modulus), element(TAG.integer, exponent))),
  );

/** Returns the SubjectPublicKeyInfo of an Ed25519 key (RFC 8410). */
export const ed25519Spki = (point: Uint8Array): Buffer =>
  element(TAG.sequence, element(TAG.sequence, oid(ALGORITHM_OIDS.ed25519)), bitString(point));
