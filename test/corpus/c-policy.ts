import {
  gw,
  https,
  intermediate,
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
  toAll,
  vs,
} from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const gateway = 'Gateway shop/web';
const secretAt = 'Secret istio-system/shop-tls';
const ssl: Obj = {
  'service.beta.kubernetes.io/aws-load-balancer-ssl-cert': 'arn:aws:acm:eu-west-1:1:certificate/x',
  'service.beta.kubernetes.io/aws-load-balancer-ssl-ports': '443',
  'service.beta.kubernetes.io/aws-load-balancer-backend-protocol': 'tcp',
};
const solver = (more: Obj = {}): Obj => ({
  spec: {
    acme: {
      server: 'https://acme-v02.api.letsencrypt.org/directory',
      privateKeySecretRef: { name: 'le' },
      solvers: [{ http01: { ingress: { class: 'istio' } }, ...more }],
    },
  },
});
const request = (spec: Obj, status: Obj = {}, ns = 'istio-system'): Obj =>
  obj('Certificate', `${ns}/shop`, {
    spec: { secretName: 'shop-tls', dnsNames: [host], issuerRef: { name: 'le', kind: 'ClusterIssuer' }, ...spec },
    ...status,
  });
const ready = (status: string): Obj => ({
  status: {
    conditions: [
      {
        type: 'Ready',
        status,
        reason: status === 'True' ? 'Ready' : 'DoesNotExist',
        message: 'Issuing certificate as Secret does not exist',
      },
    ],
  },
});
const rsa = (id: string, hosts: readonly string[], slot: string): Obj => tls(id, hosts, {}, { key: 'rsa2048', slot });
const names = (...list: string[]): Obj => ({ credentialName: undefined, credentialNames: list });

