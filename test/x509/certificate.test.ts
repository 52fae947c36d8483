import { X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CertificateOptions, derOf, type KeyKind, makeCa, makeLeaf, pemOf } from '../../src/pages/certificates.ts';
import { type Certificate, readCertificate, readFirstCertificate } from '../../src/x509/certificate.ts';
import { oracle } from './mutations.ts';

const read = (options: CertificateOptions): Certificate => readCertificate(makeLeaf(options).der)!;
const kinds: readonly KeyKind[] = ['rsa1024', 'rsa2048', 'p224', 'p256', 'p384', 'p521', 'secp256k1', 'ed25519'];

describe('readCertificate', () => {
  const ca = makeCa({ organization: 'Acme, Inc' });
  const full = makeLeaf({
    ca,
    cn: 'shop.example.com',
    organization: 'Läden "R" Us + Co',
    serial: '0f00ab',
    sans: ['shop.example.com', '*.example.com'],
    ips: ['10.1.2.3', '2001:db8::1:0:0:1'],
    uris: ['https://x.test/', 'spiffe://cluster.local/ns/a/sa/b'],
    eku: ['serverAuth', 'clientAuth'],
    keyUsage: [0, 2],
    aia: 'http://ca.test/ca.crt',
    notBefore: '2026-01-02T03:04:05Z',
    notAfter: '2051-01-02T03:04:05Z',
  });

  it('reads every fact', () => {
    expect(readCertificate(full.der)).toMatchObject({
      version: 3,
      serial: 'f00ab',
      subject: { text: 'CN=shop.example.com,O=Läden \\"R\\" Us \\+ Co', commonName: 'shop.example.com' },
      issuer: { text: 'CN=test root,O=Acme\\, Inc', commonName: 'test root' },
      isSelfIssued: false,
      isCa: false,
      notBefore: new Date('2026-01-02T03:04:05Z'),
      notAfter: new Date('2051-01-02T03:04:05Z'),
      dnsNames: ['shop.example.com', '*.example.com'],
      ipAddresses: ['10.1.2.3', '2001:db8::1:0:0:1'],
      uris: ['https://x.test/', 'spiffe://cluster.local/ns/a/sa/b'],
      hasSubjectAltName: true,
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsage: ['serverAuth', 'clientAuth'],
      caIssuers: ['http://ca.test/ca.crt'],
      publicKey: { algorithm: 'ec', bits: 256, curve: 'P-256', oid: '1.2.840.10045.2.1' },
      signature: { name: 'ecdsaWithSHA256', weak: false },
      authorityKeyId: readCertificate(ca.der)!.subjectKeyId,
      unreadable: null,
      refusedByGo: false,
    });
  });

  it('agrees with node:crypto on the test certificates and on every kind of key', () => {
    const files = readdirSync(new URL('../oracle/certs/', import.meta.url)).filter((file) => file.endsWith('.crt'));
    const all = [full.der, ...files.map((file) => new X509Certificate(oracle(file)).raw)];
    for (const key of kinds) all.push(makeLeaf({ key, sans: ['a.test'] }).der);
    for (const der of all) {
      const theirs = new X509Certificate(der);
      const ours = readCertificate(der)!;
      expect(ours.sha256).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase());
      expect(ours.serial).toBe(theirs.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''));
      expect(ours.isCa).toBe(theirs.ca);
      expect(ours.notBefore).toEqual(new Date(theirs.validFrom));
      expect(ours.notAfter).toEqual(new Date(theirs.validTo));
      const names = ours.dnsNames.map((name) => `DNS:${name}`);
      expect((theirs.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('DNS:'))).toEqual(names);
      const details = theirs.publicKey.asymmetricKeyDetails!;
      if (details.modulusLength !== undefined) expect(ours.publicKey.bits).toBe(details.modulusLength);
    }
  });

  it('knows self-issued certificates, authorities and weak signatures', () => {
    expect(readCertificate(ca.der)).toMatchObject({
      isSelfIssued: true,
      isCa: true,
      keyUsage: ['keyCertSign', 'cRLSign'],
    });
    expect(read({ hash: 'sha1' }).signature).toEqual({ name: 'ecdsaWithSHA1', weak: true });
    expect(read({ hash: 'sha1', key: 'rsa2048' }).signature).toEqual({ name: 'sha1WithRSA', weak: true });
    expect(read({ version: 1 })).toMatchObject({ version: 1, hasSubjectAltName: false, keyUsage: null });
  });

  it('compares names as RFC 5280 does, and keeps control characters out of texts', () => {
    const child = makeLeaf({ ca: makeCa({ cn: 'Test  Root' }) });
    expect(readCertificate(child.der)!.issuer.key).toBe(read({ cn: 'test root' }).subject.key);
    expect(read({ cn: 'a\u001b[31m\r\n' }).subject.text).toBe('CN=a\\1b[31m\\0d\\0a');
  });

  it('is not fooled by bytes around or inside', () => {
    expect(readCertificate(Buffer.concat([full.der, Buffer.of(0)]))).toBeNull();
    expect(readCertificate(full.der.subarray(0, -1))).toBeNull();
    expect(readCertificate(Buffer.alloc(0))).toBeNull();
    expect(readCertificate(makeLeaf().keyObject().export({ type: 'pkcs8', format: 'der' }))).toBeNull();
  });

  it('counts a wildcard certificate’s serial of 20 bytes in full', () => {
    expect(readFirstCertificate(oracle('wildcard.crt'))!.serial).toBe('5a10c0ffee00112233445566778899aabbccddee');
  });
});

