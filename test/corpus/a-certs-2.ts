import { makeCa, makeLeaf } from '../../src/pages/certificates.ts';
import { https, intermediate, leaf, type Obj, obj, redirect, root, secret, tls } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge } from './sites.ts';

const host = 'shop.example.com';
const good = leaf(host);
const at = 'Secret istio-system/shop-tls';
const holds = (
  crt: string | Uint8Array,
  key: string | Uint8Array = good.key(),
  more: Record<string, string> = {},
): readonly Obj[] => shop({ secrets: [secret('istio-system/shop-tls', { 'tls.crt': crt, 'tls.key': key, ...more })] });
const p224 = leaf(host, { key: 'p224', slot: 'p224' });
const ca = makeCa({ cn: 'Corp CA', slot: 'corpus-corp' });
const byCorp = makeLeaf({ cn: host, sans: [host], ca, slot: 'by-corp' });

/** Rows 7 to 9, 11, 12, 40 to 42: what the Secret holds. */
export const certsA2: readonly Case[] = [
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
