import {
  dr,
  gw,
  https,
  intermediate,
  leaf,
  type Obj,
  obj,
  redirect,
  secret,
  svc,
  tls,
  to,
  toAll,
  vs,
} from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const istiod = (env: Record<string, string>): Obj =>
  obj('Deployment', 'istio-system/istiod', {
    spec: {
      selector: { matchLabels: { app: 'istiod' } },
      template: {
        metadata: { labels: { app: 'istiod' } },
        spec: {
          containers: [
            {
              name: 'discovery',
              image: 'istio/pilot:1.30.3',
              env: Object.entries(env).map(([name, value]) => ({ name, value })),
            },
          ],
        },
      },
    },
  });
const wild = (name: string): Obj => tls(`istio-system/${name}`, '*.example.com');
const api = (more: Obj = {}, hosts = ['api.example.com']): readonly Obj[] => [
  gw('team-a/api', sel, [https(hosts, 'api-tls', more)]),
  tls('istio-system/api-tls', hosts),
  svc('team-a/api'),
  vs('team-a/api', { hosts, gateways: ['api'], http: toAll('api', 80) }),
];
const prefix = (path: string): Obj => ({ uri: { prefix: path } });

/** More of every tier, after the first round. */
export const moreNear2: readonly Case[] = [
  near(
    'destination-subset',
    'rule in the root namespace',
    shop({
      vs: { http: [{ route: [{ destination: { host: 'frontend', subset: 'v1' } }] }] },
      more: [dr('istio-system/all', '*.shop.svc.cluster.local', {}, { subsets: [{ name: 'v1', labels: { v: '1' } }] })],
    }),
  ),
  near(
    'connection-coalescing',
    'a passed-through host below the wildcard',
    shop({
      servers: [redirect('*.example.com'), https('*.example.com', 'shop-tls')],
      secrets: [tls('istio-system/shop-tls', host)].slice(1).concat(wild('shop-tls')),
      hosts: ['*.example.com'],
    }),
  ),
  near('server-dropped-duplicate-host', 'wildcard and redirect share the apex', [
    ...shop({
      hosts: ['example.com', '*.example.com'],
      secrets: [tls('istio-system/shop-tls', ['example.com', '*.example.com'])],
    }),
    ...api({}, ['api.team.example.org']),
  ]),
  near('server-dropped-duplicate-host', 'same host, other revision labels on pods', [
    ...shop(),
    ...pods(edge),
    tls('edge/shop-tls', host),
    gw('shop/public', selector(edge), [redirect(host), https(host, 'shop-tls')]),
    vs('shop/public', { hosts: [host], gateways: ['public'], http: toAll('frontend', 80) }),
  ]),
  near(
    'redirect-blocks-acme',
    'http01 solved by a Gateway of the Gateway API',
    shop({
      more: [
        obj('ClusterIssuer', 'le', {
          spec: {
            acme: {
              server: 'x',
              solvers: [
                { dns01: { cloudDNS: { project: 'p' } }, selector: { dnsZones: ['example.com'] } },
                { http01: { ingress: {} } },
              ],
            },
          },
        }),
        obj('Certificate', 'istio-system/shop', {
          spec: { secretName: 'shop-tls', dnsNames: [host], issuerRef: { name: 'le', kind: 'ClusterIssuer' } },
        }),
      ],
    }),
  ),
  near(
    'istio-mutual-on-ingress',
    'east-west port of the mesh',
    shop({
      secrets: [],
      pods: {
        service: {
          type: 'ClusterIP',
          selector: istioctl.labels,
          ports: [
            { name: 'tls', port: 15443, targetPort: 15443 },
            { name: 'https', port: 443, targetPort: 8443 },
          ],
        },
      },
      servers: [https('*.local', null, { mode: 'ISTIO_MUTUAL' }, 15443, 'TLS')],
      vs: { hosts: ['*.local'], http: undefined, tcp: [{ route: to('frontend', 80) }] },
    }),
  ),
  near(
    'port-not-exposed',
    'hostPort',
    shop({
      pods: {
        service: { selector: istioctl.labels, ports: [{ name: 'status', port: 15021 }] },
        pod: {
          containers: [
            {
              name: 'istio-proxy',
              image: 'x',
              args: ['proxy', 'router'],
              ports: [
                { containerPort: 8080, hostPort: 80 },
                { containerPort: 8443, hostPort: 443 },
              ],
            },
          ],
        },
      },
      servers: [redirect(host, 8080), https(host, 'shop-tls', {}, 8443)],
    }),
  ),
  near(
    'selector-no-pods',
    'a bare Pod',
    [
      obj(
        'Pod',
        'istio-system/gw-1',
        { metadata: undefined, spec: { containers: [{ name: 'istio-proxy', image: 'x', args: ['proxy', 'router'] }] } },
        {},
      ),
      ...shop(),
    ].slice(1),
  ),
  near(
    'vs-not-visible-to-gateway',
    'delegate exported to the root namespace only',
    shop({
      vs: {
        http: [{ match: [prefix('/cart')], delegate: { name: 'cart', namespace: 'orders' } }, ...toAll('frontend', 80)],
      },
      more: [vs('orders/cart', { exportTo: ['shop'], http: toAll('cart', 80) }), svc('orders/cart')],
    }),
  ),
  near(
    'backend-plain-to-https',
    'appProtocol http on 443',
    shop({
      service: svc('shop/frontend', [{ name: 'https', port: 443, appProtocol: 'http' }]),
      vs: { http: toAll('frontend', 443) },
    }),
  ),
  near(
    'host-is-ip',
    'address beside its name, TLS',
    shop({ servers: [redirect('*'), https('*', 'shop-tls')], hosts: [host] }),
  ),
  near(
    'key-cert-mismatch',
    'PKCS#1 RSA key',
    shop({
      secrets: [
        secret('istio-system/shop-tls', {
          'tls.crt': leaf(host, { key: 'rsa2048', slot: 'rr' }).pem + intermediate.pem,
          'tls.key': leaf(host, { key: 'rsa2048', slot: 'rr' }).traditionalKey(),
        }),
      ],
    }),
  ),

  near('selector-no-pods', 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE, same namespace', [
    ...shop({ gateway: 'istio-system/web' }),
    istiod({ PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true' }),
  ]),
  broken('sni-collision', 'dot slash star in two namespaces', 'error', 'Gateway shop/web|Gateway team-a/api', [
    ...shop({ servers: [https('./*', 'shop-tls')] }),
    gw('team-a/api', sel, [https('./*', 'api-tls')]),
    tls('istio-system/api-tls', 'api.example.com'),
    svc('team-a/api'),
    vs('team-a/api', { hosts: ['api.example.com'], gateways: ['api'], http: toAll('api', 80) }),
  ]),
  broken(
    'route-shadowed-across-vs',
    'no creation times, order of names',
    'warning',
    'VirtualService shop/zz-v2',
    shop({
      vs: { http: [{ match: [prefix('/api')], route: to('frontend', 80) }] },
      more: [
        svc('shop/cart'),
        vs('shop/zz-v2', {
          hosts: [host],
          gateways: ['web'],
          http: [{ match: [prefix('/api/v2')], route: to('cart', 80) }],
        }),
      ],
    }),
  ),
];
