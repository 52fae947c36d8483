import { gw, https, type Obj, obj, svc, tls, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const web = 'VirtualService shop/shop';
const fqdn = 'frontend.shop.svc.cluster.local';
const twins = (
  hosts: readonly string[],
  certificates: readonly Obj[],
  second: string,
  servers?: readonly Obj[],
): readonly Obj[] => [
  ...shop({ secrets: certificates }),
  gw('shop/admin', sel, servers ?? [https(hosts, second)]),
  vs('shop/admin', { hosts, gateways: ['admin'], http: toAll('frontend', 80) }),
];
const wildcard = (name: string): Obj => tls(`istio-system/${name}`, '*.example.com');

/** Rows 21, 32 to 35, 37, 38: what stands behind the gateway, and its ports. */
export const destinationsB1: readonly Case[] = [
  broken(
    'connection-coalescing',
    'one wildcard Secret, two Gateways',
    'warning',
    'Gateway shop/web|Gateway shop/admin|Secret istio-system/shop-tls',
    twins(['admin.example.com'], [wildcard('shop-tls')], 'shop-tls'),
    { names: ['shop/admin', 'shop/web'] },
  ),
  broken(
    'connection-coalescing',
    'same certificate in two Secrets',
    'warning',
    'Gateway shop/web|Gateway shop/admin|Secret istio-system/shop-tls',
    twins(['admin.example.com'], [wildcard('shop-tls'), wildcard('admin-tls')], 'admin-tls'),
  ),
  broken(
    'connection-coalescing',
    'two servers of one Gateway',
    'warning',
    'Gateway shop/web|Secret istio-system/shop-tls',
    shop({
      hosts: [host, 'api.example.com'],
      secrets: [tls('istio-system/shop-tls', [host, 'api.example.com'])],
      servers: [https(host, 'shop-tls'), https('api.example.com', 'shop-tls')],
    }),
  ),
  near(
    'connection-coalescing',
    'own certificates',
    twins(
      ['admin.example.com'],
      [tls('istio-system/shop-tls', host), tls('istio-system/admin-tls', 'admin.example.com')],
      'admin-tls',
    ),
  ),
  near(
    'connection-coalescing',
    'one server for both hosts',
    shop({ hosts: [host, 'api.example.com'], secrets: [wildcard('shop-tls')] }),
  ),
  near('connection-coalescing', 'other port', [
    ...shop({ secrets: [wildcard('shop-tls')], pods: { ports: [...istioctl.ports, [9443, 9443]] } }),
    gw('shop/admin', sel, [https('admin.example.com', 'shop-tls', {}, 9443)]),
    vs('shop/admin', { hosts: ['admin.example.com'], gateways: ['admin'], http: toAll('frontend', 80) }),
  ]),
  near('connection-coalescing', 'same name, other gateway pods', [
    ...shop({ secrets: [wildcard('shop-tls')] }),
    ...pods(edge),
    tls('edge/shop-tls', '*.example.com'),
    gw('shop/admin', selector(edge), [https('admin.example.com', 'shop-tls')]),
    vs('shop/admin', { hosts: ['admin.example.com'], gateways: ['admin'], http: toAll('frontend', 80) }),
  ]),

  broken('destination-host', 'typo', 'warning', web, shop({ vs: { http: toAll('fronted', 80) } }), {
    absent: true,
    names: ['fronted'],
  }),
  broken(
    'destination-host',
    'name and namespace without svc',
    'error',
    web,
    shop({ site: helm, vs: { http: toAll('frontend.shop', 80) } }),
  ),
  broken(
    'destination-host',
    'short name of another namespace',
    'warning',
    web,
    shop({ vs: { http: toAll('cart', 80) }, more: [svc('orders/cart')] }),
    { absent: true, names: ['orders'] },
  ),
  near('destination-host', 'full name', shop({ vs: { http: toAll(fqdn, 80) } })),
  near(
    'destination-host',
    'namespace not in the input',
    shop({ vs: { http: toAll('cart.orders.svc.cluster.local', 80) } }),
  ),
  near(
    'destination-host',
    'ServiceEntry',
    shop({
      vs: { http: toAll('api.partner.com', 443) },
      more: [
        obj('ServiceEntry', 'shop/partner', {
          spec: {
            hosts: ['api.partner.com'],
            location: 'MESH_EXTERNAL',
            resolution: 'DNS',
            ports: [{ number: 443, name: 'http', protocol: 'HTTP' }],
          },
        }),
      ],
    }),
  ),
  near(
    'destination-host',
    'wildcard ServiceEntry',
    shop({
      vs: { http: toAll('eu.partner.com', 80) },
      more: [
        obj('ServiceEntry', 'shop/partner', {
          spec: {
            hosts: ['eu.partner.com', '*.partner.org'],
            resolution: 'NONE',
            ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
          },
        }),
      ],
    }),
  ),
  broken('destination-port', 'targetPort', 'error', web, shop({ vs: { http: toAll('frontend', 8080) } }), {
    names: ['80'],
  }),
  broken(
    'destination-port',
    'no port, Service has two',
    'error',
    web,
    shop({
      vs: { http: toAll('frontend') },
      service: svc('shop/frontend', [
        { name: 'http', port: 8080 },
        { name: 'metrics', port: 9090 },
      ]),
    }),
  ),
  near('destination-port', 'no port, Service has one', shop({ vs: { http: toAll('frontend') } })),
  near(
    'destination-port',
    'second port',
    shop({
      vs: { http: toAll('frontend', 9090) },
      service: svc('shop/frontend', [
        { name: 'http', port: 8080 },
        { name: 'http-admin', port: 9090 },
      ]),
    }),
  ),
];
