import { describe, expect, it } from 'vitest';
import { derOf, type Made, makeCa, makeLeaf, pemOf } from '../../src/pages/certificates.ts';
import { readChain } from '../../src/x509/bundle.ts';
import { readPrivateKey } from '../../src/x509/key.ts';
import { judgeKeyPair, type KeyPairVerdict } from '../../src/x509/key-pair.ts';
import { short } from './short.ts';

const root = makeCa();
const middle = makeCa({ cn: 'middle', ca: root });
const BAD_KEY = 'Failed to load private key from <inline>, Cause: error:';
const judge = (made: Made, key: () => Buffer = made.key): KeyPairVerdict => judgeKeyPair(made.bytes, key());
describe('judgeKeyPair', () => {
  it.each([
    ['rsa2048', []],
    ['p256', []],
    ['p384', []],
    ['p521', [{ kind: 'rarely-offered', index: 0, algorithm: 'P-521' }]],
    ['ed25519', [{ kind: 'rarely-offered', index: 0, algorithm: 'Ed25519' }]],
  ] as const)('accepts %s in every form', (key, warnings) => {
    const leaf = makeLeaf({ ca: middle, key, sans: ['a.test'] });
    expect(short(judge(leaf))).toEqual({ kind: 'accepted', warnings });
    expect(short(judge(leaf, leaf.traditionalKey))).toEqual({ kind: 'accepted', warnings });
    const verdict = judgeKeyPair(Buffer.from(leaf.pem + middle.pem), Buffer.concat([leaf.key(), middle.key()]));
    expect(verdict).toMatchObject({ kind: 'accepted', key: { keys: 2 } });
  });

  it.each([
    [
      'rsa1024',
      { why: 'rsa-too-short', bits: 1024 },
      ', only RSA certificates with 2048-bit or larger keys are supported',
    ],
    ['p224', { why: 'curve', curve: 'P-224' }, ''],
    ['secp256k1', { why: 'curve', curve: 'secp256k1' }, ''],
  ] as const)('refuses %s', (key, because, more) => {
    const text = `Failed to load certificate chain from <inline>${more}`;
    expect(short(judge(makeLeaf({ key })))).toEqual({ kind: 'unsupported-key', text, in: 'certificate', because });
  });

  it.each(['p256', 'p384', 'p521'] as const)('needs no order of reading for %s', (key) => {
    const pairs = [makeLeaf({ key }), makeLeaf({ key }), makeLeaf({ key })];
    // Certificates whose key is read after another one's, before it, and just before them.
    for (const made of pairs) readChain(made.bytes);
    for (const made of [...pairs].reverse()) readPrivateKey(made.key());
    for (const made of pairs) expect(short(judge(made))).toMatchObject({ kind: 'accepted' });
    const wrong = judgeKeyPair(pairs[0]!.bytes, pairs[1]!.key());
    expect(wrong).toMatchObject({ kind: 'mismatch', belongsTo: null });
  });

  it('refuses an EC certificate that may not sign', () => {
    const verdict = short(judge(makeLeaf({ keyUsage: [4] })));
    expect(verdict).toMatchObject({ kind: 'unsupported-key', because: { why: 'key-usage' } });
    expect(short(judge(makeLeaf({ keyUsage: [2], key: 'rsa2048' })))).toMatchObject({ kind: 'accepted' });
  });

  it('refuses a certificate without any name', () => {
    const text = 'Invalid TLS context has neither subject CN nor SAN names';
    expect(short(judge(makeLeaf({ cn: null })))).toEqual({ kind: 'nameless', text });
    expect(short(judge(makeLeaf({ cn: null, ips: ['10.0.0.1'] })))).toMatchObject({ kind: 'accepted' });
  });

  it('tells a wrong key from a wrong order', () => {
    const leaf = makeLeaf({ ca: middle });
    const VALUES = `${BAD_KEY}0b000074:X.509 certificate routines:OPENSSL_internal:KEY_VALUES_MISMATCH`;
    const TYPE = `${BAD_KEY}0b000073:X.509 certificate routines:OPENSSL_internal:KEY_TYPE_MISMATCH`;
    const mismatch = { kind: 'mismatch', belongsTo: null };
    expect(short(judge(leaf, makeLeaf().key))).toEqual({ ...mismatch, text: VALUES });
    expect(short(judge(leaf, makeLeaf({ key: 'rsa2048' }).key))).toEqual({ ...mismatch, text: TYPE });
    expect(short(judge(leaf, makeLeaf({ key: 'p224' }).key))).toEqual({ ...mismatch, text: VALUES });
    const first = makeCa({ key: 'rsa2048' });
    const reversed = judgeKeyPair(Buffer.from(makeLeaf({ ca: first }).pem + leaf.pem), leaf.key());
    expect(short(reversed)).toEqual({ kind: 'mismatch', text: VALUES, belongsTo: 1 });
    const rsaFirst = judgeKeyPair(Buffer.from(first.pem + leaf.pem), leaf.key());
    expect(short(rsaFirst)).toEqual({ kind: 'mismatch', text: TYPE, belongsTo: 1 });
    // An EC authority may not sign handshakes: Envoy then stumbles over the certificate before it looks at the key.
    const authorityFirst = judgeKeyPair(Buffer.from(root.pem + middle.pem + leaf.pem), leaf.key());
    const text = 'Failed to load certificate chain from <inline>';
    expect(short(authorityFirst)).toEqual({ kind: 'mismatch', text, belongsTo: 2 });
  });

  it('names a key that Envoy cannot read', () => {
    const text = `${BAD_KEY}06000080:public key routines:OPENSSL_internal:UNSUPPORTED_ALGORITHM`;
    const verdict = short(judge(makeLeaf(), makeLeaf({ key: 'secp256k1' }).key));
    expect(verdict).toEqual({
      kind: 'unsupported-key',
      text,
      in: 'key',
      because: { why: 'curve', curve: 'secp256k1' },
    });
  });

  it.each([
    ['encryptedKey', { kind: 'encrypted', form: 'pkcs8' }],
    ['encryptedTraditionalKey', { kind: 'encrypted', form: 'traditional' }],
  ] as const)('knows an %s', (form, defect) => {
    for (const key of ['rsa2048', 'p256'] as const) {
      const leaf = makeLeaf({ key });
      const text = `${BAD_KEY}09000068:PEM routines:OPENSSL_internal:BAD_PASSWORD_READ`;
      expect(short(judge(leaf, leaf[form]))).toEqual({ kind: 'key-defect', text, defect });
    }
  });

  it('finds that a key’s numbers do not fit together', () => {
    const rsa = makeLeaf({ key: 'rsa2048' });
    const ec = makeLeaf();
    const damaged = (made: Made, from: number): Buffer => {
      const der = derOf(made.traditionalKey());
      der[from]! ^= 1;
      return Buffer.from(pemOf(made === rsa ? 'RSA PRIVATE KEY' : 'EC PRIVATE KEY', der));
    };
    for (const from of [400, 600, 800, 1000, 1180]) {
      expect(short(judge(rsa, () => damaged(rsa, from)))).toMatchObject({
        defect: { kind: 'damaged-key', form: 'pkcs1' },
      });
    }
    for (const from of [10, 30, 60, 110]) {
      expect(short(judge(ec, () => damaged(ec, from)))).toMatchObject({
        defect: { kind: 'damaged-key', form: 'sec1' },
      });
    }
  });

  it('warns of SHA-1 in what clients check', () => {
    const sha1Root = makeCa({ hash: 'sha1', slot: 'sha1' });
    const leaf = makeLeaf({ ca: sha1Root, hash: 'sha1' });
    const verdict = judgeKeyPair(Buffer.from(leaf.pem + sha1Root.pem), leaf.key());
    const warnings = [{ kind: 'weak-signature', index: 0, algorithm: 'ecdsaWithSHA1' }];
    expect(short(verdict)).toEqual({ kind: 'accepted', warnings });
  });
});

