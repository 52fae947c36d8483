import { describe, expect, it } from 'vitest';
import { derOf, type KeyKind, type Made, makeCa, makeLeaf, pemOf } from '../../src/pages/certificates.ts';
import { describeKey, readPrivateKey } from '../../src/x509/key.ts';
import { readKeyFacts } from '../../src/x509/key-facts.ts';
import { judgeKeyPair, type KeyPairVerdict } from '../../src/x509/key-pair.ts';
import { withoutKeys } from '../../src/x509/redact.ts';
import { short } from './short.ts';

const middle = makeCa({ cn: 'middle' });
const judge = (made: Made, key: () => Buffer = made.key): KeyPairVerdict => judgeKeyPair(made.bytes, key());

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
