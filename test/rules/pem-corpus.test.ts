import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { derOf, type KeyKind, type Made, makeCa, makeCrl, makeLeaf, pemOf } from '../../src/pages/certificates.ts';
import { describeKey } from '../../src/x509/key.ts';
import { judgeKeyPair } from '../../src/x509/key-pair.ts';
import { withoutKeys } from '../../src/x509/redact.ts';
import { type Bytes, type Cluster, type Content, judgeCluster, verdicts } from './secrets.ts';

const NAME = 'shop.example.com';
const dates = { notBefore: '2026-01-01', notAfter: '2027-01-01' };
const root = makeCa({ cn: 'root', slot: 'corpus root' });
const issuing = makeCa({ cn: 'issuing', ca: root, slot: 'corpus issuing' });
const clients = makeCa({ cn: 'clients', slot: 'corpus clients' });
const made = (key: KeyKind, sans: readonly string[] = [NAME]): Made =>
  makeLeaf({ cn: NAME, sans, ca: root, key, ...dates });
const ec = made('p256');
const rsa = made('rsa2048');
const leaf = makeLeaf({ cn: NAME, sans: [NAME], ca: issuing, ...dates });
const other = made('p256');

const pair = (of: Made, certificate: Bytes = of.pem, key: Bytes = of.key()): Content => ({
  'tls.crt': certificate,
  'tls.key': key,
});
const one = (content: Content, more: Partial<Cluster> = {}): Cluster => ({ secrets: { 'shop-tls': content }, ...more });
const mutual = (content: Content, mode = 'MUTUAL'): Cluster =>
  one({ ...pair(ec), ...content }, { tls: `{mode: ${mode}, credentialName: shop-tls}` });
const rsaAndEc = '{mode: SIMPLE, credentialNames: [shop-rsa, shop-ec]}';

const twice = (text: Bytes): string => Buffer.from(text as string).toString('base64');
const pfx = Buffer.from('300e020103300906072a864886f70d01', 'hex');
const oneLine = (text: string): string => text.replaceAll('\n', ' ');
const PARAMETERS = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

const F = {
  pem: 'error pem-malformed',
  order: 'error chain-order',
  mismatch: 'error key-cert-mismatch',
  key: 'error unsupported-key',
  minded: 'warning unsupported-key',
  names: 'warning credential-names',
  crl: 'error crl-unusable',
};

/** A Secret, what must be found, and a word of the message. */
type Case = readonly [name: string, cluster: Cluster, found: readonly string[], says?: string];

const fine: readonly Case[] = [
  ['PKCS#8', one(pair(ec)), []],
  ['SEC 1', one(pair(ec, ec.pem, ec.traditionalKey())), []],
  ['SEC 1 behind EC PARAMETERS', one(pair(ec, ec.pem, PARAMETERS + ec.traditionalKey().toString())), []],
  ['PKCS#1', one(pair(rsa, rsa.pem, rsa.traditionalKey())), []],
  ['RSA in PKCS#8', one(pair(rsa)), []],
  ['P-384', one(pair(made('p384'))), []],
  ['CRLF', one(pair(ec, ec.pem.replaceAll('\n', '\r\n'), ec.key().toString().replaceAll('\n', '\r\n'))), []],
  ['text around blocks', one(pair(ec, `Certificate:\n    Data:\n${ec.pem}\nthe end`, `key:\n${ec.key()}`)), []],
  ['no line break at the end', one(pair(ec, ec.pem.trimEnd(), ec.key().toString().trimEnd())), []],
  ['base64 on one line', one(pair(ec, pemOnOneLine(ec.pem))), []],
  ['key and certificate in one field', one(pair(ec, ec.key() + ec.pem, ec.pem + ec.key())), []],
  ['the certificate twice', one(pair(ec, ec.pem + ec.pem)), []],
  ['a full chain', one(pair(leaf, leaf.pem + issuing.pem)), []],
  ['a full chain with its root', one(pair(leaf, leaf.pem + issuing.pem + root.pem)), []],
  ['a self-signed certificate', one(pair(makeLeaf({ cn: NAME, sans: [NAME], ...dates }))), []],
  ['RSA and ECDSA', { secrets: { 'shop-rsa': pair(rsa), 'shop-ec': pair(ec) }, tls: rsaAndEc }, []],
  ['Ed25519 beside RSA', { secrets: { 'shop-rsa': pair(rsa), 'shop-ec': pair(made('ed25519')) }, tls: rsaAndEc }, []],
  ['cert and key', one({ cert: ec.pem, key: ec.key() }), []],
  ['a CA for clients', mutual({ 'ca.crt': clients.pem }), []],
  ['several CAs', mutual({ 'ca.crt': clients.pem + root.pem }), []],
  ['a CA with its list', mutual({ 'ca.crt': clients.pem, 'ca.crl': makeCrl({ ca: clients }) }), []],
  ['the CA of cert-manager beside the certificate', one({ ...pair(ec), 'ca.crt': root.pem }), []],
  ['a block that somebody commented out', one(pair(ec, `${ec.pem}#-----BEGIN CERTIFICATE-----\n#MIIB\n`)), []],
];

