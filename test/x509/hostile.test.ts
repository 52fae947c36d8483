import type { KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derOf, makeCa, makeCrl, makeLeaf, pemOf } from '../../src/pages/certificates.ts';
import { readChain } from '../../src/x509/bundle.ts';
import { judgeCa } from '../../src/x509/ca.ts';
import { readCertificate, readFirstCertificate } from '../../src/x509/certificate.ts';
import { judgeChain } from '../../src/x509/chain.ts';
import { readCrl } from '../../src/x509/crl.ts';
import { describeKey, readPrivateKey } from '../../src/x509/key.ts';
import { judgeKeyPair } from '../../src/x509/key-pair.ts';
import { coverageOf } from '../../src/x509/names.ts';
import { withoutKeys } from '../../src/x509/redact.ts';
import { judgeCrl } from '../../src/x509/revocation.ts';

const NOW = new Date('2026-06-01');
const ca = makeCa({ key: 'rsa2048' });
const leaf = makeLeaf({
  ca,
  sans: ['a.test', '*.b.test'],
  ips: ['10.0.0.1'],
  uris: ['spiffe://x/y'],
  eku: ['serverAuth'],
  aia: 'http://x',
  keyUsage: [0],
});
const rsa = makeLeaf({ key: 'rsa2048' });
const crl = makeCrl({ ca, revoked: ['1'] });

/** Everything that takes bytes, on these bytes. Returns what may be shown to people. */
function readAll(bytes: Buffer): string {
  const chain = readChain(bytes);
  const [first, ...rest] = chain.certificates;
  const shown = [
    chain,
    first && judgeChain([first, ...rest], NOW, rest),
    first && coverageOf(first, 'a.test'),
    readFirstCertificate(bytes),
    readCertificate(bytes),
    readCrl(bytes),
    readPrivateKey(bytes),
    judgeKeyPair(bytes, bytes),
    judgeKeyPair(leaf.bytes, bytes),
    judgeCa(bytes, NOW),
    judgeCrl(bytes, rest, NOW),
    withoutKeys(bytes),
  ];
  return JSON.stringify(shown) + Buffer.from(describeKey(bytes).replace(/-----.*-----|\s/g, ''), 'base64').toString();
}

/** A few changed, lost or added bytes. Counterexamples print these numbers, not the key. */
const changes = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    by: fc.integer({ min: 0, max: 255 }),
    kind: fc.constantFrom('set', 'cut', 'add', 'grow'),
  }),
  { minLength: 1, maxLength: 4 },
);

function changed(bytes: Buffer, list: readonly { at: number; by: number; kind: string }[]): Buffer {
  return list.reduce((before, { at, by, kind }) => {
    const index = Math.floor(at * before.length);
    const [head, tail] = [before.subarray(0, index), before.subarray(index)];
    if (kind === 'cut') return Buffer.concat([head, tail.subarray(1)]);
    if (kind === 'add') return Buffer.concat([head, Buffer.of(by), tail]);
    // A length of four octets where there was one: far beyond the end.
    if (kind === 'grow') return Buffer.concat([head, Buffer.of(0x84, by, 0xff, 0xff, 0xff), tail.subarray(1)]);
    return Buffer.concat([head, Buffer.of(by), tail.subarray(1)]);
  }, bytes);
}

/** No 12 bytes of the secret numbers of a key may come out again, in hexadecimal or base64. */
function leaks(shown: string, key: KeyObject): boolean {
  const jwk = key.export({ format: 'jwk' });
  return [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].some((number) => {
    const secret = Buffer.from(number ?? '', 'base64url');
    for (let at = 0; at + 12 <= secret.length; at++) {
      const part = secret.subarray(at, at + 12);
      if (shown.includes(part.toString('hex')) || shown.includes(part.toString('base64'))) return true;
    }
    return false;
  });
}

