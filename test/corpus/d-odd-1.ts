import { makeCa, makeCrl } from '../../src/pages/certificates.ts';
import { https, type Obj, obj, otherRoot, secret, tls, toAll } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm } from './sites.ts';

const host = 'shop.example.com';
const gateway = 'Gateway shop/web';
const web = 'VirtualService shop/shop';
const caAt = 'Secret istio-system/shop-tls-cacert';
const mesh = (text: string): Obj => obj('ConfigMap', 'istio-system/istio', { data: { mesh: text } });
const mutual = (ca: Record<string, string | Uint8Array>, more: Obj = {}): readonly Obj[] =>
  shop({ tls: { mode: 'MUTUAL', ...more }, more: [secret('istio-system/shop-tls-cacert', ca)] });
const gone = makeCa({ cn: 'Clients 2019', slot: 'corpus-2019', notBefore: '2019-01-01', notAfter: '2024-01-01' });
const soon = makeCa({ cn: 'Clients 2021', slot: 'corpus-2021', notBefore: '2021-01-01', notAfter: '2026-06-20' });
const clients = makeCa({ cn: 'Clients', slot: 'corpus-clients', notAfter: '2036-01-01' });
const moved = (code: number | undefined): Obj => ({
  http: [
    {
      match: [{ uri: { exact: '/old' } }],
      redirect: { uri: '/new', ...(code === undefined ? {} : { redirectCode: code }) },
    },
    ...toAll('frontend', 80),
  ],
});

/** Rows 61 to 79: found by experiment. */
export const oddD1: readonly Case[] = [
  broken(
    'gateway-crashes-istiod',
    'every host of every namespace, and more',
    'error',
    gateway,
    shop({ servers: [https(['*/*', './shop.example.com'], 'shop-tls')] }),
  ),
  near(
    'gateway-crashes-istiod',
    'the star last',
    shop({ servers: [https(['./shop.example.com', '*/*'], 'shop-tls')] }),
  ),
  near(
    'gateway-crashes-istiod',
    'a named namespace after the star',
    shop({ servers: [https(['*/*', 'shop/shop.example.com'], 'shop-tls')] }),
  ),
  broken('redirect-code-rejected', '305', 'error', web, shop({ vs: moved(305) })),
  broken('redirect-code-rejected', '300', 'error', web, shop({ site: helm, vs: moved(300) })),
  near('redirect-code-rejected', '308', shop({ vs: moved(308) })),
  near('redirect-code-rejected', 'no code is 301', shop({ vs: moved(undefined) })),
  broken(
    'simple-with-subject-alt-names',
    'SIMPLE',
    'error',
    gateway,
    shop({ tls: { subjectAltNames: ['client.example.com'] } }),
  ),
  near(
    'simple-with-subject-alt-names',
    'MUTUAL',
    mutual({ 'ca.crt': clients.pem }, { subjectAltNames: ['client.example.com'] }),
  ),
  near(
    'simple-with-subject-alt-names',
    'SIMPLE with files',
    shop({
      tls: {
        credentialName: undefined,
        serverCertificate: '/c/tls.crt',
        privateKey: '/c/tls.key',
        subjectAltNames: ['a.example.com'],
      },
    }),
  ),
  broken('crl-unusable', 'not a CRL', 'error', caAt, mutual({ 'ca.crt': clients.pem, 'ca.crl': 'hello' })),
  broken(
    'crl-unusable',
    'expired',
    'error',
    caAt,
    mutual({ 'ca.crt': clients.pem, 'ca.crl': makeCrl({ ca: clients, nextUpdate: '2026-02-01' }) }),
  ),
  broken(
    'crl-unusable',
    'of another issuer',
    'error',
    caAt,
    mutual({ cacert: clients.pem, crl: makeCrl({ ca: otherRoot }) }),
  ),
  near('crl-unusable', 'current', mutual({ 'ca.crt': clients.pem, 'ca.crl': makeCrl({ ca: clients }) })),
  near(
    'crl-unusable',
    'garbage in the certificate Secret',
    shop({
      tls: { mode: 'MUTUAL' },
      secrets: [tls('istio-system/shop-tls', host, { 'ca.crl': 'hello' })],
      more: [secret('istio-system/shop-tls-cacert', { 'ca.crt': clients.pem })],
    }),
  ),
  broken('client-ca-expired', 'the only CA', 'error', caAt, mutual({ 'ca.crt': gone.pem })),
  broken('client-ca-expired', 'one of two', 'warning', caAt, mutual({ 'ca.crt': clients.pem + gone.pem })),
  broken('client-ca-expired', 'soon', 'warning', caAt, mutual({ cacert: soon.pem })),
  near(
    'client-ca-expired',
    'CA of a SIMPLE server',
    shop({ secrets: [tls('istio-system/shop-tls', host, { 'ca.crt': gone.pem })] }),
  ),
  near('client-ca-expired', 'valid', mutual({ 'ca.crt': clients.pem })),
  broken(
    'tls-versions-inverted',
    'in the server',
    'error',
    gateway,
    shop({ tls: { minProtocolVersion: 'TLSV1_3', maxProtocolVersion: 'TLSV1_2' } }),
  ),
  broken('tls-versions-inverted', 'minimum of the mesh', 'error', `${gateway}|ConfigMap istio-system/istio`, [
    ...shop({ tls: { maxProtocolVersion: 'TLSV1_2' } }),
    mesh('tlsDefaults:\n  minProtocolVersion: TLSV1_3\n'),
  ]),
  near(
    'tls-versions-inverted',
    'equal',
    shop({ tls: { minProtocolVersion: 'TLSV1_2', maxProtocolVersion: 'TLSV1_2' } }),
  ),
  near('tls-versions-inverted', 'the server lowers the minimum of the mesh', [
    ...shop({ tls: { minProtocolVersion: 'TLSV1_2', maxProtocolVersion: 'TLSV1_2' } }),
    mesh('tlsDefaults:\n  minProtocolVersion: TLSV1_3\n'),
  ]),
  broken(
    'host-trailing-dot',
    'in the Gateway',
    'warning',
    gateway,
    shop({ servers: [https('shop.example.com.', 'shop-tls')] }),
  ),
  broken('host-trailing-dot', 'in the VirtualService', 'warning', web, shop({ vs: { hosts: ['shop.example.com.'] } })),
  near('host-trailing-dot', 'destination with a dot', shop()),
];