const damaged: readonly Case[] = [
  ['DER', one(pair(ec, ec.der)), [F.pem], 'binary DER'],
  ['PFX', one(pair(ec, pfx)), [F.pem], 'PKCS#12'],
  ['base64 twice', one(pair(ec, twice(ec.pem))), [F.pem], 'base64 twice'],
  ['both base64 twice', one(pair(ec, twice(ec.pem), twice(ec.key()))), [F.pem], 'each of tls.crt and tls.key'],
  ['base64 without BEGIN and END', one(pair(ec, ec.der.toString('base64'))), [F.pem], 'BEGIN and END lines'],
  ['literal \\n', one(pair(ec, ec.pem.replaceAll('\n', '\\n'))), [F.pem], 'the two characters \\n'],
  ['byte order mark', one(pair(ec, `\ufeff${ec.pem}`)), [F.pem], 'byte order mark'],
  ['byte order mark before a chain', one(pair(leaf, `\ufeff${leaf.pem}${issuing.pem}`)), [F.pem], 'byte order mark'],
  ['UTF-16', one(pair(ec, Buffer.from(`\ufeff${ec.pem}`, 'utf16le'))), [F.pem], 'UTF-16'],
  ['indented', one(pair(ec, ec.pem.replace(/^(?=.)/gm, '    '))), [F.pem], 'indented lines'],
  ['glued blocks', one(pair(leaf, leaf.pem.trimEnd() + issuing.pem)), [F.pem], 'no line break between two blocks'],
  ['all on one line', one(pair(ec, oneLine(ec.pem))), [F.pem], 'on one line'],
  ['truncated', one(pair(ec, ec.pem.slice(0, -60))), [F.pem], 'is cut off in block 1'],
  [
    'the second block truncated',
    one(pair(leaf, leaf.pem + issuing.pem.slice(0, -60))),
    [F.pem],
    'is cut off in block 2',
  ],
  ['only a key', one(pair(ec, ec.key())), [F.pem], 'holds a private key instead of a certificate'],
  ['swapped', one(pair(ec, ec.key(), ec.pem)), [F.pem], 'are swapped'],
  ['a request', one(pair(ec, pemOf('CERTIFICATE REQUEST', ec.der))), [F.pem], '"CERTIFICATE REQUEST"'],
  ['text', one(pair(ec, 'see the vault')), [F.pem], 'no PEM at all'],
  [
    'no certificate in the block',
    one(pair(ec, pemOf('CERTIFICATE', Buffer.from('nothing')))),
    [F.pem],
    'it is no certificate',
  ],
  ['a lost line', one(pair(ec, ec.pem.replace(/\n[^\n]{64}\n/, '\n'))), [F.pem], 'broken block 1'],
  [
    'key: DER',
    one(pair(ec, ec.pem, derOf(ec.key()))),
    [F.pem],
    'tls.key of Secret istio-system/shop-tls is binary DER',
  ],
  ['key: encrypted PKCS#8', one(pair(ec, ec.pem, ec.encryptedKey())), [F.pem], 'pass phrase'],
  ['key: encrypted, traditional', one(pair(rsa, rsa.pem, rsa.encryptedTraditionalKey())), [F.pem], 'pass phrase'],
  ['key: a certificate', one(pair(ec, ec.pem, ec.pem)), [F.pem], 'holds a certificate instead of a private key'],
  ['key: base64 twice', one(pair(ec, ec.pem, twice(ec.key()))), [F.pem], 'base64 twice'],
  ['key: literal \\n', one(pair(ec, ec.pem, ec.key().toString().replaceAll('\n', '\\n'))), [F.pem], '\\n'],
  [
    'key: indented',
    one(
      pair(
        ec,
        ec.pem,
        ec
          .key()
          .toString()
          .replace(/^(?=.)/gm, '  '),
      ),
    ),
    [F.pem],
    'indented',
  ],
  ['key: truncated', one(pair(ec, ec.pem, ec.key().toString().slice(0, -60))), [F.pem], 'is cut off'],
  ['key: all on one line', one(pair(ec, ec.pem, oneLine(ec.key().toString()))), [F.pem], 'on one line'],
  ['key: text', one(pair(ec, ec.pem, 'see the vault')), [F.pem], 'no PEM at all'],
  [
    'key: whole PEM without a key',
    one(pair(ec, ec.pem, pemOf('PRIVATE KEY', Buffer.from('nothing')))),
    [F.pem],
    'no usable private key',
  ],
  ['CA: garbage', mutual({ 'ca.crt': 'garbage' }), [F.pem], 'ca.crt of Secret'],
  ['CA: one broken block', mutual({ 'ca.crt': clients.pem + root.pem.slice(0, -60) }), [F.pem], 'block 2'],
  ['CA: DER', mutual({ 'ca.crt': clients.der }), [F.pem], 'binary DER'],
  ['certificate and CA', mutual({ 'tls.crt': ec.der, 'ca.crt': clients.der }), [F.pem], 'each of tls.crt and ca.crt'],
  [
    'an overlooked intermediate',
    one(pair(leaf, `${leaf.pem}  ${oneLine(issuing.pem)}`)),
    ['warning pem-malformed'],
    'block 2',
  ],
  ['empty certificate', one(pair(ec, '')), ['error secret-bad-keys']],
  ['empty key', one(pair(ec, ec.pem, '')), ['error secret-bad-keys']],
];