/** Rows 43 to 55: redirects, ACME, load balancers, versions, pairs of certificates. */
export const policyC: readonly Case[] = [
  broken('sni-required', 'exact host only', 'info', gateway, shop()),
  near('sni-required', 'a server for every name', shop({ servers: [redirect(host), https('*', 'shop-tls')] })),
  broken(
    'redirect-blocks-acme',
    'ClusterIssuer with http01',
    'warning',
    `${gateway}|ClusterIssuer le|Certificate istio-system/shop`,
    shop({ more: [obj('ClusterIssuer', 'le', solver()), request({})] }),
  ),
  broken(
    'redirect-blocks-acme',
    'Challenge under way',
    'warning',
    `${gateway}|Challenge istio-system/shop-1`,
    shop({
      more: [
        obj('Challenge', 'istio-system/shop-1', {
          spec: { type: 'HTTP-01', dnsName: host, solver: { http01: { ingress: {} } } },
        }),
      ],
    }),
  ),
  near(
    'redirect-blocks-acme',
    'dns01',
    shop({
      more: [
        obj('ClusterIssuer', 'le', {
          spec: { acme: { server: 'x', solvers: [{ dns01: { route53: { region: 'eu-west-1' } } }] } },
        }),
        request({}),
      ],
    }),
  ),
  near(
    'redirect-blocks-acme',
    'http01 for another host',
    shop({
      more: [
        obj('ClusterIssuer', 'le', solver({ selector: { dnsNames: ['old.example.net'] } })),
        request({ dnsNames: ['old.example.net'], secretName: 'old-tls' }),
      ],
    }),
  ),
  near(
    'redirect-blocks-acme',
    'no redirect',
    shop({
      servers: [plain(host), https(host, 'shop-tls')],
      more: [obj('ClusterIssuer', 'le', solver()), request({})],
    }),
  ),
  broken(
    'redirect-loop-behind-lb',
    'aws-load-balancer-ssl-cert',
    'warning',
    `${gateway}|Service istio-system/istio-ingressgateway`,
    shop({
      servers: [redirect(host)],
      secrets: [],
      pods: {
        ports: [
          [80, 8080],
          [443, 8080],
        ],
        serviceMeta: { annotations: ssl },
      },
    }),
  ),
  broken(
    'redirect-loop-behind-lb',
    'Service 443 to the HTTP port',
    'warning',
    `${gateway}|Service istio-ingress/istio-ingress`,
    shop({
      site: helm,
      servers: [redirect(host)],
      secrets: [],
      pods: {
        ports: [
          [80, 8080],
          [443, 8080],
        ],
      },
    }),
  ),
  near(
    'redirect-loop-behind-lb',
    'load balancer passes TLS',
    shop({ pods: { serviceMeta: { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb' } } } }),
  ),
  near(
    'redirect-loop-behind-lb',
    'load balancer ends TLS, no redirect',
    shop({
      servers: [plain(host)],
      secrets: [],
      pods: {
        ports: [
          [80, 8080],
          [443, 8080],
        ],
        serviceMeta: { annotations: ssl },
      },
    }),
  ),
  broken('redirect-dropped', 'two Gateways redirect one host', 'warning', 'Gateway team-a/zz', [
    ...shop(),
    gw('team-a/zz', sel, [redirect(host)]),
    vs('team-a/zz', { hosts: [host], gateways: ['zz'], http: toAll('frontend.shop.svc.cluster.local', 80) }),
  ]),
  near('redirect-dropped', 'one redirects, one is plain', [
    ...shop(),
    gw('team-a/zz', sel, [plain(host)]),
    vs('team-a/zz', { hosts: [host], gateways: ['zz'], http: toAll('frontend.shop.svc.cluster.local', 80) }),
  ]),
  near('redirect-dropped', 'redirects of different hosts', [
    ...shop(),
    gw('team-a/zz', sel, [redirect('api.example.com'), https('api.example.com', 'api-tls')]),
    tls('istio-system/api-tls', 'api.example.com'),
    vs('team-a/zz', {
      hosts: ['api.example.com'],
      gateways: ['zz'],
      http: toAll('frontend.shop.svc.cluster.local', 80),
    }),
  ]),
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
  broken(
    'credential-names',
    'two RSA certificates, same names',
    'warning',
    `${gateway}|Secret istio-system/a|Secret istio-system/b`,
    shop({ tls: names('a', 'b'), secrets: [rsa('istio-system/a', [host], 'na'), rsa('istio-system/b', [host], 'nb')] }),
  ),
  broken(
    'credential-names',
    'ECDSA covers fewer names',
    'warning',
    `${gateway}|Secret istio-system/a|Secret istio-system/b`,
    shop({
      hosts: [host, 'www.example.com'],
      tls: names('a', 'b'),
      secrets: [rsa('istio-system/a', [host, 'www.example.com'], 'na'), tls('istio-system/b', [host])],
    }),
  ),
  near(
    'credential-names',
    'RSA and ECDSA',
    shop({ tls: names('a', 'b'), secrets: [rsa('istio-system/a', [host], 'na'), tls('istio-system/b', [host])] }),
  ),
  near('credential-names', 'one name in the list', shop({ tls: names('shop-tls') })),
  broken(
    'cert-manager-not-ready',
    'not ready',
    'warning',
    'Certificate istio-system/shop',
    shop({ secrets: [], more: [request({}, ready('False'))] }),
  ),
  broken(
    'secret-wrong-namespace',
    'Certificate beside the Gateway',
    'error',
    'Certificate shop/shop|Gateway shop/web',
    shop({
      site: helm,
      secrets: [tls('istio-ingress/other', 'o.example.com')],
      more: [request({}, ready('True'), 'shop')],
    }),
  ),
  broken(
    'cert-manager-not-ready',
    'dnsNames miss a host',
    'warning',
    'Certificate istio-system/shop',
    shop({ hosts: [host, 'www.example.com'], secrets: [], more: [request({})] }),
    { names: ['www.example.com'] },
  ),
  near('cert-manager-not-ready', 'ready', shop({ more: [request({}, ready('True'))] })),
  near(
    'cert-manager-not-ready',
    'no status in Git',
    shop({ secrets: [], more: [request({ dnsNames: ['*.example.com'] })] }),
  ),
  near(
    'cert-manager-not-ready',
    'common name instead of dnsNames',
    shop({ secrets: [], more: [request({ commonName: host, dnsNames: [] })] }),
  ),
  broken(
    'secret-shadowed-keys',
    'old cert and key stay',
    'warning',
    secretAt,
    shop({
      secrets: [
        tls('istio-system/shop-tls', host, {
          cert: leaf(host, { serial: '9' }).pem + intermediate.pem,
          key: leaf(host).key(),
        }),
      ],
    }),
  ),
  near(
    'secret-shadowed-keys',
    'cert without key',
    shop({ secrets: [tls('istio-system/shop-tls', host, { cert: leaf(host).pem })] }),
  ),
  broken('gateway-selects-foreign-workload', 'no selector', 'info', gateway, shop({ selector: null })),
  broken('gateway-selects-foreign-workload', 'other namespace', 'info', gateway, shop()),
  near('gateway-selects-foreign-workload', 'own namespace', shop({ gateway: 'istio-system/web' })),
];

function withCa(): Obj {
  const signed = leaf(host, { ca: otherRoot });
  return secret('istio-system/shop-tls', { 'tls.crt': signed.pem, 'tls.key': signed.key(), 'ca.crt': otherRoot.pem });
}