describe('readFirstCertificate', () => {
  const first = makeLeaf({ serial: '11' });
  const second = makeLeaf({ serial: '22' });
  const serial = (text: string): string | null => readFirstCertificate(Buffer.from(text, 'latin1'))?.serial ?? null;

  it.each([
    ['the first of a chain', first.pem + second.pem, '11'],
    ['whatever its label', first.pem.replaceAll('CERTIFICATE', 'ANYTHING'), '11'],
    ['behind text', `bag attributes\n${first.pem}`, '11'],
    ['with headers', first.pem.replace('-----\n', '-----\nA: b\n\n'), '11'],
    ['with blanks in its base64', first.pem.replaceAll('A', ' A\t'), '11'],
    ['not a key before it', pemOf('EC PARAMETERS', Buffer.from('06082a8648ce3d030107', 'hex')) + first.pem, null],
    ['the next one when it is indented', first.pem.replace(/^-/gm, ' -') + second.pem, '22'],
    ['the next one when its base64 is broken', first.pem.replace('MII', 'M!I') + second.pem, '22'],
    ['the next one when its END is of another label', first.pem.replace('END CERT', 'END X') + second.pem, '22'],
    ['the next one when a BEGIN is repeated', `-----BEGIN CERTIFICATE-----\n${second.pem}`, '22'],
    ['none behind a byte order mark', `\u00ef\u00bb\u00bf${first.pem}`, null],
    ['none in DER', first.der.toString('latin1'), null],
    ['none in half a certificate', first.pem.slice(0, 200), null],
    ['none in nothing', '', null],
  ])('%s', (_name, text, expected) => {
    expect(serial(text)).toBe(expected);
  });

  it('refuses what Go refuses and Envoy may serve', () => {
    expect(readFirstCertificate(makeLeaf({ key: 'secp256k1' }).bytes)).toBeNull();
    expect(readFirstCertificate(makeLeaf({ key: 'p224' }).bytes)).not.toBeNull();
    const negative = derOf(makeLeaf({ serial: '11' }).pem);
    negative[negative.indexOf(Buffer.from('020111', 'hex')) + 2] = 0x91;
    expect(readCertificate(negative)).toMatchObject({ serial: '91', refusedByGo: true });
    expect(readFirstCertificate(Buffer.from(pemOf('CERTIFICATE', negative)))).toBeNull();
  });

  it('has what the model wants', () => {
    const certificate = makeLeaf({ uris: ['spiffe://td.example/ns/a/sa/b'], serial: 'ab' });
    expect(readFirstCertificate(certificate.bytes)).toEqual({
      serial: 'ab',
      sha256: readCertificate(certificate.der)!.sha256,
      notBefore: new Date('2026-01-01'),
      notAfter: new Date('2028-01-01'),
      isCa: false,
      trustDomain: 'td.example',
    });
  });

  it('reads equal contents once', () => {
    expect(readFirstCertificate(Buffer.from(first.pem))).toBe(readFirstCertificate(Buffer.from(first.pem)));
  });
});
