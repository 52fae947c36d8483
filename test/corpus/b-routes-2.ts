import { gw, https, type Obj, pass, plain, redirect, svc, tls, to, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const web = 'VirtualService shop/shop';
const both = ['shop.example.com', 'api.example.com'];
const wild = {
  servers: [redirect('*.example.com'), https('*.example.com', 'shop-tls')],
  secrets: [tls('istio-system/shop-tls', '*.example.com')],
};
const prefix = (path: string): Obj => ({ uri: { prefix: path } });
const cart = svc('shop/cart');

/** Rows 22 to 31: a VirtualService that does not reach its gateway, or not as meant. */
export const routesB2: readonly Case[] = [
  broken(
    'wildcard-vs-hidden',
    'exact host hides the paths of the wildcard',
    'info',
    'VirtualService shop/all|VirtualService shop/shop',
    shop({
      ...wild,
      vs: { http: [{ match: [prefix('/shop')], route: to('frontend', 80) }] },
      more: [
        cart,
        vs('shop/all', {
          hosts: ['*.example.com'],
          gateways: ['web'],
          http: [{ match: [prefix('/login')], route: to('cart', 80) }],
        }),
      ],
    }),
  ),
  near(
    'wildcard-vs-hidden',
    'exact hosts only',
    shop({
      hosts: both,
      secrets: [tls('istio-system/shop-tls', both)],
      vs: { hosts: [host] },
      more: [cart, vs('shop/api', { hosts: ['api.example.com'], gateways: ['web'], http: toAll('cart', 80) })],
    }),
  ),
  broken(
    'http-server-tls-route',
    'tls block on a terminating server',
    'error',
    `${web}|Gateway shop/web`,
    shop({ vs: { http: undefined, tls: [{ match: [{ port: 443, sniHosts: [host] }], route: to('frontend', 80) }] } }),
  ),
  broken(
    'http-server-tls-route',
    'tcp block on a terminating server',
    'error',
    `${web}|Gateway shop/web`,
    shop({ site: helm, vs: { http: undefined, tcp: [{ route: to('frontend', 80) }] } }),
  ),
  near(
    'http-server-tls-route',
    'tls for passthrough, http for the rest',
    shop({
      hosts: both,
      secrets: [tls('istio-system/shop-tls', host)],
      servers: [redirect(host), https(host, 'shop-tls'), pass('api.example.com')],
      vs: { tls: [{ match: [{ sniHosts: ['api.example.com'] }], route: to('frontend', 80) }] },
    }),
  ),
  broken(
    'server-no-routes',
    'no VirtualService for one server',
    'info',
    'Gateway shop/web',
    shop({
      servers: [https(host, 'shop-tls'), https('api.example.com', 'api-tls')],
      secrets: [tls('istio-system/shop-tls', host), tls('istio-system/api-tls', 'api.example.com')],
    }),
  ),
  near('server-no-routes', 'direct response', shop({ vs: { http: [{ directResponse: { status: 200 } }] } })),
  near('server-no-routes', 'VirtualService in another namespace', shop({ gateway: 'infra/main', site: helm })),
  broken(
    'vs-match-port',
    'port of the container',
    'warning',
    web,
    shop({ vs: { http: [{ match: [{ port: 8443 }], route: to('frontend', 80) }] } }),
  ),
  broken('vs-match-port', 'port of the backend in tls', 'error', web, [
    ...pods(istioctl),
    gw('shop/web', sel, [pass(host)]),
    svc('shop/frontend', [{ name: 'tls', port: 8443 }]),
    vs('shop/shop', {
      hosts: [host],
      gateways: ['web'],
      tls: [{ match: [{ port: 8443, sniHosts: [host] }], route: to('frontend', 8443) }],
    }),
  ]),
  near(
    'vs-match-port',
    'port of the server',
    shop({ vs: { http: [{ match: [{ port: 443 }], route: to('frontend', 80) }] } }),
  ),
  near(
    'vs-match-port',
    'two ports of two servers',
    shop({
      servers: [plain(host), https(host, 'shop-tls')],
      vs: {
        http: [
          { match: [{ port: 80 }], redirect: { scheme: 'https' } },
          { match: [{ port: 443 }], route: to('frontend', 80) },
        ],
      },
    }),
  ),
];
