import { makeCa, makeLeaf } from '../../src/pages/certificates.ts';
import { b64, https, intermediate, leaf, type Obj, redirect, root, secret, tls } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm } from './sites.ts';

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

/** Rows 7 to 9, 11, 12, 40 to 42: what the Secret holds. */
export const certsA1: readonly Case[] = [
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
];
