import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derOf, makeCa, makeCrl, makeLeaf, pemOf } from '../../src/pages/certificates.ts';
import { type Content, judgeCluster } from './secrets.ts';

const root = makeCa({ cn: 'hostile root' });
const issuing = makeCa({ cn: 'hostile issuing', ca: root });
const leaf = makeLeaf({ cn: 'shop.example.com', sans: ['shop.example.com', '*.example.com'], ca: issuing });
const rsa = makeLeaf({ cn: 'shop.example.com', sans: ['shop.example.com'], ca: root, key: 'rsa2048' });

const good = {
  'tls.crt': Buffer.from(leaf.pem + issuing.pem),
  'tls.key': leaf.key(),
  'ca.crt': Buffer.from(root.pem + issuing.pem),
  'ca.crl': makeCrl({ ca: root }),
} satisfies Content;
const keys = Object.keys(good) as (keyof typeof good)[];

/** Bytes of the good fields, PEM and DER, from which hostile ones are made. */
const material: readonly Buffer[] = [
  ...Object.values(good),
  rsa.key(),
  rsa.traditionalKey(),
  leaf.encryptedKey(),
  leaf.der,
  derOf(leaf.key()),
  derOf(good['ca.crl']),
];

const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const place = fc.double({ min: 0, max: 1, noNaN: true });

/** A stretch of the bytes replaced by others: noise, or a part of another field. */
const damaged = fc
  .tuple(fc.constantFrom(...material), place, place, fc.oneof(noise, fc.constantFrom(...material)))
  .map(([base, from, length, by]) => {
    const start = Math.floor(from * base.length);
    const end = start + Math.floor(length * length * (base.length - start));
    return Buffer.concat([base.subarray(0, start), by.subarray(0, 200), base.subarray(end)]);
  });

/** Good PEM around DER with some bytes changed: what parsers of certificates, keys and lists meet. */
const rewrapped = fc
  .tuple(
    fc.constantFrom(leaf.der, root.der, derOf(leaf.key()), derOf(rsa.traditionalKey()), derOf(good['ca.crl'])),
    fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 6 }),
    fc.constantFrom(
      'CERTIFICATE',
      'X509 CRL',
      'PRIVATE KEY',
      'EC PRIVATE KEY',
      'RSA PRIVATE KEY',
      'TRUSTED CERTIFICATE',
    ),
  )
  .map(([der, changes, label]) => {
    const changed = Buffer.from(der);
    for (const [at, value] of changes) changed[Math.floor(at * (changed.length - 1))] = value;
    return Buffer.from(pemOf(label, changed));
  });

const bytes = fc.oneof(noise, damaged, rewrapped);

/** The good Secret with one to four hostile fields. */
const content: fc.Arbitrary<Content> = fc
  .dictionary(fc.constantFrom(...keys, 'cert', 'key', 'cacert', 'crl'), bytes, { minKeys: 1, maxKeys: 4 })
  .map((fields) => ({ ...good, ...fields }));

const parts = [leaf.key(), rsa.key(), rsa.traditionalKey()].flatMap(
  (key) => derOf(key).toString('base64').match(/.{24}/g) ?? [],
);

describe('hostile bytes in Secrets', () => {
  it('never make a rule throw, and never show a private key', () => {
    const modes = fc.constantFrom('SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL');
    fc.assert(
      fc.property(content, content, modes, (first, second, mode) => {
        const { findings, undecided, internalErrors } = judgeCluster({
          secrets: { 'shop-tls': first, 'www-tls': second },
          tls: `{mode: ${mode}, credentialNames: [shop-tls, www-tls]}`,
          hosts: ['shop.example.com', '*.example.com'],
        });
        expect(internalErrors.map(({ rule, stack }) => `${rule}: ${stack}`)).toEqual([]);
        const text = JSON.stringify([findings, undecided]);
        expect(parts.filter((part) => text.includes(part)).length).toBe(0);
        for (const { message, remedy, symptom } of findings) {
          expect(message.length).toBeLessThan(1000);
          expect(`${message}${remedy}${symptom}`).not.toMatch(/undefined|null|NaN|\[object/);
        }
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('are cut where names have no end', () => {
    const long = 'x'.repeat(20_000);
    const ca = makeCa({ cn: long, notAfter: '2026-02-01' });
    const names = makeLeaf({ cn: long, sans: [`${long}.example.com`, long], ca, aia: `http://${long}/` });
    const content = {
      'tls.crt': names.pem + ca.pem,
      'tls.key': names.key(),
      'ca.crt': ca.pem,
      'ca.crl': makeCrl({ ca: root }),
    };
    const { findings, internalErrors } = judgeCluster({
      secrets: { 'shop-tls': content },
      tls: '{mode: MUTUAL, credentialName: shop-tls}',
    });
    expect(internalErrors).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toContain('client-ca-expired');
    for (const { message, symptom, related } of findings) {
      expect(message.length + symptom.length).toBeLessThan(2000);
      expect(JSON.stringify(related).length).toBeLessThan(3000);
    }
  });
});
