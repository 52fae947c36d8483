import { makeCa, makeLeaf } from '../x509/make.ts';
import { b64, https, intermediate, leaf, type Obj, obj, redirect, root, secret, tls } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm } from './sites.ts';

const host = 'shop.example.com';
const good = leaf(host);
const stranger = makeLeaf({ cn: 'stranger', slot: 'corpus-stranger' });
const at = 'Secret istio-system/shop-tls';
const chain = good.pem + intermediate.pem;
const holds = (
  crt: string | Uint8Array,
  key: string | Uint8Array = good.key(),
  more: Record<string, string> = {},
): readonly Obj[] => shop({ secrets: [secret('istio-system/shop-tls', { 'tls.crt': crt, 'tls.key': key, ...more })] });
const dated = (from: string, to: string): readonly Obj[] =>
  shop({ secrets: [tls('istio-system/shop-tls', host, {}, { notBefore: from, notAfter: to })] });
const oldCa = makeCa({ cn: 'R98', slot: 'corpus-r98', ca: root, notBefore: '2020-01-01', notAfter: '2025-01-01' });
const oldRoot = makeCa({ cn: 'DST Root', slot: 'corpus-dst', notBefore: '2000-01-01', notAfter: '2021-09-30' });
const crossSigned = makeCa({
  cn: 'ISRG Root X9',
  slot: 'corpus-root',
  ca: oldRoot,
  notBefore: '2020-01-01',
  notAfter: '2024-09-30',
});
const byOld = leaf(host, { ca: oldCa });
const rsa = leaf(host, { key: 'rsa2048', slot: 'rsa' });
const p224 = leaf(host, { key: 'p224', slot: 'p224' });
const ca = makeCa({ cn: 'Corp CA', slot: 'corpus-corp' });
const byCorp = makeLeaf({ cn: host, sans: [host], ca, slot: 'by-corp' });

