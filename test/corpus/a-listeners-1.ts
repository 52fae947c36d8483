import { gw, https, type Obj, pass, plain, redirect, svc, tls, to, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const api = 'api.example.com';
const apiTls = tls('istio-system/api-tls', api);
const sni = (hosts: readonly string[], service = 'frontend', more: Obj = {}): readonly Obj[] => [
  { match: [{ sniHosts: hosts, ...more }], route: to(service, 443) },
];
const tcp = (name: string, port = 443): Obj => svc(`shop/${name}`, [{ name: 'tls', port, targetPort: 8443 }]);
const second = (id: string, servers: readonly Obj[], hosts: readonly string[] = [api]): readonly Obj[] => [
  gw(id, sel, servers),
  vs(id, { hosts, gateways: [id], http: toAll('frontend.shop.svc.cluster.local', 80) }),
];
const passing = (vsMore: Obj | null, server: Obj = pass(host)): readonly Obj[] => [
  ...pods(istioctl),
  gw('shop/web', sel, [server]),
  tcp('frontend'),
  ...(vsMore === null ? [] : [vs('shop/shop', { hosts: [host], gateways: ['shop/web'], ...vsMore })]),
];

/** Rows 5, 6, 13 to 17, 20, 36: listeners that are missing, frozen or lose a server. */
export const listenersA1: readonly Case[] = [
  broken(
    'sni-collision',
    'namespaced and plain spelling',
    'error',
    'Gateway team-a/gw|Gateway shop/web',
    [...shop(), ...second('team-a/gw', [https('team-a/shop.example.com', 'shop-tls')], [host])],
    { names: ['team-a/gw', 'shop/web'] },
  ),
  broken('sni-collision', 'upper case in another Gateway', 'error', 'Gateway team-a/gw|Gateway shop/web', [
    ...shop(),
    ...second('team-a/gw', [https('Shop.example.com', 'shop-tls')], ['Shop.example.com']),
  ]),
  broken(
    'sni-collision',
    'both cases inside one server',
    'error',
    'Gateway shop/web',
    shop({ servers: [redirect(host), https([host, 'SHOP.example.com'], 'shop-tls')] }),
  ),
  broken(
    'sni-collision',
    'terminated and passed through',
    'error',
    'Gateway shop/web|Gateway shop/pass|VirtualService shop/pass',
    [
      ...shop(),
      gw('shop/pass', sel, [pass('*.example.com')]),
      tcp('backend'),
      vs('shop/pass', { hosts: ['*.example.com'], gateways: ['pass'], tls: sni([host, api], 'backend') }),
    ],
  ),
  broken(
    'sni-collision',
    'HTTPS * and HTTP * on one port',
    'error',
    'Gateway shop/web',
    shop({ servers: [https('*', 'shop-tls'), plain('*', {}, 443)] }),
  ),
  near('sni-collision', 'wildcard and exact host', [
    ...shop(),
    apiTls,
    ...second('team-a/gw', [https('*.api.example.com', 'wild-tls')], ['x.api.example.com']),
    tls('istio-system/wild-tls', '*.api.example.com'),
  ]),
  near(
    'sni-collision',
    'HTTPS first, then HTTP on one port',
    shop({ servers: [https(host, 'shop-tls'), plain('*', {}, 443)] }),
  ),
  near('sni-collision', 'same host on different gateways', [
    ...shop(),
    ...pods(edge),
    tls('edge/shop-tls', host),
    gw('shop/edge', selector(edge), [https('shop/shop.example.com', 'shop-tls')]),
    vs('shop/edge', { hosts: [host], gateways: ['shop/edge'], http: toAll('frontend', 80) }),
  ]),
  near('sni-collision', 'other sniHosts passed through', [
    ...shop(),
    gw('shop/pass', sel, [pass('*.example.com')]),
    tcp('backend'),
    vs('shop/pass', { hosts: ['*.example.com'], gateways: ['pass'], tls: sni([api], 'backend') }),
  ]),
  near(
    'sni-collision',
    'same host on two ports',
    shop({
      pods: { ports: [...istioctl.ports, [9443, 9443]] },
      servers: [redirect(host), https(host, 'shop-tls'), https('shop/shop.example.com', 'shop-tls', {}, 9443)],
    }),
  ),

  broken(
    'server-dropped-duplicate-host',
    'two teams, one host',
    'error',
    'Gateway team-a/zone',
    [...shop(), apiTls, ...second('team-a/zone', [https([host, api], 'api-tls')])],
    { names: ['team-a/zone', 'shop/web'] },
  ),
  broken(
    'server-dropped-duplicate-host',
    'twice in one Gateway',
    'error',
    'Gateway shop/web',
    shop({
      servers: [redirect(host), https(host, 'shop-tls'), https(host, 'shop-tls', { minProtocolVersion: 'TLSV1_3' })],
    }),
  ),
  broken('server-dropped-duplicate-host', '443 and 8443 meet on the container port', 'error', 'Gateway shop/zz', [
    ...shop(),
    ...second('shop/zz', [https(host, 'shop-tls', {}, 8443)], [host]),
  ]),
  broken('server-dropped-duplicate-host', 'creation times decide', 'error', 'Gateway shop/web', [
    ...shop().map((o) =>
      o['kind'] === 'Gateway'
        ? { ...o, metadata: { ...(o['metadata'] as Obj), creationTimestamp: '2026-02-02T00:00:00Z' } }
        : o,
    ),
    gw('shop/zz', sel, [https(host, 'shop-tls')], { creationTimestamp: '2025-02-02T00:00:00Z' }),
    vs('shop/zz', { hosts: [host], gateways: ['zz'], http: toAll('frontend', 80) }),
  ]),
  broken('server-dropped-duplicate-host', 'TLS passthrough of a terminated host', 'error', 'Gateway shop/zz', [
    ...shop(),
    gw('shop/zz', sel, [pass(host)]),
    tcp('backend'),
    vs('shop/zz', { hosts: [host], gateways: ['zz'], tls: sni([host], 'backend') }),
  ]),
  near('server-dropped-duplicate-host', 'plain HTTP merges', [
    ...shop({ servers: [plain(host), https(host, 'shop-tls')] }),
    ...second('team-a/gw', [plain([host, api])]),
  ]),
  near('server-dropped-duplicate-host', 'another port', [
    ...shop({ pods: { ports: [...istioctl.ports, [9443, 9443]] } }),
    ...second('team-a/gw', [https(host, 'shop-tls', {}, 9443)], [host]),
  ]),
  near('server-dropped-duplicate-host', 'wildcard beside exact', [
    ...shop(),
    apiTls,
    ...second('team-a/gw', [https('*.apps.example.com', 'apps-tls')], ['a.apps.example.com']),
    tls('istio-system/apps-tls', '*.apps.example.com'),
  ]),
  near('server-dropped-duplicate-host', 'internal and public gateway', [
    ...shop(),
    ...pods(helm),
    tls('istio-ingress/shop-tls', host),
    gw('shop/internal', selector(helm), [redirect(host), https(host, 'shop-tls')]),
    vs('shop/internal', { hosts: [host], gateways: ['internal'], http: toAll('frontend', 80) }),
  ]),
  near(
    'server-dropped-duplicate-host',
    'another address',
    shop({ servers: [redirect(host), https(host, 'shop-tls'), { ...https(host, 'shop-tls'), bind: '10.0.0.1' }] }),
  ),

  broken(
    'tls-mode-missing',
    'credentialName only',
    'error',
    'Gateway shop/web',
    shop({
      servers: [
        redirect(host),
        { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: [host], tls: { credentialName: 'shop-tls' } },
      ],
    }),
  ),
  broken(
    'tls-mode-missing',
    'credentialNames, minimum version',
    'error',
    'Gateway infra/main',
    shop({
      site: helm,
      gateway: 'infra/main',
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['*.example.com', host],
          tls: { minProtocolVersion: 'TLSV1_2', credentialNames: ['shop-tls'] },
        },
      ],
    }),
  ),
  near('tls-mode-missing', 'redirect without a mode', shop()),
  near(
    'tls-mode-missing',
    'PASSTHROUGH by default',
    passing({ tls: sni([host]) }, { port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [host], tls: {} }),
  ),

  broken(
    'passthrough-no-tls-route',
    'http block only',
    'error',
    'Gateway shop/web|VirtualService shop/shop',
    passing({ http: toAll('frontend', 443) }),
  ),
  broken(
    'passthrough-no-tls-route',
    'tcp block only',
    'error',
    'Gateway shop/web|VirtualService shop/shop',
    passing({ tcp: [{ route: to('frontend', 443) }] }),
  ),
  broken('passthrough-no-tls-route', 'no VirtualService', 'error', 'Gateway shop/web', passing(null), {
    complete: true,
  }),
  near('passthrough-no-tls-route', 'tls route', passing({ tls: sni([host]) })),
  near(
    'passthrough-no-tls-route',
    'HTTPS with PASSTHROUGH',
    passing({ tls: sni([host], 'frontend', { port: 443 }) }, pass(host, 443, 'HTTPS')),
  ),
  near('passthrough-no-tls-route', 'one VirtualService for redirect and passthrough', [
    ...pods(helm),
    gw('shop/web', selector(helm), [redirect(host), pass(host)]),
    tcp('frontend'),
    vs('shop/shop', { hosts: [host], gateways: ['web'], http: toAll('frontend', 443), tls: sni([host]) }),
  ]),
  near('passthrough-no-tls-route', 'east-west gateway', [
    ...pods({ ...edge, labels: { ...edge.labels, istio: 'eastwestgateway' } }, { ports: [[15443, 15443]] }),
    gw('istio-system/cross-network-gateway', { istio: 'eastwestgateway' }, [
      { port: { number: 15443, name: 'tls', protocol: 'TLS' }, hosts: ['*.local'], tls: { mode: 'AUTO_PASSTHROUGH' } },
    ]),
  ]),
];