const unfit: readonly Case[] = [
  ['key of another certificate', one(pair(ec, ec.pem, other.key())), [F.mismatch]],
  ['key of another kind', one(pair(ec, ec.pem, rsa.key())), [F.mismatch]],
  ['issuer first', one(pair(leaf, issuing.pem + leaf.pem)), [F.order]],
  ['root, issuer, certificate', one(pair(leaf, root.pem + issuing.pem + leaf.pem)), [F.order]],
  ['two certificates and the key of the second', one(pair(ec, other.pem + ec.pem)), [F.order]],
  ['root before the issuer', one(pair(leaf, leaf.pem + root.pem + issuing.pem)), ['warning chain-order']],
  ['RSA 1024', one(pair(made('rsa1024'))), [F.key], '1024'],
  ['P-224', one(pair(made('p224'))), [F.key], 'P-224'],
  ['secp256k1', one(pair(made('secp256k1'))), [F.key], 'secp256k1'],
  ['P-521', one(pair(made('p521'))), [F.minded], 'P-521'],
  ['Ed25519', one(pair(made('ed25519'))), [F.minded], 'Ed25519'],
  [
    'two Ed25519 certificates',
    { secrets: { 'shop-rsa': pair(made('ed25519')), 'shop-ec': pair(made('p521')) }, tls: rsaAndEc },
    [F.minded, F.minded],
  ],
  ['SHA-1', one(pair(makeLeaf({ cn: NAME, sans: [NAME], ca: root, hash: 'sha1', ...dates }))), [F.minded], 'SHA1'],
  [
    'EC key that may not sign',
    one(pair(makeLeaf({ cn: NAME, sans: [NAME], ca: root, keyUsage: [2], ...dates }))),
    [F.key],
    'digitalSignature',
  ],
  ['two ECDSA certificates', { secrets: { 'shop-rsa': pair(other), 'shop-ec': pair(ec) }, tls: rsaAndEc }, [F.names]],
  ['a garbage list', mutual({ 'ca.crt': clients.pem, 'ca.crl': 'garbage' }), [F.crl]],
  ['a broken list', mutual({ 'ca.crt': clients.pem, 'ca.crl': makeCrl({ ca: clients }).subarray(0, -40) }), [F.crl]],
  [
    'a list in DER',
    mutual({ 'ca.crt': clients.pem, 'ca.crl': derOf(makeCrl({ ca: clients })) }),
    [F.crl],
    'binary DER',
  ],
  [
    'an expired list',
    mutual({ 'ca.crt': clients.pem, 'ca.crl': makeCrl({ ca: clients, nextUpdate: '2026-05-01' }) }, 'OPTIONAL_MUTUAL'),
    [F.crl],
    'expired on',
  ],
  [
    'the list of another CA',
    mutual({ 'ca.crt': clients.pem, 'ca.crl': makeCrl({ ca: root }) }),
    [F.crl],
    'no current revocation list of CN=clients',
  ],
  [
    'a list inside the bundle of another CA',
    mutual({ 'ca.crt': clients.pem + makeCrl({ ca: root }).toString() }),
    [F.crl],
    'ca.crt of Secret',
  ],
];

