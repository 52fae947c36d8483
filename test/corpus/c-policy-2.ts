import { gw, https, leaf, type Obj, otherRoot, pass, plain, redirect, secret, svc, tls, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const gateway = 'Gateway shop/web';
const secretAt = 'Secret istio-system/shop-tls';

/** Rows 43 to 55: redirects, ACME, load balancers, versions, pairs of certificates. */
export const policyC2: readonly Case[] = [
  broken(
    'redirect-without-https',
    'HTTPS server forgotten',
    'warning',
    gateway,
    shop({ servers: [redirect(host)], secrets: [] }),
  ),
  broken(
    'redirect-without-https',
    'one host of two',
    'warning',
    gateway,
    shop({
      servers: [redirect([host, 'www.example.com']), https(host, 'shop-tls')],
      vs: { hosts: [host, 'www.example.com'] },
    }),
    { names: ['www.example.com'] },
  ),
  near(
    'redirect-without-https',
    'HTTPS in another Gateway',
    shop({
      servers: [redirect(host)],
      more: [
        gw('infra/tls', sel, [https('*.example.com', 'wild')]),
        tls('istio-system/wild', '*.example.com'),
        vs('shop/s', { hosts: [host], gateways: ['infra/tls'], http: toAll('frontend', 80) }),
      ],
    }),
  ),
  near('redirect-without-https', 'passed through', [
    ...pods(istioctl),
    gw('shop/web', sel, [redirect(host), pass(host)]),
    svc('shop/b', [{ name: 'tls', port: 443 }]),
    vs('shop/b', {
      hosts: [host],
      gateways: ['web'],
      tls: [{ match: [{ sniHosts: [host] }], route: [{ destination: { host: 'b' } }] }],
    }),
  ]),
  broken(
    'https-redirect-missing',
    'plain HTTP beside',
    'info',
    gateway,
    shop({ servers: [plain(host), https(host, 'shop-tls')] }),
  ),
  near('https-redirect-missing', 'redirect', shop()),
  near(
    'https-redirect-missing',
    'redirect by the VirtualService',
    shop({
      servers: [plain(host), https(host, 'shop-tls')],
      vs: {
        http: [
          { match: [{ port: 80 }], redirect: { scheme: 'https', redirectCode: 301 } },
          { route: [{ destination: { host: 'frontend' } }] },
        ],
      },
    }),
  ),
  broken(
    'istio-mutual-on-ingress',
    'public LoadBalancer',
    'warning',
    gateway,
    shop({ secrets: [], servers: [https(host, null, { mode: 'ISTIO_MUTUAL' })] }),
  ),
  near(
    'istio-mutual-on-ingress',
    'ClusterIP egress',
    shop({
      site: edge,
      secrets: [],
      pods: {
        service: { type: 'ClusterIP', selector: edge.labels, ports: [{ name: 'https', port: 443, targetPort: 8443 }] },
      },
      servers: [https(host, null, { mode: 'ISTIO_MUTUAL' })],
    }),
  ),
  broken(
    'client-ca-is-server-ca',
    'CA of cert-manager',
    'info',
    `${gateway}|${secretAt}`,
    shop({
      tls: { mode: 'MUTUAL' },
      secrets: [
        {
          ...withCa(),
          metadata: {
            name: 'shop-tls',
            namespace: 'istio-system',
            annotations: { 'cert-manager.io/certificate-name': 'shop', 'cert-manager.io/issuer-name': 'corp' },
          },
        },
      ],
    }),
  ),
  near(
    'client-ca-is-server-ca',
    'own CA for clients',
    shop({ tls: { mode: 'MUTUAL' }, more: [secret('istio-system/shop-tls-cacert', { 'ca.crt': otherRoot.pem })] }),
  ),
  broken(
    'tls-version-ineffective',
    'TLS 1.0 without ciphers',
    'warning',
    gateway,
    shop({ tls: { minProtocolVersion: 'TLSV1_0' } }),
  ),
  broken(
    'tls-version-ineffective',
    'unknown cipher',
    'warning',
    gateway,
    shop({
      tls: { minProtocolVersion: 'TLSV1_2', cipherSuites: ['ECDHE-RSA-AES256-GCM-SHA384', 'TLS_AES_256_GCM_SHA384'] },
    }),
  ),
  near(
    'tls-version-ineffective',
    'TLS 1.1 with ciphers',
    shop({
      tls: { minProtocolVersion: 'TLSV1_1', cipherSuites: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA'] },
    }),
  ),
  near('tls-version-ineffective', 'TLS 1.3', shop({ tls: { minProtocolVersion: 'TLSV1_3' } })),
  near(
    'tls-version-ineffective',
    'auto',
    shop({ tls: { minProtocolVersion: 'TLS_AUTO', maxProtocolVersion: 'TLSV1_3' } }),
  ),
];

function withCa(): Obj {
  const signed = leaf(host, { ca: otherRoot });
  return secret('istio-system/shop-tls', { 'tls.crt': signed.pem, 'tls.key': signed.key(), 'ca.crt': otherRoot.pem });
}
