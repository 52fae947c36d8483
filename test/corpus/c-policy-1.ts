import { gw, https, type Obj, obj, plain, redirect, tls, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm, istioctl, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const gateway = 'Gateway shop/web';
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

/** Rows 43 to 55: redirects, ACME, load balancers, versions, pairs of certificates. */
export const policyC1: readonly Case[] = [
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
];