describe('defects', () => {
  const leaf = makeLeaf();
  const text = leaf.pem;
  const chain = text + middle.pem;
  it.each([
    ['DER', leaf.der.toString('latin1'), { kind: 'der' }],
    ['a PFX file', '0\u0082\u0001\u0000\u0002\u0001\u00030'.padEnd(260, '\0'), { kind: 'pfx' }],
    ['base64 twice', Buffer.from(text).toString('base64'), { kind: 'base64-twice' }],
    ['base64 without armour', leaf.der.toString('base64'), { kind: 'no-armour' }],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le').toString('latin1'), { kind: 'utf-16' }],
    ['a byte order mark', `\u00ef\u00bb\u00bf${text}`, { kind: 'bom', block: 1 }],
    ['indented lines', text.replace(/^/gm, '    '), { kind: 'indented', block: 1 }],
    ['an indented END', chain.replace(/^-----END/m, '  -----END'), { kind: 'indented', block: 1 }],
    ['an indented second block', text + middle.pem.replace(/^/gm, ' '), undefined],
    ['glued blocks', text.trimEnd() + middle.pem, { kind: 'glued', block: 1 }],
    ['literal newlines', text.replaceAll('\n', '\\n'), { kind: 'literal-newlines', block: 1 }],
    ['one long line', text.replaceAll('\n', ' '), { kind: 'one-line', block: 1 }],
    ['a truncated file', text.slice(0, 100), { kind: 'truncated', block: 1 }],
    ['a truncated second block', chain.slice(0, text.length + 90), { kind: 'truncated', block: 2 }],
    [
      'a broken second block',
      text + middle.pem.replace('MII', 'M*I'),
      { kind: 'broken-block', block: 2, because: 'bad-base64' },
    ],
    [
      'a certificate that is none',
      text + pemOf('CERTIFICATE', Buffer.from('3000', 'hex')),
      { kind: 'broken-block', block: 2, because: 'not-a-certificate' },
    ],
    ['no block', 'see vault', { kind: 'no-block' }],
    ['nothing', '', { kind: 'empty' }],
    ['another label', text.replaceAll('CERTIFICATE', 'PKCS7'), { kind: 'other-label', label: 'PKCS7' }],
  ])('%s', (_name, certificate, defect) => {
    const verdict = judgeKeyPair(Buffer.from(certificate, 'latin1'), leaf.key());
    if (defect === undefined)
      expect(verdict).toMatchObject({ kind: 'accepted', chain: { overlooked: { kind: 'indented', block: 2 } } });
    else expect(short(verdict)).toMatchObject({ kind: 'certificate-defect', defect });
  });

  it('finds the block that Envoy overlooks behind a wrong key', () => {
    const bom = Buffer.from(`\ufeff${chain}`);
    expect(short(judgeKeyPair(bom, leaf.key()))).toMatchObject({
      kind: 'certificate-defect',
      defect: { kind: 'bom', block: 1 },
    });
    const keys = Buffer.concat([Buffer.from(' '), leaf.key(), makeLeaf().key()]);
    expect(short(judge(leaf, () => keys))).toMatchObject({
      kind: 'key-defect',
      defect: { kind: 'indented', block: 1 },
    });
  });

  it('knows a field that holds the other thing', () => {
    expect(short(judgeKeyPair(leaf.key(), leaf.key()))).toMatchObject({ defect: { kind: 'only-key' } });
    expect(short(judge(leaf, () => leaf.bytes))).toMatchObject({
      kind: 'key-defect',
      defect: { kind: 'only-certificate' },
    });
  });
});
