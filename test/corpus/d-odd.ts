import { makeCa, makeCrl } from '../x509/make.ts';
import {
  gw,
  https,
  leaf,
  type Obj,
  obj,
  otherRoot,
  pass,
  plain,
  redirect,
  secret,
  svc,
  tls,
  to,
  toAll,
  vs,
} from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
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
const passing = (sniHosts: readonly string[], hosts: readonly string[] = ['*.example.com']): readonly Obj[] => [
  ...pods(istioctl),
  gw('shop/web', sel, [pass('*.example.com')]),
  svc('shop/frontend', [{ name: 'tls', port: 443 }]),
  vs('shop/shop', { hosts, gateways: ['web'], tls: [{ match: [{ sniHosts }], route: to('frontend', 443) }] }),
];

/** Rows 61 to 79: found by experiment. */
export const oddD: readonly Case[] = [
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
    mesh('tlsDefaults:\n  cipherSuites: [ECDHE-RSA-AES256-GCM-SHA384, TLS_AES_256_GCM_SHA384]\n'),
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
  broken(
    'service-port-without-target',
    'named targetPort that no container has',
    'warning',
    `${gateway}|Service edge/public-gateway`,
    shop({
      site: edge,
      pods: {
        ports: [
          [80, 'http2'],
          [443, 'https-proxy'],
        ],
      },
    }),
  ),
  broken(
    'service-port-without-target',
    'two ports to one target',
    'warning',
    `${gateway}|Service istio-system/istio-ingressgateway`,
    shop({
      pods: {
        service: {
          type: 'LoadBalancer',
          selector: istioctl.labels,
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'https', port: 443, targetPort: 8443 },
            { name: 'https-alt', port: 9443, targetPort: 8443 },
          ],
        },
      },
      servers: [redirect(host), https(host, 'shop-tls'), https('api.example.com', 'api-tls', {}, 9443)],
      secrets: [tls('istio-system/shop-tls', host), tls('istio-system/api-tls', 'api.example.com')],
      vs: { hosts: [host, 'api.example.com'] },
    }),
  ),
  near('service-port-without-target', 'named targetPort', shop({ site: edge })),
  near(
    'service-port-without-target',
    'two ports to one target, Gateway uses the first',
    shop({
      pods: {
        service: {
          type: 'LoadBalancer',
          selector: istioctl.labels,
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'https', port: 443, targetPort: 8443 },
            { name: 'https-alt', port: 9443, targetPort: 8443 },
          ],
        },
      },
    }),
  ),
  broken(
    'selector-matches-no-gateway',
    'the application',
    'warning',
    gateway,
    shop({ selector: { app: 'frontend' }, more: [app()] }),
  ),
  near('selector-matches-no-gateway', 'application beside', shop({ more: [app()] })),
  broken(
    'duplicate-object',
    'a Secret twice',
    'warning',
    'Secret istio-system/shop-tls',
    shop({ more: [tls('istio-system/shop-tls', host)] }),
  ),
  near(
    'duplicate-object',
    'same name, other namespace and kind',
    shop({ site: helm, more: [obj('ConfigMap', 'istio-ingress/shop-tls', {}), tls('shop/shop-tls', host)] }),
  ),
  broken(
    'optional-mutual-is-mandatory',
    'subjectAltNames',
    'error',
    gateway,
    mutual({ 'ca.crt': clients.pem }, { mode: 'OPTIONAL_MUTUAL', subjectAltNames: ['a.client'] }),
  ),
  near('optional-mutual-is-mandatory', 'without names', mutual({ 'ca.crt': clients.pem }, { mode: 'OPTIONAL_MUTUAL' })),
  broken(
    'unused-ignore',
    'annotation without a finding',
    'info',
    'Service shop/frontend',
    shop({ service: svc('shop/frontend', [80], {}, { annotations: { 'tlsgw/ignore': 'cert-expired' } }) }),
  ),
  near(
    'unused-ignore',
    'none',
    shop({ secrets: [tls('istio-system/shop-tls', host)], more: [secret('shop/x', { y: leaf(host).pem })] }),
  ),
];

function app(): Obj {
  return obj('Deployment', 'shop/frontend', {
    spec: {
      selector: { matchLabels: { app: 'frontend' } },
      template: {
        metadata: { labels: { app: 'frontend' } },
        spec: {
          containers: [
            { name: 'app', image: 'frontend:1' },
            { name: 'istio-proxy', image: 'istio/proxyv2:1.30.3', args: ['proxy', 'sidecar'] },
          ],
        },
      },
    },
  });
}
