import { gw, https, type Obj, obj, pass, plain, redirect, svc, tls, to, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const gateway = 'Gateway shop/web';
const web = 'VirtualService shop/shop';
const mesh = (text: string): Obj => obj('ConfigMap', 'istio-system/istio', { data: { mesh: text } });
const passing = (sniHosts: readonly string[], hosts: readonly string[] = ['*.example.com']): readonly Obj[] => [
  ...pods(istioctl),
  gw('shop/web', sel, [pass('*.example.com')]),
  svc('shop/frontend', [{ name: 'tls', port: 443 }]),
  vs('shop/shop', { hosts, gateways: ['web'], tls: [{ match: [{ sniHosts }], route: to('frontend', 443) }] }),
];

/** Rows 61 to 79: found by experiment. */
export const oddD2: readonly Case[] = [
  broken(
    'hosts-replaced-by-star',
    'star beside a host',
    'info',
    gateway,
    shop({ servers: [https(['shop.example.com', '*/*'], 'shop-tls')] }),
  ),
  near('hosts-replaced-by-star', 'star slash host', shop({ servers: [https(['*/shop.example.com'], 'shop-tls')] })),
  near('hosts-replaced-by-star', 'only the star', shop({ servers: [https(['*/*'], 'shop-tls')] })),
  broken('mesh-mtls-setting-ignored', 'meshMTLS', 'info', 'ConfigMap istio-system/istio', [
    ...shop(),
    mesh('meshMTLS:\n  minProtocolVersion: TLSV1_3\n'),
  ]),
  near('mesh-mtls-setting-ignored', 'tlsDefaults', [...shop(), mesh('tlsDefaults:\n  minProtocolVersion: TLSV1_3\n')]),
  broken('mesh-tls-parameter-unknown', 'cipher', 'error', 'ConfigMap istio-system/istio', [
    ...shop(),
    mesh('tlsDefaults:\n  cipherSuites: [ECDHE-RSA-AES256-GCM-SHA384, AES256-SHA256]\n'),
  ]),
  broken('mesh-tls-parameter-unknown', 'TLS 1.3 alone', 'error', 'ConfigMap istio-system/istio', [
    ...shop(),
    mesh('tlsDefaults:\n  cipherSuites: [TLS_AES_256_GCM_SHA384]\n'),
  ]),
  near('mesh-tls-parameter-unknown', 'TLS 1.3 beside another', [
    ...shop(),
    mesh('tlsDefaults:\n  cipherSuites: [ECDHE-ECDSA-AES256-GCM-SHA384, TLS_AES_256_GCM_SHA384]\n'),
  ]),
  broken('mesh-tls-parameter-unknown', 'curve', 'error', 'ConfigMap istio-system/istio', [
    ...shop(),
    mesh('tlsDefaults:\n  ecdhCurves: [P-256, secp256k1]\n'),
  ]),
  near('mesh-tls-parameter-unknown', 'known', [
    ...shop(),
    mesh(
      'tlsDefaults:\n  cipherSuites: [ECDHE-ECDSA-AES256-GCM-SHA384, ECDHE-RSA-AES128-GCM-SHA256]\n  ecdhCurves: [P-256, X25519]\n',
    ),
  ]),
  near('mesh-tls-parameter-unknown', 'no gateway uses the defaults', [
    ...pods(istioctl),
    gw('shop/web', sel, [plain(host)]),
    svc('shop/frontend'),
    vs('shop/shop', { hosts: [host], gateways: ['web'], http: toAll('frontend') }),
    mesh('meshMTLS: {}\n'),
  ]),
  broken(
    'port-reserved',
    '15021',
    'error',
    gateway,
    shop({ servers: [redirect(host), https(host, 'shop-tls'), plain('*', {}, 15021)] }),
  ),
  broken(
    'port-reserved',
    '443 to 15090',
    'error',
    `${gateway}|Service istio-system/istio-ingressgateway`,
    shop({
      pods: {
        ports: [
          [80, 8080],
          [443, 15090],
        ],
      },
    }),
  ),
  near(
    'port-reserved',
    '15443',
    shop({
      pods: { ports: [...istioctl.ports, [15443, 15443]] },
      servers: [redirect(host), https(host, 'shop-tls'), plain('*', {}, 15443)],
    }),
  ),
  near('port-reserved', 'Service 15021 to the probe', shop()),
  broken('sni-partial-wildcard', 'star inside a label', 'error', web, passing(['*-shop.example.com'])),
  near('sni-partial-wildcard', 'leading label', passing(['*.eu.example.com'])),
  broken(
    'redirect-namespaced-host',
    'no VirtualService',
    'error',
    gateway,
    shop({
      servers: [
        redirect(['./shop.example.com', './www.example.com']),
        https(['./shop.example.com', './www.example.com'], 'shop-tls'),
      ],
      secrets: [tls('istio-system/shop-tls', [host, 'www.example.com'])],
    }),
    { names: ['www.example.com'] },
  ),
  near(
    'redirect-namespaced-host',
    'with a VirtualService',
    shop({ servers: [redirect('./shop.example.com'), https('./shop.example.com', 'shop-tls')] }),
  ),
  near(
    'redirect-namespaced-host',
    'star slash',
    shop({ servers: [redirect('*/shop.example.com'), https('*/shop.example.com', 'shop-tls')] }),
  ),
  broken(
    'udp-server-is-tcp',
    'DNS',
    'warning',
    gateway,
    shop({
      pods: { ports: [...istioctl.ports, [5353, 5353]] },
      servers: [redirect(host), https(host, 'shop-tls'), plain('*', {}, 5353, 'UDP')],
      more: [
        svc('shop/dns', [{ name: 'dns', port: 53, protocol: 'UDP' }]),
        vs('shop/dns', { hosts: ['*'], gateways: ['web'], tcp: [{ match: [{ port: 5353 }], route: to('dns', 53) }] }),
      ],
    }),
  ),
  near(
    'udp-server-is-tcp',
    'TCP',
    shop({
      pods: { ports: [...istioctl.ports, [5432, 5432]] },
      servers: [redirect(host), https(host, 'shop-tls'), plain('*', {}, 5432, 'TCP')],
      more: [
        svc('shop/db', [{ name: 'tcp', port: 5432 }]),
        vs('shop/db', { hosts: ['*'], gateways: ['web'], tcp: [{ match: [{ port: 5432 }], route: to('db', 5432) }] }),
      ],
    }),
  ),
];