describe('bytes of a stranger', () => {
  it('random bytes and texts never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readAll(Buffer.from(bytes))),
      { numRuns: 500 },
    );
    const piece = fc.constantFrom(
      '-----BEGIN ',
      '-----END ',
      'CERTIFICATE',
      'PRIVATE KEY',
      'X509 CRL',
      '-----',
      '\n',
      '\r\n',
      'MIIB',
      '=',
      ' ',
      'A: b',
      '\\n',
      '\u00ef\u00bb\u00bf',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => void readAll(Buffer.from(pieces.join(''), 'latin1'))),
      { numRuns: 1000 },
    );
  });

  it('changed certificates, lists and keys never throw, as PEM and inside it', () => {
    const sources = [
      { label: 'CERTIFICATE', der: () => leaf.der },
      { label: 'CERTIFICATE', der: () => ca.der },
      { label: 'X509 CRL', der: () => derOf(crl) },
      { label: 'PRIVATE KEY', der: () => derOf(leaf.key()) },
      { label: 'EC PRIVATE KEY', der: () => derOf(leaf.traditionalKey()) },
      { label: 'RSA PRIVATE KEY', der: () => derOf(rsa.traditionalKey()) },
    ];
    fc.assert(
      fc.property(fc.nat(sources.length - 1), fc.boolean(), changes, (which, inside, list) => {
        const { label, der } = sources[which]!;
        if (inside) readAll(Buffer.from(pemOf(label, changed(der(), list))));
        else readAll(changed(Buffer.from(pemOf(label, der())), list));
        readCertificate(changed(der(), list));
      }),
      { numRuns: 1500 },
    );
  });

  it('a key never comes out, whatever is wrong with it', () => {
    const keys = [leaf.key, leaf.traditionalKey, rsa.key, rsa.traditionalKey];
    const owners = [leaf, leaf, rsa, rsa];
    keys.forEach((key, which) => {
      expect(leaks(key().toString().replaceAll('\n', ''), owners[which]!.keyObject())).toBe(true);
    });
    fc.assert(
      fc.property(
        fc.nat(keys.length - 1),
        changes,
        fc.constantFrom('pem', 'crt', 'raw', 'twice', 'one-line'),
        (which, list, form) => {
          const key = keys[which]!();
          const text = changed(key, list).toString('latin1');
          const field = {
            pem: text,
            crt: leaf.pem + text,
            raw: derOf(key).toString('latin1'),
            twice: Buffer.from(text).toString('base64'),
            'one-line': text.replaceAll('\n', ' '),
          }[form];
          expect(leaks(readAll(Buffer.from(field, 'latin1')), owners[which]!.keyObject())).toBe(false);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('a megabyte of a stranger', () => {
  const MEGABYTE = 1 << 20;
  const nested = (depth: number): Buffer => {
    const bytes = Buffer.alloc(depth * 5);
    for (let at = 0; at < bytes.length; at += 5) {
      bytes[at] = 0x30;
      bytes[at + 1] = 0x83;
      bytes.writeUIntBE(Math.max(bytes.length - at - 5, 0), at + 2, 3);
    }
    return bytes;
  };
  const many = (text: string): Buffer => Buffer.from(text.repeat(Math.ceil(MEGABYTE / text.length)), 'latin1');
  it.each([
    ['BEGIN lines', many('-----BEGIN CERTIFICATE-----\n')],
    ['BEGIN marks on one line', many('-----BEGIN A-----')],
    ['BEGIN and END of other labels', many('-----BEGIN A-----\n-----END B-----\n')],
    ['END lines', many('\n-----END CERTIFICATE-----')],
    ['indented BEGIN lines', many(' -----BEGIN CERTIFICATE-----\n')],
    ['blanks', many(' ')],
    ['blanks before a mark', Buffer.concat([many(' '), Buffer.from('-----BEGIN A-----\nx\n')])],
    ['newlines', many('\n')],
    ['headers', Buffer.concat([Buffer.from('-----BEGIN A-----\n'), many('a: b\n'), Buffer.from('-----END A-----\n')])],
    ['letters', many('A')],
    ['padding', many('=')],
    ['zero bytes', Buffer.alloc(MEGABYTE)],
    ['empty blocks', many('-----BEGIN A-----\nAA==\n-----END A-----\n')],
    ['nested sequences', nested(200_000)],
    ['nested sequences in PEM', Buffer.from(pemOf('CERTIFICATE', nested(150_000)))],
    ['nested sequences as a key', Buffer.from(pemOf('RSA PRIVATE KEY', nested(150_000)))],
    [
      'small elements',
      Buffer.from(pemOf('CERTIFICATE', Buffer.concat([Buffer.from('30830a0000', 'hex'), Buffer.alloc(655_360, 0x05)]))),
    ],
    ['one certificate many times', many(leaf.pem)],
    ['one authority many times', many(ca.pem)],
    ['large numbers', Buffer.from(pemOf('RSA PRIVATE KEY', largeKey()))],
    [
      'a large certificate',
      Buffer.from(makeLeaf({ sans: Array.from({ length: 20_000 }, (_, i) => `h${i}.example.com`) }).pem),
    ],
  ])('%s take no time', (_name, bytes) => {
    const before = performance.now();
    readAll(bytes);
    // Generous, as other work shares the machine: anything quadratic takes minutes.
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

/** A PKCS#1 key with numbers of 80,000 octets. */
function largeKey(): Buffer {
  const number = Buffer.concat([Buffer.from('02830138807f', 'hex'), Buffer.alloc(79_999, 0x55)]);
  const body = Buffer.concat([Buffer.from('020100', 'hex'), ...new Array<Buffer>(8).fill(number)]);
  const header = Buffer.from('3083000000', 'hex');
  header.writeUIntBE(body.length, 2, 3);
  return Buffer.concat([header, body]);
}
