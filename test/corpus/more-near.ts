import {
  dr,
  gw,
  https,
  intermediate,
  leaf,
  type Obj,
  obj,
  otherRoot,
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
import { edge, helm, istioctl, pods, role, selector } from './sites.ts';

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
const two = svc('shop/frontend', [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http-metrics', port: 9090 },
]);
const prefix = (path: string): Obj => ({ uri: { prefix: path } });

export const moreNear: readonly Case[] = [
  near(
    'secret-wrong-namespace',
    'copied by reflector',
    shop({
      site: helm,
      secrets: [
        {
          ...tls('cert-manager/shop-tls', host),
          metadata: {
            name: 'shop-tls',
            namespace: 'cert-manager',
            annotations: {
              'reflector.v1.k8s.emberstack.com/reflection-allowed': 'true',
              'reflector.v1.k8s.emberstack.com/reflection-auto-enabled': 'true',
              'reflector.v1.k8s.emberstack.com/reflection-auto-namespaces': 'istio-ingress',
            },
          },
        },
      ],
    }),
  ),
  near(
    'secret-wrong-namespace',
    'copied by replicator',
    shop({
      site: helm,
      secrets: [
        {
          ...tls('certs/shop-tls', host),
          metadata: {
            name: 'shop-tls',
            namespace: 'certs',
            annotations: { 'replicator.v1.mittwald.de/replicate-to': 'istio-.*' },
          },
        },
      ],
    }),
  ),
  near(
    'gateway-sa-cannot-list-secrets',
    'aggregated ClusterRole',
    shop({
      pods: {
        rbac: [
          obj('ClusterRole', 'gw', {
            aggregationRule: { clusterRoleSelectors: [{ matchLabels: { gw: 'yes' } }] },
            rules: [],
          }),
          obj(
            'ClusterRole',
            'gw-secrets',
            { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }] },
            { labels: { gw: 'yes' } },
          ),
          obj('ClusterRoleBinding', 'gw', {
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'gw' },
            subjects: [{ kind: 'ServiceAccount', name: istioctl.account, namespace: 'istio-system' }],
          }),
        ],
      },
    }),
  ),
  near(
    'gateway-sa-cannot-list-secrets',
    'well-known ClusterRole',
    shop({
      pods: {
        rbac: [
          obj('RoleBinding', 'istio-system/gw', {
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
            subjects: [{ kind: 'ServiceAccount', name: istioctl.account, namespace: 'istio-system' }],
          }),
        ],
      },
    }),
  ),
  near(
    'gateway-sa-cannot-list-secrets',
    'bound ClusterRole not in the input',
    shop({
      pods: {
        rbac: [
          obj('ClusterRoleBinding', 'gw', {
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'platform-gateway' },
            subjects: [{ kind: 'ServiceAccount', name: istioctl.account, namespace: 'istio-system' }],
          }),
        ],
      },
    }),
  ),
  broken(
    'gateway-sa-cannot-list-secrets',
    'Role of another component only',
    'error',
    'Deployment istio-system/istio-ingressgateway|ServiceAccount istio-system/istio-ingressgateway-service-account',
    shop({
      pods: {
        rbac: [
          ...role(
            { ...istioctl, name: 'cert-manager', account: 'cert-manager' },
            [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
            [{ kind: 'ServiceAccount', name: 'cert-manager', namespace: 'cert-manager' }],
          ),
        ],
      },
    }),
  ),
  near(
    'vs-gateway-not-found',
    'a Gateway of the Gateway API',
    shop({
      vs: { gateways: ['web', 'shop/k8s'] },
      more: [
        {
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'Gateway',
          metadata: { name: 'k8s', namespace: 'shop' },
          spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
        },
      ],
    }),
  ),
  near(
    'destination-host',
    'ServiceEntry with a wildcard',
    shop({
      vs: { http: toAll('eu.partner.com', 80) },
      more: [
        obj('ServiceEntry', 'shop/partner', {
          spec: {
            hosts: ['*.partner.com'],
            resolution: 'NONE',
            ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
          },
        }),
      ],
    }),
  ),
  near(
    'destination-host',
    'ExternalName',
    shop({
      vs: { http: toAll('legacy', 80) },
      more: [
        obj('Service', 'shop/legacy', {
          spec: { type: 'ExternalName', externalName: 'legacy.example.net', ports: [{ name: 'http', port: 80 }] },
        }),
      ],
    }),
  ),
  near(
    'destination-port',
    'no port, the number of the server exists',
    shop({ servers: [plain(host)], secrets: [], vs: { http: toAll('frontend') }, service: two }),
  ),
  near(
    'destination-port',
    'ServiceEntry port',
    shop({
      vs: { http: toAll('api.partner.com', 8080) },
      more: [
        obj('ServiceEntry', 'shop/p', {
          spec: {
            hosts: ['api.partner.com'],
            resolution: 'DNS',
            ports: [{ number: 8080, name: 'http', protocol: 'HTTP', targetPort: 80 }],
          },
        }),
      ],
    }),
  ),
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
  broken(
    'mutual-without-ca',
    'ConfigMap has other keys',
    'error',
    'ConfigMap pki/clients|Gateway shop/web',
    shop({
      tls: { mode: 'MUTUAL', caCertCredentialName: 'configmap://pki/clients' },
      more: [obj('ConfigMap', 'pki/clients', { data: { 'bundle.pem': otherRoot.pem } })],
    }),
  ),
  broken(
    'cert-expired',
    'second of credentialNames',
    'error',
    'Secret istio-system/b',
    shop({
      tls: { credentialName: undefined, credentialNames: ['a', 'b'] },
      secrets: [
        tls('istio-system/a', host, {}, { key: 'rsa2048', slot: 'aa' }),
        tls('istio-system/b', host, {}, { notAfter: '2026-03-01' }),
      ],
    }),
  ),
  broken(
    'privileged-port-skipped',
    'helm chart with the variable',
    'error',
    'Gateway shop/web|Deployment istio-ingress/istio-ingress|Service istio-ingress/istio-ingress',
    shop({ site: helm, pods: { env: { ISTIO_META_UNPRIVILEGED_POD: 'true' } }, servers: [https(host, 'shop-tls')] }),
  ),
  broken(
    'privileged-port-skipped',
    'no port translation',
    'error',
    'Gateway shop/web|Deployment istio-system/istio-ingressgateway|Service istio-system/istio-ingressgateway',
    shop({
      pods: {
        env: { ISTIO_META_UNPRIVILEGED_POD: 'true' },
        serviceMeta: { labels: { 'experimental.istio.io/disable-gateway-port-translation': 'true' } },
      },
      servers: [https(host, 'shop-tls')],
    }),
  ),
  broken(
    'vs-not-visible-to-gateway',
    'DestinationRule',
    'error',
    'DestinationRule shop/frontend|VirtualService shop/shop|Service shop/frontend',
    shop({
      service: svc('shop/frontend', [{ name: 'https', port: 443 }]),
      vs: { http: toAll('frontend', 443) },
      more: [dr('shop/frontend', 'frontend.shop.svc.cluster.local', { tls: { mode: 'SIMPLE' } }, { exportTo: ['.'] })],
    }),
  ),
  broken(
    'invalid-host',
    'IPv6',
    'error',
    'Gateway shop/web',
    shop({ servers: [plain(['2001:db8::1', host])], secrets: [] }),
  ),
  broken(
    'invalid-host',
    'port in the host',
    'error',
    'Gateway shop/web',
    shop({ servers: [plain([host, 'shop.example.com:443'])], secrets: [] }),
  ),
  broken(
    'invalid-host',
    'in the VirtualService',
    'error',
    'VirtualService shop/shop',
    shop({ vs: { hosts: [host, 'https://shop.example.com'] } }),
  ),
  broken(
    'credential-cross-namespace',
    'in credentialNames',
    'error',
    'Gateway shop/web',
    shop({
      tls: { credentialName: undefined, credentialNames: ['shop/shop-tls'] },
      secrets: [tls('shop/shop-tls', host)],
    }),
  ),
  broken(
    'redirect-blocks-acme',
    'Issuer beside the Certificate',
    'warning',
    'Gateway shop/web|Issuer istio-system/le|Certificate istio-system/shop',
    shop({
      more: [
        obj('Issuer', 'istio-system/le', {
          spec: { acme: { server: 'x', solvers: [{ http01: { ingress: { ingressClassName: 'istio' } } }] } },
        }),
        obj('Certificate', 'istio-system/shop', {
          spec: { secretName: 'shop-tls', dnsNames: [host], issuerRef: { name: 'le' } },
        }),
      ],
    }),
  ),
  broken(
    'http-server-tls-route',
    'one of two hosts',
    'error',
    'VirtualService team-a/api|Gateway shop/web',
    shop({
      hosts: [host, 'api.example.com'],
      vs: { hosts: [host] },
      secrets: [tls('istio-system/shop-tls', [host, 'api.example.com'])],
      more: [
        svc('team-a/api', [{ name: 'tls', port: 443 }]),
        vs('team-a/api', {
          hosts: ['api.example.com'],
          gateways: ['shop/web'],
          tls: [{ match: [{ sniHosts: ['api.example.com'] }], route: to('api', 443) }],
        }),
      ],
    }),
  ),
  broken(
    'ambiguous-target-port',
    'canary Service',
    'warning',
    'Service istio-ingress/istio-ingress|Service istio-ingress/istio-ingress-internal',
    shop({
      site: helm,
      more: [
        obj('Service', 'istio-ingress/istio-ingress-internal', {
          spec: { selector: helm.labels, ports: [{ name: 'https', port: 443, targetPort: 8443 }] },
        }),
      ],
    }),
  ),
  broken('server-dropped-protocol-conflict', 'TCP twice', 'error', 'Gateway shop/zz', [
    ...shop({
      servers: [plain('*', {}, 80, 'TCP')],
      secrets: [],
      vs: { hosts: ['*'], http: undefined, tcp: [{ route: to('frontend', 80) }] },
    }),
    gw('shop/zz', sel, [plain('*', {}, 80, 'MONGO')]),
    vs('shop/zz', { hosts: ['*'], gateways: ['zz'], tcp: [{ route: to('frontend', 80) }] }),
  ]),
];