/** Rows 7 to 9, 11, 12, 40 to 42: what the Secret holds. */
export const certsA: readonly Case[] = [
  broken('key-cert-mismatch', 'key of another order', 'error', at, holds(chain, stranger.key())),
  broken(
    'key-cert-mismatch',
    'key in PKCS#1 of the old certificate',
    'error',
    at,
    holds(rsa.pem + intermediate.pem, leaf('x', { key: 'rsa2048', slot: 'rsa-old' }).traditionalKey()),
  ),
  near('key-cert-mismatch', 'renewed with the same key', holds(leaf(host, { serial: '77' }).pem + intermediate.pem)),
  near(
    'key-cert-mismatch',
    'RSA and ECDSA in two Secrets',
    shop({
      tls: { credentialName: undefined, credentialNames: ['shop-rsa', 'shop-ec'] },
      secrets: [
        secret('istio-system/shop-rsa', { 'tls.crt': rsa.pem + intermediate.pem, 'tls.key': rsa.key() }),
        tls('istio-system/shop-ec', host),
      ],
    }),
  ),
  broken('chain-order', 'intermediate first', 'error', at, holds(intermediate.pem + good.pem)),
  broken('chain-order', 'root, intermediate, leaf', 'error', at, holds(root.pem + intermediate.pem + good.pem)),
  broken('chain-order', 'leaf, root, intermediate', 'warning', at, holds(good.pem + root.pem + intermediate.pem)),
  near('chain-order', 'leaf, intermediate, root', holds(good.pem + intermediate.pem + root.pem)),
  near('chain-order', 'leaf and key in one file', holds(chain + good.key().toString(), good.key().toString())),
  broken(
    'pem-malformed',
    'no newline between the certificates',
    'error',
    at,
    holds(good.pem.trimEnd() + intermediate.pem),
  ),
  broken('pem-malformed', 'DER', 'error', at, holds(good.der)),
  broken(
    'pem-malformed',
    'PFX in tls.crt',
    'error',
    at,
    holds(Buffer.concat([Buffer.from('3082099f020103', 'hex'), Buffer.alloc(200, 7)])),
  ),
  broken('pem-malformed', 'encrypted PKCS#8 key', 'error', at, holds(chain, good.encryptedKey())),
  broken(
    'pem-malformed',
    'encrypted traditional key',
    'error',
    at,
    holds(rsa.pem + intermediate.pem, rsa.encryptedTraditionalKey()),
  ),
  broken('pem-malformed', 'base64 twice', 'error', at, holds(b64(chain), b64(good.key()))),
  broken('pem-malformed', 'indented by a template', 'error', at, holds(chain.replace(/^/gm, '    '))),
  broken('pem-malformed', 'byte order mark', 'error', at, holds(`\uFEFF${chain}`)),
  broken('pem-malformed', 'literal backslash n', 'error', at, holds(chain.replaceAll('\n', '\\n'))),
  broken('pem-malformed', 'certificate in the key field', 'error', at, holds(chain, chain)),
  broken('pem-malformed', 'cut off', 'error', at, holds(chain.slice(0, -80))),
  near(
    'pem-malformed',
    'Windows line ends',
    holds(chain.replaceAll('\n', '\r\n'), good.key().toString().replaceAll('\n', '\r\n')),
  ),
  near(
    'pem-malformed',
    'openssl x509 -text',
    holds(`Certificate:\n    Data:\n        Version: 3 (0x2)\n${good.pem}\nsubject=CN = R99\n${intermediate.pem}`),
  ),
  near(
    'pem-malformed',
    'EC PARAMETERS before the key',
    holds(
      chain,
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${good.traditionalKey()}`,
    ),
  ),
  near('pem-malformed', 'no newline at the end', holds(chain.trimEnd(), good.key().toString().trimEnd())),
  near(
    'pem-malformed',
    'bag attributes of openssl pkcs12',
    holds(
      `Bag Attributes\n    localKeyID: 01 02\nsubject=/CN=${host}\n${chain}`,
      `Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n${good.key()}`,
    ),
  ),

  broken('cert-expired', 'leaf', 'error', at, dated('2025-02-01', '2026-05-02')),
  broken('cert-expired', 'intermediate', 'error', at, holds(byOld.pem + oldCa.pem, byOld.key())),
  broken('cert-expired', 'cross-signed root nobody needs', 'warning', at, holds(chain + crossSigned.pem)),
  near(
    'cert-expired',
    'expired certificate of a Secret that no Gateway uses',
    shop({ more: [tls('istio-system/old-tls', host, {}, { notBefore: '2020-01-01', notAfter: '2021-01-01' })] }),
  ),
  near('cert-expired', 'valid for two months', dated('2026-04-30', '2026-07-31')),
  broken('cert-not-yet-valid', 'starts next month', 'error', at, dated('2026-07-01', '2027-07-01')),
  near('cert-not-yet-valid', 'issued an hour ago', dated('2026-05-31T23:00:00Z', '2026-08-29')),
  broken('cert-expiring-soon', 'ten days left', 'warning', at, dated('2026-03-12', '2026-06-11')),
  near('cert-expiring-soon', 'five weeks left', dated('2026-04-01', '2026-07-06')),

  broken(
    'cert-san-mismatch',
    'certificate of the staging host',
    'error',
    `${at}|Gateway shop/web`,
    shop({ secrets: [tls('istio-system/shop-tls', 'shop.staging.example.com')] }),
    { names: ['shop.example.com', 'shop.staging.example.com'] },
  ),
  broken(
    'cert-san-mismatch',
    'one of two hosts',
    'error',
    `${at}|Gateway shop/web`,
    shop({ hosts: [host, 'www.example.com'], secrets: [tls('istio-system/shop-tls', host)] }),
    { names: ['www.example.com'] },
  ),
  broken(
    'cert-san-mismatch',
    'wildcard does not cover the apex',
    'error',
    'Secret istio-ingress/shop-tls|Gateway shop/web',
    shop({ site: helm, hosts: ['example.com'], secrets: [tls('istio-ingress/shop-tls', '*.example.com')] }),
  ),
  broken(
    'cert-san-mismatch',
    'wildcard server, certificate for one host',
    'warning',
    `${at}|Gateway shop/web`,
    shop({ hosts: ['*.example.com'], secrets: [tls('istio-system/shop-tls', host)] }),
  ),
  near(
    'cert-san-mismatch',
    'wildcard server whose only route is covered',
    shop({ servers: [redirect('*.example.com'), https('*.example.com', 'shop-tls')] }),
  ),
  broken(
    'cert-san-mismatch',
    'server *, host of the VirtualService',
    'error',
    `${at}|Gateway shop/web|VirtualService shop/shop`,
    shop({ servers: [https('*', 'shop-tls')], secrets: [tls('istio-system/shop-tls', 'api.example.com')] }),
  ),
  near('cert-san-mismatch', 'wildcard certificate', shop({ secrets: [tls('istio-system/shop-tls', '*.example.com')] })),
  near(
    'cert-san-mismatch',
    'upper case in the certificate',
    shop({ secrets: [tls('istio-system/shop-tls', 'Shop.Example.COM')] }),
  ),
  near('cert-san-mismatch', 'server * and covered VirtualService', shop({ servers: [https('*', 'shop-tls')] })),
  near(
    'cert-san-mismatch',
    'apex and wildcard',
    shop({
      hosts: ['example.com', '*.example.com'],
      secrets: [tls('istio-system/shop-tls', ['example.com', '*.example.com'])],
    }),
  ),
  near(
    'cert-san-mismatch',
    'namespaced host',
    shop({ servers: [redirect(host), https('shop/shop.example.com', 'shop-tls')] }),
  ),
  near('cert-san-mismatch', 'IDNA', shop({ hosts: ['xn--bcher-kva.example.com'] })),
  near(
    'cert-san-mismatch',
    'the second of credentialNames covers it',
    shop({
      hosts: [host, 'www.example.com'],
      tls: { credentialName: undefined, credentialNames: ['a-tls', 'b-tls'] },
      secrets: [
        secret('istio-system/a-tls', { 'tls.crt': rsa.pem + intermediate.pem, 'tls.key': rsa.key() }),
        tls('istio-system/b-tls', 'www.example.com', {}, { key: 'rsa2048', slot: 'rsa-b' }),
      ],
    }),
  ),
  broken(
    'wildcard-san-depth',
    'two labels below the wildcard',
    'warning',
    `${at}|Gateway shop/web|VirtualService shop/shop`,
    shop({
      servers: [https('*.example.com', 'shop-tls')],
      hosts: ['eu.shop.example.com'],
      secrets: [tls('istio-system/shop-tls', '*.example.com')],
    }),
    { names: ['eu.shop.example.com'] },
  ),
  near(
    'wildcard-san-depth',
    'one label',
    shop({ servers: [https('*.example.com', 'shop-tls')], secrets: [tls('istio-system/shop-tls', '*.example.com')] }),
  ),
  near(
    'wildcard-san-depth',
    'own wildcard of the second level',
    shop({
      servers: [https('*.example.com', 'shop-tls')],
      hosts: ['eu.shop.example.com'],
      secrets: [tls('istio-system/shop-tls', ['*.example.com', '*.shop.example.com'])],
    }),
  ),
  broken(
    'cert-cn-only',
    'openssl req of the tutorial',
    'error',
    at,
    shop({
      secrets: [
        secret('istio-system/shop-tls', {
          'tls.crt': makeLeaf({ cn: host, ca, slot: 'cn' }).pem,
          'tls.key': makeLeaf({ cn: host, slot: 'cn' }).key(),
        }),
      ],
    }),
  ),
  near('cert-cn-only', 'no CN but SAN', shop({ secrets: [tls('istio-system/shop-tls', host, {}, { cn: null })] })),
  broken(
    'unsupported-key',
    'RSA 1024',
    'error',
    at,
    shop({ secrets: [tls('istio-system/shop-tls', host, {}, { key: 'rsa1024', slot: 'weak' })] }),
  ),
  broken('unsupported-key', 'P-224', 'error', at, holds(p224.pem + intermediate.pem, p224.key())),
  broken(
    'unsupported-key',
    'Ed25519',
    'warning',
    at,
    shop({ secrets: [tls('istio-system/shop-tls', host, {}, { key: 'ed25519', slot: 'ed' })] }),
  ),
  broken(
    'unsupported-key',
    'SHA-1 signature',
    'warning',
    at,
    shop({ secrets: [tls('istio-system/shop-tls', host, {}, { hash: 'sha1' })] }),
  ),
  near(
    'unsupported-key',
    'P-384',
    shop({ secrets: [tls('istio-system/shop-tls', host, {}, { key: 'p384', slot: 'p384' })] }),
  ),
  near(
    'unsupported-key',
    'RSA 2048',
    shop({ site: edge, secrets: [tls('edge/shop-tls', host, {}, { key: 'rsa2048', slot: 'rsa' })] }),
  ),
  broken(
    'chain-incomplete',
    'ca.crt is the root only',
    'warning',
    at,
    holds(good.pem, good.key(), { 'ca.crt': root.pem }),
  ),
  broken('chain-incomplete', 'issuer elsewhere in the input', 'warning', at, [
    ...holds(good.pem),
    obj('ConfigMap', 'pki/chain', { data: { 'chain.pem': intermediate.pem } }),
    tls('istio-system/b-tls', 'b.example.com'),
  ]),
  broken(
    'chain-incomplete',
    'AIA pointer',
    'warning',
    at,
    shop({
      secrets: [
        secret('istio-system/shop-tls', {
          'tls.crt': leaf(host, { aia: 'http://r99.i.lencr.org/' }).pem,
          'tls.key': good.key(),
        }),
      ],
    }),
  ),
  near(
    'chain-incomplete',
    'leaf of a private root',
    shop({
      secrets: [secret('istio-system/shop-tls', { 'tls.crt': byCorp.pem, 'tls.key': byCorp.key(), 'ca.crt': ca.pem })],
    }),
  ),
  near(
    'chain-incomplete',
    'self-signed',
    shop({
      secrets: [
        secret('istio-system/shop-tls', {
          'tls.crt': makeLeaf({ cn: host, sans: [host], slot: 'self' }).pem,
          'tls.key': makeLeaf({ slot: 'self' }).key(),
        }),
      ],
    }),
  ),
  near(
    'chain-incomplete',
    'full chain with AIA',
    shop({ secrets: [tls('istio-system/shop-tls', host, {}, { aia: 'http://r99.i.lencr.org/' })] }),
  ),
  near(
    'chain-incomplete',
    'RSA full chain served by the second server too',
    shop({
      hosts: [host],
      servers: [redirect(host), https(host, 'shop-tls'), https(host, 'shop-tls', {}, 8443)].slice(0, 2),
    }),
  ),
];
