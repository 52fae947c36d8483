import { gw, https, type Obj, obj, pass, plain, redirect, svc, tls, to, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const gateway = 'Gateway shop/web';
const web = 'VirtualService shop/shop';
const sel = selector(istioctl);
const server = (number: number, name: string, protocol: string, more: Obj): Obj => ({
  port: { number, name, protocol },
  hosts: [host],
  ...more,
});
const passing = (spec: Obj, servers: readonly Obj[] = [pass('*.example.com')]): readonly Obj[] => [
  ...pods(istioctl),
  gw('shop/web', sel, servers),
  svc('shop/frontend', [{ name: 'tls', port: 443 }]),
  vs('shop/shop', { hosts: ['*.example.com'], gateways: ['web'], ...spec }),
];

/** What the admission webhook refuses. */
export const webhook1: readonly Case[] = [
  broken(
    'protocol-tls-mismatch',
    'HTTPS without tls',
    'error',
    gateway,
    shop({ servers: [redirect(host), server(443, 'https', 'HTTPS', {})], secrets: [] }),
  ),
  broken(
    'protocol-tls-mismatch',
    'SIMPLE on HTTP',
    'error',
    gateway,
    shop({ servers: [server(443, 'https', 'HTTP', { tls: { mode: 'SIMPLE', credentialName: 'shop-tls' } })] }),
  ),
  broken(
    'protocol-tls-mismatch',
    'SIMPLE on a redirect',
    'error',
    gateway,
    shop({
      servers: [
        server(80, 'http', 'HTTP', { tls: { mode: 'SIMPLE', httpsRedirect: true } }),
        server(443, 'https', 'HTTPS', { tls: { mode: 'SIMPLE', credentialName: 'shop-tls' } }),
      ],
    }),
  ),
  broken(
    'protocol-tls-mismatch',
    'tls on TCP',
    'error',
    gateway,
    shop({
      servers: [server(443, 'tcp', 'TCP', { tls: { mode: 'SIMPLE', credentialName: 'shop-tls' } })],
      vs: { http: undefined, tcp: [{ route: to('frontend', 80) }] },
    }),
  ),
  near('protocol-tls-mismatch', 'redirect on HTTP', shop()),
  near(
    'protocol-tls-mismatch',
    'plain HTTP on 443 behind a load balancer',
    shop({ servers: [plain(host, {}, 443)], secrets: [] }),
  ),
  broken(
    'duplicate-port-name',
    'https twice',
    'error',
    gateway,
    shop({
      hosts: [host, 'api.example.com'],
      servers: [
        server(443, 'https', 'HTTPS', { tls: { mode: 'SIMPLE', credentialName: 'shop-tls' } }),
        {
          ...server(443, 'https', 'HTTPS', { tls: { mode: 'SIMPLE', credentialName: 'api-tls' } }),
          hosts: ['api.example.com'],
        },
      ],
      secrets: [tls('istio-system/shop-tls', host), tls('istio-system/api-tls', 'api.example.com')],
    }),
  ),
  near('duplicate-port-name', 'same name in two Gateways', [
    ...shop({ servers: [server(443, 'https', 'HTTPS', { tls: { mode: 'SIMPLE', credentialName: 'shop-tls' } })] }),
    gw('shop/api', sel, [
      {
        ...server(443, 'https', 'HTTPS', { tls: { mode: 'SIMPLE', credentialName: 'api-tls' } }),
        hosts: ['api.example.com'],
      },
    ]),
    tls('istio-system/api-tls', 'api.example.com'),
    vs('shop/api', { hosts: ['api.example.com'], gateways: ['api'], http: toAll('frontend', 80) }),
  ]),
  broken(
    'sni-not-in-hosts',
    'other domain',
    'error',
    web,
    passing({
      hosts: ['shop.example.com'],
      tls: [{ match: [{ sniHosts: ['api.example.com'] }], route: to('frontend', 443) }],
    }),
  ),
  near(
    'sni-not-in-hosts',
    'below the wildcard',
    passing({ tls: [{ match: [{ sniHosts: ['api.example.com', '*.eu.example.com'] }], route: to('frontend', 443) }] }),
  ),
  broken(
    'sni-missing',
    'match by port only',
    'error',
    web,
    passing({ tls: [{ match: [{ port: 443 }], route: to('frontend', 443) }] }),
  ),
  near(
    'sni-missing',
    'port and sniHosts',
    passing({ tls: [{ match: [{ port: 443, sniHosts: ['*.example.com'] }], route: to('frontend', 443) }] }),
  ),
  broken(
    'credential-conflict',
    'credentialName and files',
    'error',
    gateway,
    shop({ tls: { serverCertificate: '/etc/certs/tls.crt', privateKey: '/etc/certs/tls.key' } }),
  ),
  broken(
    'credential-conflict',
    'credentialName and credentialNames',
    'error',
    gateway,
    shop({ site: helm, tls: { credentialNames: ['shop-tls'] } }),
  ),
  near(
    'credential-conflict',
    'credentialName and a CA name',
    shop({
      tls: { mode: 'MUTUAL', caCertCredentialName: 'shop-cacert' },
      more: [
        obj('Secret', 'istio-system/shop-cacert', {
          data: { 'ca.crt': (tls('a/b', 'x')['data'] as Record<string, string>)['tls.crt'] },
        }),
      ],
    }),
  ),
  broken(
    'tls-files-incomplete',
    'SIMPLE with nothing',
    'error',
    gateway,
    shop({ servers: [redirect(host), https(host, null)], secrets: [] }),
  ),
  broken(
    'tls-files-incomplete',
    'key file missing',
    'error',
    gateway,
    shop({ servers: [redirect(host), https(host, null, { serverCertificate: '/c/tls.crt' })], secrets: [] }),
  ),
  broken(
    'tls-files-incomplete',
    'MUTUAL without CA file',
    'error',
    gateway,
    shop({
      servers: [
        redirect(host),
        https(host, null, { mode: 'MUTUAL', serverCertificate: '/c/tls.crt', privateKey: '/c/tls.key' }),
      ],
      secrets: [],
    }),
  ),
  near(
    'tls-files-incomplete',
    'both files',
    shop({
      servers: [redirect(host), https(host, null, { serverCertificate: '/c/tls.crt', privateKey: '/c/tls.key' })],
      secrets: [],
    }),
  ),
  near(
    'tls-files-incomplete',
    'list of files',
    shop({
      servers: [
        redirect(host),
        https(host, null, { tlsCertificates: [{ serverCertificate: '/c/a.crt', privateKey: '/c/a.key' }] }),
      ],
      secrets: [],
    }),
  ),
];
