import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hideKeys, isPastedKey, shownValue } from '../../src/model/key-text.ts';

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
  ['a certificate with its key', (pem) => `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${pem}`],
];

describe('a key in place of its name', () => {
  // The body of an Ed25519 key is one line of 64 characters.
  it.each(forms)('%s is hidden as a whole', (_, form) => {
    for (const key of keys) {
      expect(isPastedKey('credentialName', form(key))).toBe(true);
      expect(shownValue('credentialName', form(key))).toBe('***');
      expect(shownValue('privateKey', form(key))).toBe('***');
    }
  });

  it.each([
    ['credentialName', 'shop-example-com-wildcard-certificate-of-the-payment-department-2026-v2'],
    ['credentialName', 'kubernetes-gateway://istio-system/shop'],
    ['privateKey', `/etc/istio/${'Certificates2026/'.repeat(8)}tls.key`],
    ['caCertificates', '/etc/ssl/certs/ca-certificates.crt'],
    ['caCertificates', 'system'],
    ['host', 'a'.repeat(200)],
  ])('%s: %s is none', (field, value) => {
    expect(isPastedKey(field, value)).toBe(false);
    expect(shownValue(field, value)).toBe(value);
  });
});

describe('a key anywhere else', () => {
  it('is hidden in PEM form, with what stands around it kept', () => {
    for (const key of keys) {
      expect(shownValue('name', `before ${key}after`)).toBe('before ***after');
      expect(hideKeys(`before ${base64(key)} after`)).toBe('before *** after');
    }
  });
});
