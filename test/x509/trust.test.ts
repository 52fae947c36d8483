import { describe, expect, test } from 'vitest';
import { type Made, makeLeaf as make } from '../../src/pages/certificates.ts';
import { judgeTrust, type Signed, signedIn } from '../../src/x509/trust.ts';

const now = new Date('2026-06-01T00:00:00Z');
const from = '2020-01-01T00:00:00Z';
const to = '2040-01-01T00:00:00Z';
const dates = { notBefore: from, notAfter: to };
const old = { notBefore: from, notAfter: '2021-01-01T00:00:00Z' };
const sans = ['shop.example.com'];

const root = make({ cn: 'Root', isCa: true, key: 'p256', slot: 'root', keyUsage: null, ...dates });
const impostor = make({ cn: 'Root', isCa: true, key: 'p256', slot: 'impostor', keyUsage: null, ...dates });
const oldRoot = make({ cn: 'Root', isCa: true, key: 'p256', slot: 'root', keyUsage: null, ...old });
const between = make({ cn: 'Between', isCa: true, ca: root, key: 'p256', slot: 'between', keyUsage: null, ...dates });
const notAnAuthority = make({ cn: 'Plain', ca: root, key: 'p256', slot: 'plain', keyUsage: null, ...dates });
const noSigner = make({ cn: 'Noncrl', isCa: true, key: 'p256', slot: 'noncrl', keyUsage: [6], ...dates });
const leafOf = (ca: Made, more: object = {}): Made =>
  make({ cn: 'shop', ca, key: 'p256', slot: 'leaf', sans, ...dates, ...more });
const alone = make({ cn: 'shop', key: 'p256', slot: 'alone', sans, ...dates });
const leaf = leafOf(root);
const weak = make({ cn: 'shop', key: 'p256', slot: 'weak', sans, hash: 'sha1', ...dates });
const deep = leafOf(between);

/** The chain that is sent, what the client trusts, and what curl says; '' when it takes it. */
const cases: readonly [name: string, sent: readonly Made[], anchors: readonly Made[], words: string][] = [
  ['signed by the root', [leaf], [root], ''],
  ['root sent as well', [leaf, root], [root], ''],
  [
    'by another root',
    [leaf],
    [make({ cn: 'Other', isCa: true, key: 'p256', slot: 'other', keyUsage: null, ...dates })],
    'unable to get local issuer certificate',
  ],
  ['by a root of the same name', [leafOf(root, { keyIds: false })], [impostor], 'certificate signature failure'],
  ['by a root of the same name, with key identifiers', [leaf], [impostor], 'unable to get local issuer certificate'],
  ['two roots of the same name', [leaf], [impostor, root], ''],
  ['intermediate sent', [deep, between], [root], ''],
  ['intermediate not sent', [deep], [root], 'unable to get local issuer certificate'],
  ['intermediate trusted, as curl allows', [deep], [between], ''],
  ['self-signed', [alone], [root], 'self-signed certificate'],
  ['self-signed and trusted', [alone], [alone], ''],
  ['the leaf itself trusted, as curl allows', [leaf], [leaf], ''],
  ['an unknown root is sent', [deep, between, root], [impostorOther()], 'self-signed certificate in certificate chain'],
  ['leaf expired', [leafOf(root, old)], [root], 'certificate has expired'],
  ['leaf not yet valid', [leafOf(root, { notBefore: '2030-01-01T00:00:00Z' })], [root], 'certificate is not yet valid'],
  ['root expired', [leaf], [oldRoot], 'certificate has expired'],
  ['old and new root', [leaf], [oldRoot, root], ''],
  ['for clients only', [leafOf(root, { eku: ['clientAuth'] })], [root], 'unsuitable certificate purpose'],
  ['for both', [leafOf(root, { eku: ['clientAuth', 'serverAuth'] })], [root], ''],
  ['signed with SHA-1', [leafOf(root, { hash: 'sha1' })], [root], 'CA signature digest algorithm too weak'],
  ['self-signed with SHA-1', [weak], [weak], ''],
  ['issuer is no authority', [leafOf(notAnAuthority), notAnAuthority], [root], 'invalid CA certificate'],
  ['issuer may not sign', [leafOf(noSigner)], [noSigner], 'invalid CA certificate'],
];

function impostorOther(): Made {
  return make({ cn: 'Elsewhere', isCa: true, key: 'p256', slot: 'elsewhere', keyUsage: null, ...dates });
}

const signed = (made: readonly Made[]): Signed[] => signedIn(Buffer.from(made.map((m) => m.pem).join('')));

describe('a client that trusts some authorities only', () => {
  test.each(cases)('%s', (_, sent, anchors, words) => {
    const [first, ...rest] = signed(sent);
    const trust = judgeTrust([first!, ...rest], signed(anchors), now);
    expect(trust.kind === 'trusted' ? '' : trust.words).toBe(words);
  });

  test('a key beside the certificates is passed over', () => {
    const pem = `${leaf.key()}${root.pem}`;
    expect(signedIn(Buffer.from(pem)).map((s) => s.certificate.subject.commonName)).toEqual(['Root']);
  });
});
