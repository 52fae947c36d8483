import { describe, expect, it } from 'vitest';
import { describeKey, readPrivateKey } from '../../src/x509/key.ts';
import { readKeyFacts } from '../../src/x509/key-facts.ts';
import { judgeKeyPair, type KeyPairVerdict } from '../../src/x509/key-pair.ts';
import { withoutKeys } from '../../src/x509/redact.ts';
import { derOf, type KeyKind, type Made, makeCa, makeLeaf, pemOf } from './make.ts';

const root = makeCa();
const middle = makeCa({ cn: 'middle', ca: root });
const BAD_KEY = 'Failed to load private key from <inline>, Cause: error:';
const judge = (made: Made, key: () => Buffer = made.key): KeyPairVerdict => judgeKeyPair(made.bytes, key());
/** What a verdict says, without its certificates. */
const short = (verdict: KeyPairVerdict): unknown => {
  const { chain: _chain, key: _key, ...rest } = verdict as KeyPairVerdict & { chain?: unknown; key?: unknown };
  return rest;
};

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

  it('knows a field that holds the other thing', () => {
    expect(short(judgeKeyPair(leaf.key(), leaf.key()))).toMatchObject({ defect: { kind: 'only-key' } });
    expect(short(judge(leaf, () => leaf.bytes))).toMatchObject({
      kind: 'key-defect',
      defect: { kind: 'only-certificate' },
    });
  });
});

describe('descriptions of keys', () => {
  const kinds: readonly KeyKind[] = ['rsa1024', 'rsa2048', 'p224', 'p256', 'p384', 'p521', 'secp256k1', 'ed25519'];

  it('stand for the key: the verdict is the same', () => {
    for (const kind of kinds) {
      const leaf = makeLeaf({ key: kind });
      const wrong = makeLeaf({ key: kind, slot: 'wrong' });
      for (const key of [leaf.key, leaf.traditionalKey, leaf.encryptedKey, leaf.encryptedTraditionalKey, wrong.key]) {
        const description = describeKey(key());
        expect(short(judge(leaf, () => Buffer.from(description)))).toEqual(short(judge(leaf, key)));
        expect(describeKey(Buffer.from(description))).toBe(description);
      }
    }
  });

  it('keep defects too', () => {
    const leaf = makeLeaf();
    const broken = [leaf.key().subarray(0, 50), leaf.bytes, Buffer.alloc(0), Buffer.from('x'), derOf(leaf.key())];
    for (const key of [
      ...broken,
      Buffer.from(` ${leaf.key()}`),
      Buffer.from(leaf.key().toString().replaceAll('\n', '\\n')),
    ]) {
      const description = Buffer.from(describeKey(key));
      expect(readKeyFacts(description)).toEqual(readPrivateKey(key));
      expect(short(judge(leaf, () => description))).toEqual(short(judge(leaf, () => key)));
    }
  });

  it('are not read from anything else', () => {
    const block = (json: string) => Buffer.from(pemOf('TLSGW KEY FACTS', Buffer.from(json)));
    const fine = {
      form: 'pkcs8',
      algorithm: 'ec',
      bits: 256,
      curve: 'P-256',
      publicKeySha256: null,
      keys: 1,
      overlooked: null,
      defect: null,
    };
    expect(readKeyFacts(block(JSON.stringify(fine)))).toMatchObject({ kind: 'key', form: 'pkcs8' });
    for (const change of [
      { form: 'x' },
      { algorithm: 1 },
      { bits: 'x' },
      { curve: '\u001b' },
      { publicKeySha256: 'x' },
      { keys: -1 },
      { defect: { kind: 'x' } },
      { defect: 7 },
    ]) {
      expect(readKeyFacts(block(JSON.stringify({ ...fine, ...change })))).toBeNull();
    }
    for (const text of ['', '[]', 'null', '{', '"x"']) expect(readKeyFacts(block(text))).toBeNull();
  });
});

describe('withoutKeys', () => {
  it('keeps certificates and describes keys', () => {
    const leaf = makeLeaf({ ca: middle });
    const both = Buffer.concat([leaf.key(), leaf.bytes, middle.bytes]);
    const published = withoutKeys(both)!;
    expect(published.startsWith('-----BEGIN TLSGW KEY FACTS-----')).toBe(true);
    expect(published.includes('PRIVATE')).toBe(false);
    expect(short(judgeKeyPair(Buffer.from(published), Buffer.from(describeKey(both))))).toEqual(
      short(judgeKeyPair(both, both)),
    );
    expect(withoutKeys(Buffer.from(leaf.pem + middle.pem))).toBe(leaf.pem + middle.pem);
  });

  it('publishes nothing that it cannot read', () => {
    const leaf = makeLeaf();
    const key = leaf.key().toString();
    const hidden = [
      ` ${key}`,
      key.slice(0, -30),
      Buffer.from(key).toString('base64'),
      key.replaceAll('\n', '\\n'),
      pemOf('CERTIFICATE', derOf(key)),
      pemOf('CERTIFICATE', Buffer.concat([leaf.der, derOf(key)])),
      pemOf('X509 CRL', derOf(key)),
      leaf.pem.replace('-----\n', `-----\nA: ${derOf(key).toString('base64')}\n\n`),
    ];
    for (const text of hidden) {
      expect(withoutKeys(Buffer.from(text)) === null).toBe(true);
      // Text around blocks is left out.
      expect([null, leaf.pem].includes(withoutKeys(Buffer.from(leaf.pem + text)))).toBe(true);
    }
    const around = `${derOf(key).toString('base64')}\n${leaf.pem}${pemOf('NOTES', derOf(key))}`;
    expect(withoutKeys(Buffer.from(around))).toBe(leaf.pem);
  });
});
