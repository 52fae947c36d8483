import { createECDH, createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { pointOf, publicPoint } from '../../src/x509/ec-point.ts';
import { CURVES, type Curve, ecSpki } from '../../src/x509/spki.ts';

const curve = (name: string): Curve => CURVES.find((c) => c.name === name)!;
const [p256, k256] = [curve('P-256'), curve('secp256k1')];

function pair(of: Curve): { readonly secret: Buffer; readonly point: Buffer; readonly compressed: Buffer } {
  const ecdh = createECDH(of.openssl);
  const point = ecdh.generateKeys();
  return { secret: ecdh.getPrivateKey(), point, compressed: ecdh.getPublicKey(null, 'compressed') };
}

test('the points of many keys of several curves, one after the other', () => {
  const made = Array.from({ length: 20 }, (_, i) => ({ of: CURVES[i % CURVES.length]! })).map(({ of }) => ({
    of,
    ...pair(of),
  }));
  for (const { of, secret, point } of made) expect(publicPoint(of, secret)?.octets.equals(point)).toBe(true);
});

test('a point is read in both spellings, and only on its own curve', () => {
  const { secret, point, compressed } = pair(p256);
  for (const isKeyRead of [false, true]) {
    if (isKeyRead) publicPoint(p256, secret);
    expect(pointOf(p256, point)?.octets.equals(point)).toBe(true);
    expect(pointOf(p256, compressed)?.octets.equals(point)).toBe(true);
    expect(pointOf(k256, point)).toBeNull();
    const off = Buffer.from(point);
    off[64]! ^= 1;
    expect(pointOf(p256, off)).toBeNull();
    const hybrid = Buffer.from(point);
    hybrid[0] = 6 + (point[64]! & 1);
    expect(pointOf(p256, hybrid)).toBeNull();
  }
});

test('a scalar that is none, and a curve that OpenSSL lacks, give no point', () => {
  for (const scalar of ['', '00', 'ff'.repeat(32), 'ff'.repeat(40)])
    expect(publicPoint(p256, Buffer.from(scalar, 'hex'))).toBeNull();
  expect(publicPoint({ name: 'x', openssl: 'no-such', bits: 1, oid: '' }, Buffer.of(1))).toBeNull();
});

test('the public key of each curve is written as OpenSSL writes it', () => {
  for (const of of CURVES) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: of.openssl });
    const theirs = publicKey.export({ type: 'spki', format: 'der' });
    const point = theirs.subarray(-(1 + 2 * Math.ceil(of.bits / 8)));
    expect(ecSpki(of, point).toString('hex')).toBe(theirs.toString('hex'));
    expect(pointOf(of, point)?.sha256).toBe(createHash('sha256').update(theirs).digest('hex'));
  }
});
