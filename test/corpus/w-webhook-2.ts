import { gw, https, type Obj, plain, svc, tls, to } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm, istioctl, selector } from './sites.ts';

const host = 'shop.example.com';
const gateway = 'Gateway shop/web';
const web = 'VirtualService shop/shop';
const sel = selector(istioctl);
const weights = (...list: readonly number[]): Obj => ({
  http: [
    {
      route: list.map((weight, i) => ({
        destination: { host: i === 0 ? 'frontend' : 'cart', port: { number: 80 } },
        weight,
      })),
    },
  ],
});
const matching = (uri: Obj): Obj => ({ http: [{ match: [{ uri }], route: to('frontend', 80) }] });

/** What the admission webhook refuses. */
export const webhook2: readonly Case[] = [
  broken('invalid-host', 'short name', 'error', gateway, shop({ servers: [plain(['shop', host])], secrets: [] })),
  broken(
    'invalid-host',
    'partial wildcard',
    'error',
    gateway,
    shop({ servers: [plain([host, '*shop.example.com'])], secrets: [] }),
  ),
  broken(
    'invalid-host',
    'URL',
    'error',
    gateway,
    shop({ servers: [plain([host, 'https://shop.example.com'])], secrets: [] }),
  ),
  near('invalid-host', 'wildcard and namespace', shop({ servers: [plain(['*/*.example.com'])], secrets: [] })),
  near('invalid-host', 'underscore-free punycode', shop({ hosts: ['xn--bcher-kva.example.com'] })),
  broken(
    'host-is-ip',
    'address on a TLS server',
    'warning',
    gateway,
    shop({
      hosts: ['192.0.2.10'],
      servers: [https('192.0.2.10', 'shop-tls')],
      secrets: [tls('istio-system/shop-tls', host, {}, { ips: ['192.0.2.10'] })],
    }),
  ),
  near(
    'host-is-ip',
    'address on a plain server',
    shop({ hosts: ['192.0.2.10'], servers: [plain('192.0.2.10')], secrets: [] }),
  ),
  broken(
    'duplicate-vs-host',
    'exact below a wildcard',
    'error',
    web,
    shop({ servers: [plain('*.example.com')], secrets: [], vs: { hosts: ['*.example.com', host] } }),
  ),
  broken('duplicate-vs-host', 'twice', 'error', web, shop({ vs: { hosts: [host, host] } })),
  near(
    'duplicate-vs-host',
    'apex and wildcard',
    shop({
      hosts: ['example.com', '*.example.com'],
      secrets: [tls('istio-system/shop-tls', ['example.com', '*.example.com'])],
    }),
  ),
  broken('weights-all-zero', 'both zero', 'error', web, shop({ vs: weights(0, 0), more: [svc('shop/cart')] })),
  near('weights-all-zero', 'one zero', shop({ vs: weights(100, 0), more: [svc('shop/cart')] })),
  near('weights-all-zero', 'one destination with weight 0', shop({ vs: weights(0) })),
  broken('invalid-regex', 'look-ahead', 'error', web, shop({ vs: matching({ regex: '/(?!admin).*' }) })),
  broken('invalid-regex', 'open bracket', 'error', web, shop({ site: helm, vs: matching({ regex: '/api/(v1|v2' }) })),
  near('invalid-regex', 'RE2', shop({ vs: matching({ regex: '(?i)/api/(?P<v>v[12])/.*' }) })),
  broken('schema', 'unknown field', 'error', gateway, shop({ tls: { credentialNane: 'x' } })),
  broken(
    'schema',
    'port as text',
    'error',
    web,
    shop({ vs: { http: [{ route: [{ destination: { host: 'frontend', port: { number: '80' } } }] }] } }),
  ),
  near(
    'schema',
    'annotations and status',
    shop({
      more: [
        gw('shop/z', sel, [plain('z.example.com')], {
          annotations: { a: 'b' },
          managedFields: [{ manager: 'kubectl' }],
          uid: '1',
        }),
      ],
    }),
  ),
];
