import { gw, https, type Obj, obj, plain, redirect, svc, tls, to, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const web = 'VirtualService shop/shop';
const wild = {
  servers: [redirect('*.example.com'), https('*.example.com', 'shop-tls')],
  secrets: [tls('istio-system/shop-tls', '*.example.com')],
};
const prefix = (path: string): Obj => ({ uri: { prefix: path } });
const at = (created: string): Obj => ({ creationTimestamp: created });
const cart = svc('shop/cart');

/** Rows 22 to 31: a VirtualService that does not reach its gateway, or not as meant. */
export const routesB1: readonly Case[] = [
  broken(
    'vs-gateway-not-found',
    'short name, Gateway in another namespace',
    'warning',
    web,
    shop({
      gateway: 'infra/main',
      vs: { gateways: ['main'] },
      more: [gw('shop/internal', sel, [plain('intern.example.com')])],
    }),
    { absent: true, names: ['infra/main'] },
  ),
  broken('vs-gateway-not-found', 'typo', 'warning', web, shop({ vs: { gateways: ['shop/wbe'] } }), {
    absent: true,
    names: ['shop/wbe'],
  }),
  broken(
    'vs-gateway-not-found',
    'legacy name',
    'warning',
    web,
    shop({
      site: helm,
      vs: { gateways: ['web.prod.svc.cluster.local'] },
      more: [svc('prod/x')].concat(gw('prod/other', selector(helm), [plain('o.example.com')])),
    }),
    { absent: true },
  ),
  near('vs-gateway-not-found', 'legacy name of a Gateway', shop({ vs: { gateways: ['web.shop.svc.cluster.local'] } })),
  near('vs-gateway-not-found', 'namespace not in the input', [
    svc('shop/frontend'),
    vs('shop/shop', { hosts: [host], gateways: ['infra/main'], http: toAll('frontend', 80) }),
  ]),
  near('vs-gateway-not-found', 'mesh and a Gateway', shop({ vs: { gateways: ['mesh', 'web'] } })),
  near('vs-gateway-not-found', 'dot slash', shop({ vs: { gateways: ['./web'] } })),
  broken(
    'vs-match-gateway-unknown',
    'match of a Gateway not in the list',
    'warning',
    web,
    shop({
      site: helm,
      vs: {
        http: [
          { match: [{ ...prefix('/admin'), gateways: ['infra/internal'] }], route: to('frontend', 80) },
          ...toAll('frontend', 80),
        ],
      },
      more: [gw('infra/internal', selector(helm), [plain('intern.example.com')])],
    }),
  ),
  near(
    'vs-match-gateway-unknown',
    'match of a listed Gateway in another spelling',
    shop({
      vs: {
        gateways: ['web', 'mesh'],
        http: [
          { match: [{ gateways: ['shop/web'] }], route: to('frontend', 80) },
          { match: [{ gateways: ['mesh'] }], route: to('frontend', 80) },
        ],
      },
    }),
  ),
  broken(
    'vs-host-not-in-gateway',
    'host of another domain',
    'warning',
    web,
    shop({ vs: { hosts: [host, 'shop.example.org'] } }),
    { names: ['shop.example.org'] },
  ),
  broken(
    'vs-host-not-in-gateway',
    'dot slash keeps other namespaces out',
    'warning',
    web,
    shop({
      gateway: 'infra/main',
      servers: [redirect('./*.example.com'), https('./*.example.com', 'shop-tls')].slice(1),
      secrets: [tls('istio-system/shop-tls', '*.example.com')],
    }),
  ),
  broken(
    'vs-host-not-in-gateway',
    'apex below a wildcard',
    'warning',
    web,
    shop({ ...wild, vs: { hosts: ['example.com'] } }),
  ),
  near(
    'vs-host-not-in-gateway',
    'each host on one of two Gateways',
    shop({
      vs: { hosts: [host, 'shop.intern'], gateways: ['web', 'intern'] },
      more: [gw('shop/intern', sel, [plain('*.intern')])],
    }),
  ),
  near(
    'vs-host-not-in-gateway',
    'namespace of the VirtualService allowed',
    shop({
      gateway: 'infra/main',
      servers: [https('shop/*.example.com', 'shop-tls')],
      secrets: [tls('istio-system/shop-tls', '*.example.com')],
    }),
  ),
  near(
    'vs-host-not-in-gateway',
    'mesh host beside',
    shop({ vs: { hosts: [host, 'frontend.shop.svc.cluster.local'], gateways: ['web', 'mesh'] } }),
  ),
  broken('vs-no-gateways', 'gateways forgotten', 'info', web, shop({ vs: { gateways: undefined } })),
  near(
    'vs-no-gateways',
    'a mesh route of the backend',
    shop({ more: [vs('shop/frontend', { hosts: ['frontend'], http: toAll('frontend', 80) })] }),
  ),
  near(
    'vs-no-gateways',
    'delegate',
    shop({
      vs: {
        http: [{ match: [prefix('/cart')], delegate: { name: 'cart', namespace: 'shop' } }, ...toAll('frontend', 80)],
      },
      more: [vs('shop/cart', { http: toAll('cart', 80) }), cart],
    }),
  ),
  broken('vs-not-visible-to-gateway', 'exportTo dot', 'error', web, shop({ vs: { exportTo: ['.'] } })),
  broken(
    'vs-not-visible-to-gateway',
    'exported to another namespace',
    'error',
    web,
    shop({ site: helm, vs: { exportTo: ['istio-system', 'monitoring'] } }),
  ),
  broken('vs-not-visible-to-gateway', 'mesh default', 'error', web, [
    ...shop(),
    obj('ConfigMap', 'istio-system/istio', { data: { mesh: 'defaultVirtualServiceExportTo:\n- "."\n' } }),
  ]),
  broken(
    'vs-not-visible-to-gateway',
    'Service with annotation',
    'error',
    'Service shop/frontend|VirtualService shop/shop',
    shop({ service: svc('shop/frontend', [80], {}, { annotations: { 'networking.istio.io/exportTo': '.' } }) }),
  ),
  near(
    'vs-not-visible-to-gateway',
    'exported to the pods namespace',
    shop({ site: helm, vs: { exportTo: ['.', 'istio-ingress'] } }),
  ),
  near('vs-not-visible-to-gateway', 'exportTo star', shop({ vs: { exportTo: ['*'] } })),
  near(
    'vs-not-visible-to-gateway',
    'gateway pods beside the VirtualService',
    shop({ site: { ...edge, ns: 'shop' }, secrets: [tls('shop/shop-tls', host)], vs: { exportTo: ['.'] } }),
  ),
  broken(
    'route-shadowed-across-vs',
    'older prefix covers the younger',
    'warning',
    'VirtualService shop/v2',
    shop({
      vs: { http: [{ match: [prefix('/api')], route: to('frontend', 80) }] },
      vsMeta: at('2025-01-01T00:00:00Z'),
      more: [
        cart,
        vs(
          'shop/v2',
          { hosts: [host], gateways: ['web'], http: [{ match: [prefix('/api/v2')], route: to('cart', 80) }] },
          at('2026-01-01T00:00:00Z'),
        ),
      ],
    }),
    { names: ['shop/shop'] },
  ),
  near(
    'route-shadowed-across-vs',
    'catch-all moves to the end',
    shop({
      vsMeta: at('2025-01-01T00:00:00Z'),
      more: [
        cart,
        vs(
          'shop/v2',
          { hosts: [host], gateways: ['web'], http: [{ match: [prefix('/api/v2')], route: to('cart', 80) }] },
          at('2026-01-01T00:00:00Z'),
        ),
      ],
    }),
  ),
  near(
    'route-shadowed-across-vs',
    'narrow one is older',
    shop({
      vs: { http: [{ match: [prefix('/api')], route: to('frontend', 80) }] },
      vsMeta: at('2026-01-01T00:00:00Z'),
      more: [
        cart,
        vs(
          'shop/v2',
          { hosts: [host], gateways: ['web'], http: [{ match: [prefix('/api/v2')], route: to('cart', 80) }] },
          at('2025-01-01T00:00:00Z'),
        ),
      ],
    }),
  ),
  near(
    'route-shadowed-across-vs',
    'broader one asks for a header',
    shop({
      vs: {
        http: [{ match: [{ ...prefix('/api'), headers: { 'x-beta': { exact: '1' } } }], route: to('frontend', 80) }],
      },
      vsMeta: at('2025-01-01T00:00:00Z'),
      more: [
        cart,
        vs(
          'shop/v2',
          { hosts: [host], gateways: ['web'], http: [{ match: [prefix('/api/v2')], route: to('cart', 80) }] },
          at('2026-01-01T00:00:00Z'),
        ),
      ],
    }),
  ),
];
