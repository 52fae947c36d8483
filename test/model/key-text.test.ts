import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideKeys, hidePem, isKeyText, shownName } from '../../src/model/key-text.ts';

const keys = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
].map(String);

const body = (pem: string): string[] => pem.trim().split('\n').slice(1, -1);
const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
const wrapped = (text: string, width: number): string => text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n');

const forms: readonly (readonly [string, (pem: string) => string])[] = [
  ['PEM', (pem) => pem],
  ['PEM with CRLF', (pem) => pem.replaceAll('\n', '\r\n')],
  ['PEM without its END', (pem) => pem.split('-----END')[0]!],
  ['PEM without its BEGIN', (pem) => pem.slice(pem.indexOf('\n') + 1)],
  ['PEM in one line', (pem) => pem.replaceAll('\n', ' ')],
  ['base64 of PEM', base64],
  ['base64 of PEM, wrapped', (pem) => wrapped(base64(pem), 76)],
  ['the body in one line', (pem) => body(pem).join('')],
  ['the body in lines', (pem) => body(pem).join('\n')],
  ['the body in short lines', (pem) => wrapped(body(pem).join(''), 48)],
  ['the body with spaces', (pem) => wrapped(body(pem).join(''), 32).replaceAll('\n', '  ')],
  ['the body with escape sequences', (pem) => body(pem).join('\\n')],
  ['the body in the alphabet of URLs', (pem) => Buffer.from(body(pem).join(''), 'base64').toString('base64url')],
  ['base64 of PEM in the alphabet of URLs', (pem) => Buffer.from(pem).toString('base64url')],
  ['base64 of PEM, twice', (pem) => base64(base64(pem))],
  ['the body behind a scheme', (pem) => `kubernetes://${body(pem).join('')}`],
  ['the body behind a slash and before another', (pem) => `/a-b/${body(pem).join('')}/tls.key`],
  ['the body as in a URL', (pem) => encodeURIComponent(body(pem).join(''))],
  ['PEM with four dashes', (pem) => pem.replaceAll('-----', '----')],
  ['base64 of the body', (pem) => base64(body(pem).join('\n'))],
  ['a certificate with its key', (pem) => `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${pem}`],
];

describe('a key in place of its name', () => {
  // The body of an Ed25519 key is one line of 64 characters.
  it.each(forms)('%s is hidden as a whole', (_, form) => {
    for (const key of keys) {
      expect(isKeyText(form(key))).toBe(true);
      expect(shownName(form(key))).toBe('***');
    }
  });

  it.each([
    'shop-example-com-wildcard-certificate-of-the-payment-department-2026-v2',
    'kubernetes-gateway://istio-system/shop',
    `/etc/istio/${'Certificates2026/'.repeat(8)}tls.key`,
    `/etc/istio/${'Certificates2026/'.repeat(8)}tls`,
    `etc/istio/${'Certificates2026/'.repeat(8)}tls.key`,
    `./${'Certificates2026/'.repeat(8)}tls-key`,
    `../${'Certificates2026+1/'.repeat(8)}tls.key`,
    `/etc/istio/env=Production2026/${'Team=Payment/'.repeat(8)}tls.key`,
    `/etc/istio/Our Certificates/${'Team Payment 2026/'.repeat(8)}tls.key`,
    `file-root:/etc/istio/${'Certificates2026/'.repeat(8)}tls.key`,
    `file:///etc/istio/${'Certificates2026/'.repeat(8)}tls.key`,
    `sds://Provider/${'Certificates2026/'.repeat(8)}Shop`,
    `Ingress/${'Certificates2026/'.repeat(8)}Shop`,
    `Mounted/${'Certificates2026/'.repeat(8)}Shop`,
    '/etc/ssl/certs/ca-certificates.crt',
    '/mnt/secrets-store/prodWesteurope1IngressGatewayShopExampleComWildcardTlsServerCertificate/tls.crt',
    'Replace this with the name of your TLS secret as created in step 3 of the README before you apply it',
    '-----BEGIN of the name: put here what your platform team gave you, please-----',
    `/etc/${'0123456789abcdef'.repeat(4)}/tls.key`,
    'system',
    '***',
    'a'.repeat(200),
  ])('%s is none', (value) => {
    expect(isKeyText(value)).toBe(false);
    expect(shownName(value)).toBe(value);
    expect(hideKeys(value)).toBe(value);
  });

  it('a key that was encoded twice is hidden, whatever stands before it', () => {
    // An Ed25519 key of zeros, so that only what is encoded tells it.
    const zeros = `MC4CAQAwBQYDK2VwBCIEI${'A'.repeat(43)}`;
    for (const before of ['', 'kubernetes://', `/etc/${'ingress-gateway/'.repeat(6)}v1.2/`])
      expect(isKeyText(`${before}${base64(zeros)}`), before).toBe(true);
  });

  it('a part of a key of 2048 bits is hidden, wherever it begins and ends', () => {
    const lines = body(keys[0]!);
    for (let i = 0; i + 4 <= lines.length; i++) expect(isKeyText(lines.slice(i, i + 4).join('\n'))).toBe(true);
  });

  it('no path of usual words is taken for one', () => {
    const word = fc.constantFrom(
      'etc',
      'Istio',
      'MII',
      'MIGH',
      'Certs2026',
      'tls',
      'Shop+Cart',
      'a_b',
      'MC4CAQ',
      'x=y',
    );
    const path = fc.array(word, { minLength: 8, maxLength: 40 }).map((words) => words.join('/'));
    fc.assert(
      fc.property(fc.constantFrom('', '/', './', 'file-root:/'), path, (start, rest) => {
        expect(isKeyText(`${start}${rest}`)).toBe(false);
      }),
    );
  });
});

describe('a key anywhere else', () => {
  it('is hidden in PEM form, with what stands around it kept', () => {
    for (const key of keys) {
      expect(hidePem(`before ${key}after`)).toBe('before ***after');
      expect(hideKeys(`before ${base64(key)} after`)).toBe('before *** after');
      expect(hideKeys(`before ${body(key).join('')} after`)).toBe('before *** after');
    }
  });
});
