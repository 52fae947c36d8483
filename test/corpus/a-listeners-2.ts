import { gw, https, type Obj, obj, otherRoot, plain, redirect, svc, tls, to, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const sni = (hosts: readonly string[], service = 'frontend', more: Obj = {}): readonly Obj[] => [
  { match: [{ sniHosts: hosts, ...more }], route: to(service, 443) },
];
const tcp = (name: string, port = 443): Obj => svc(`shop/${name}`, [{ name: 'tls', port, targetPort: 8443 }]);
const mesh = (text: string): Obj => obj('ConfigMap', 'istio-system/istio', { data: { mesh: text } });
const namespaces = (labels: Record<string, Obj>): readonly Obj[] =>
  Object.entries(labels).map(([name, l]) =>
    obj('Namespace', name, {}, { labels: { 'kubernetes.io/metadata.name': name, ...l } }),
  );

/** Rows 5, 6, 13 to 17, 20, 36: listeners that are missing, frozen or lose a server. */
export const listenersA2: readonly Case[] = [
  broken(
    'tls-protocol-needs-tcp-route',
    'http route on a TLS server',
    'error',
    'Gateway shop/web|VirtualService shop/shop',
    shop({ servers: [https(host, 'shop-tls', {}, 443, 'TLS')] }),
  ),
  broken(
    'tls-protocol-needs-tcp-route',
    'tls route on a TLS server with MUTUAL',
    'error',
    'Gateway shop/web|VirtualService shop/shop',
    shop({
      site: helm,
      secrets: [tls('istio-ingress/shop-tls', host, { 'ca.crt': otherRoot.pem })],
      servers: [https(host, 'shop-tls', { mode: 'MUTUAL' }, 443, 'TLS')],
      vs: { http: undefined, tls: sni([host], 'frontend') },
      service: tcp('frontend'),
    }),
  ),
  near(
    'tls-protocol-needs-tcp-route',
    'tcp route',
    shop({
      servers: [https(host, 'shop-tls', {}, 443, 'TLS')],
      vs: { http: undefined, tcp: [{ match: [{ port: 443 }], route: to('frontend', 80) }] },
    }),
  ),
  near('tls-protocol-needs-tcp-route', 'HTTPS takes http', shop()),

  broken(
    'selector-no-pods',
    'istio: ingressgateway with the helm chart',
    'warning',
    'Gateway shop/web',
    shop({ site: helm, selector: { istio: 'ingressgateway' } }),
    { absent: true, names: ['istio-ingress'] },
  ),
  broken(
    'selector-no-pods',
    'one label too many',
    'warning',
    'Gateway shop/web',
    shop({ selector: { istio: 'ingressgateway', env: 'prod' } }),
    { absent: true },
  ),
  near('selector-no-pods', 'DaemonSet', shop({ site: edge, selector: { tier: 'edge', app: 'public-gateway' } })),
  near('selector-no-pods', 'no workload in the input', [
    gw('shop/web', sel, [redirect(host), https(host, 'shop-tls')]),
    vs('shop/shop', { hosts: [host], gateways: ['web'], http: toAll('frontend', 80) }),
    svc('shop/frontend'),
  ]),
  near('selector-no-pods', 'scaled to zero', shop({ pods: { replicas: 0 } })),

  broken(
    'privileged-port-skipped',
    'unprivileged pod, Service port 443 to 443',
    'error',
    'Gateway shop/web|Deployment istio-system/istio-ingressgateway|Service istio-system/istio-ingressgateway',
    shop({
      pods: {
        env: { ISTIO_META_UNPRIVILEGED_POD: 'true' },
        ports: [
          [80, 8080],
          [443, 443],
        ],
      },
      servers: [plain(host), https(host, 'shop-tls')],
    }),
  ),
  near(
    'privileged-port-skipped',
    'unprivileged pod, high target ports',
    shop({ pods: { env: { ISTIO_META_UNPRIVILEGED_POD: 'true' } } }),
  ),
  near('privileged-port-skipped', 'helm chart without the variable', shop({ site: helm })),
  near(
    'privileged-port-skipped',
    'variable false',
    shop({ site: helm, pods: { env: { ISTIO_META_UNPRIVILEGED_POD: 'false' } } }),
  ),

  broken(
    'discovery-selector-excludes-gateway',
    'namespace without the label',
    'error',
    'ConfigMap istio-system/istio|Namespace istio-ingress|Deployment istio-ingress/istio-ingress|Gateway shop/web',
    [
      ...shop({ site: helm }),
      mesh('discoverySelectors:\n- matchLabels:\n    istio-discovery: enabled\n'),
      ...namespaces({
        shop: { 'istio-discovery': 'enabled' },
        'istio-ingress': {},
        'istio-system': { 'istio-discovery': 'enabled' },
      }),
    ],
  ),
  near('discovery-selector-excludes-gateway', 'every namespace labelled', [
    ...shop({ site: helm }),
    mesh('discoverySelectors:\n- matchLabels:\n    istio-discovery: enabled\n'),
    ...namespaces({ shop: { 'istio-discovery': 'enabled' }, 'istio-ingress': { 'istio-discovery': 'enabled' } }),
  ]),
  near('discovery-selector-excludes-gateway', 'matchExpressions with NotIn', [
    ...shop({ site: helm }),
    mesh(
      'discoverySelectors:\n- matchExpressions:\n  - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}\n',
    ),
    ...namespaces({ shop: {}, 'istio-ingress': {} }),
  ]),
  near('discovery-selector-excludes-gateway', 'namespaces not in the input', [
    ...shop({ site: helm }),
    mesh('discoverySelectors:\n- matchLabels:\n    istio-discovery: enabled\n'),
  ]),

  broken('server-dropped-protocol-conflict', 'HTTP and TCP on one port', 'error', 'Gateway shop/zz', [
    ...shop({ servers: [plain(host), https(host, 'shop-tls')] }),
    gw('shop/zz', sel, [plain('*', {}, 80, 'TCP')]),
    vs('shop/zz', { hosts: ['*'], gateways: ['zz'], tcp: [{ route: to('frontend', 80) }] }),
  ]),
  broken(
    'server-dropped-protocol-conflict',
    'HTTP on 443 before HTTPS',
    'error',
    'Gateway shop/web',
    shop({ servers: [plain('*', {}, 443), https(host, 'shop-tls')] }),
  ),
  near(
    'server-dropped-protocol-conflict',
    'HTTPS before HTTP',
    shop({ servers: [https(host, 'shop-tls'), plain('*', {}, 443)] }),
  ),
  near(
    'server-dropped-protocol-conflict',
    'HTTP and HTTP2 merge',
    shop({ servers: [plain(host), plain(host, {}, 80, 'HTTP2'), https(host, 'shop-tls')] }),
  ),
];