function pemOnOneLine(pem: string): string {
  const [begin, ...lines] = pem.trimEnd().split('\n');
  return `${begin}\n${lines.slice(0, -1).join('')}\n${lines.at(-1)}\n`;
}

const all = [...fine, ...damaged, ...unfit];

/** Parts of the private keys of these tests, in base64. */
const secrets = [ec, rsa, leaf, other].flatMap((of) =>
  [of.key(), of.traditionalKey()].flatMap((key) => derOf(key).toString('base64').match(/.{20}/g) ?? []),
);

const told = (cluster: Cluster): string => {
  const { findings, undecided, ignored, internalErrors } = judgeCluster(cluster);
  return JSON.stringify([findings, undecided, ignored, internalErrors]);
};

describe('Secrets of every kind', () => {
  for (const [name, cluster, found, says] of all) {
    it(name, () => {
      const { findings, internalErrors } = judgeCluster(cluster);
      expect(internalErrors).toEqual([]);
      expect(verdicts(findings)).toEqual(found);
      if (says !== undefined) expect(findings[0]?.message).toContain(says);
    });
  }

  it('never show a private key', () => {
    for (const [name, cluster] of all) {
      const text = told(cluster);
      expect(secrets.filter((part) => text.includes(part)).length, name).toBe(0);
    }
  });

  it('say the same of a snapshot, in which keys are described only', () => {
    for (const [name, cluster, found] of all) {
      const redacted = Object.entries(cluster.secrets).map(([secret, content]) => {
        const fields = Object.entries(content).map(([key, value]) => {
          const bytes = Buffer.from(value as string);
          const isKey = key === 'tls.key' || key === 'key';
          return [key, isKey && bytes.length > 0 ? describeKey(bytes) : (withoutKeys(bytes) ?? value)] as const;
        });
        return [secret, Object.fromEntries(fields)] as const;
      });
      const { findings, internalErrors } = judgeCluster({ ...cluster, secrets: Object.fromEntries(redacted) });
      expect(internalErrors, name).toEqual([]);
      expect(verdicts(findings), name).toEqual(found);
    }
  });
});

describe('commands that repair', () => {
  const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

  for (const [name, { secrets: contents }] of damaged) {
    const finding = judgeCluster({ secrets: contents }).findings.find(({ rule }) => rule === 'pem-malformed');
    const steps = [...(finding?.remedy ?? '').matchAll(/jsonpath=\{\.data\.([\w\\.]+)\}' \| base64 -d \| (.+) > TLS/g)];
    // These ask for a pass phrase, or for a real PKCS#12 file.
    const runnable = steps.filter(([, , filter]) => !/pkcs12|^openssl pkey$/.test(filter!));
    if (runnable.length === 0) continue;
    it.skipIf(runnable.some(([, , filter]) => filter!.includes('openssl')) && !has('openssl'))(name, () => {
      const content: Record<string, Bytes> = { ...contents['shop-tls'] };
      for (const [, path, filter] of runnable) {
        const key = path!.replaceAll('\\', '');
        content[key] = execFileSync('bash', ['-c', `base64 -d | ${filter}`], { input: twice(content[key]!) });
      }
      const bytes = (key: string) => Buffer.from(content[key] as string);
      expect(judgeKeyPair(bytes('tls.crt'), bytes('tls.key')).kind).toBe('accepted');
    });
  }
});
