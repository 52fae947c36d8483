import { expect, test } from 'vitest';
import { isRefusedCurve, isTls13Suite, needsTls12, opensslName, refusedCiphers } from '../../src/envoy/tls-names.ts';

/** Each of these was given to Envoy 1.38.3 alone (`envoy --mode validate`). */
const taken = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'DES-CBC3-SHA',
  'ECDHE-RSA-AES128-SHA256',
  'PSK-AES128-CBC-SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'ALL',
  'TLSv1.2',
  'ECDHE+AESGCM',
  '[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]',
  '',
];
const refused: readonly (readonly [text: string, names: readonly string[]])[] = [
  ['FOO', ['FOO']],
  ['TLS_AES_128_GCM_SHA256', ['TLS_AES_128_GCM_SHA256']],
  ['ecdhe-rsa-aes128-gcm-sha256', ['ecdhe-rsa-aes128-gcm-sha256']],
  ['AES256-SHA256', ['AES256-SHA256']],
  ['DHE-RSA-AES128-GCM-SHA256', ['DHE-RSA-AES128-GCM-SHA256']],
  ['[FOO|AES128-SHA]', ['FOO']],
  ['TLSv1.3', ['TLSv1.3']],
];

test.each(taken)('Envoy takes the cipher text "%s"', (text) => expect(refusedCiphers([text])).toEqual([]));
test.each(refused)('Envoy refuses the cipher text "%s"', (text, names) =>
  expect(refusedCiphers([text])).toEqual(names),
);

const good = 'ECDHE-ECDSA-AES256-GCM-SHA384';
const tls13 = 'TLS_AES_256_GCM_SHA384';

/** Each of these lists was given to Envoy 1.38.3 (`envoy --mode validate`). */
test.each([
  [[good, tls13], []],
  [[tls13, good], []],
  [[`[${tls13}|${good}]`], []],
  [[`${good}:${tls13}`], []],
  [[tls13, 'ALL'], []],
  [
    [tls13, 'TLS_CHACHA20_POLY1305_SHA256'],
    [tls13, 'TLS_CHACHA20_POLY1305_SHA256'],
  ],
  [[tls13, '-AES128-SHA'], [tls13]],
  [[tls13, ''], [tls13]],
  [[good, tls13, 'FOO'], ['FOO']],
  [[good, 'TLS_AES_128_CCM_SHA256'], ['TLS_AES_128_CCM_SHA256']],
  [[good, 'tls_aes_256_gcm_sha384'], ['tls_aes_256_gcm_sha384']],
])('Of the list %j Envoy refuses %j', (list, names) => expect(refusedCiphers(list)).toEqual(names));

test.each(['P-256', 'prime256v1', 'x25519', 'X25519MLKEM768', 'MLKEM1024', 'P-256:P-384', ''])(
  'Envoy takes the curve "%s"',
  (curve) => expect(isRefusedCurve(curve)).toBe(false),
);
test.each(['P-224', 'secp256r1', 'p-256', 'P256', 'X448', 'secp256k1', 'X25519:X448'])(
  'Envoy refuses the curve "%s"',
  (curve) => expect(isRefusedCurve(curve)).toBe(true),
);

test('names are found whatever their spelling', () => {
  expect(opensslName('tls_ecdhe_rsa_with_aes_128_gcm_sha256')).toBe('ECDHE-RSA-AES128-GCM-SHA256');
  expect(opensslName('ecdhe-rsa-aes128-sha')).toBe('ECDHE-RSA-AES128-SHA');
  expect(opensslName('TLS_AES_128_GCM_SHA256')).toBeNull();
  expect(isTls13Suite('TLS_CHACHA20_POLY1305_SHA256')).toBe(true);
  expect(isTls13Suite('TLS_RSA_WITH_AES_128_CBC_SHA')).toBe(false);
});

test('old clients can use CBC ciphers with SHA-1 only (tried with a TLS 1.1 client)', () => {
  expect(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA256'].every(needsTls12)).toBe(true);
  expect(['ECDHE-ECDSA-AES128-SHA', 'AES256-SHA', 'DES-CBC3-SHA', 'ALL'].some(needsTls12)).toBe(false);
});
