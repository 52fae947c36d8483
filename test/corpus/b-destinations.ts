import {
  dr,
  gw,
  https,
  type Obj,
  obj,
  otherRoot,
  pass,
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
import { edge, helm, istioctl, pods, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);
const web = 'VirtualService shop/shop';
const named = (name: string, port: number, more: Obj = {}): Obj => ({ name, port, targetPort: 8443, ...more });
const secure = svc('shop/frontend', [named('https', 443)]);
const viaTls = { service: secure, vs: { http: toAll('frontend', 443) } };
const fqdn = 'frontend.shop.svc.cluster.local';
const subset = (name: string): Obj => ({ http: [{ route: [{ destination: { host: 'frontend', subset: name } }] }] });
const subsets = dr(
  'shop/frontend',
  'frontend',
  {},
  {
    subsets: [
      { name: 'v1', labels: { version: 'v1' } },
      { name: 'v2', labels: { version: 'v2' } },
    ],
  },
);
const passThrough = (more: readonly Obj[]): readonly Obj[] => [
  ...pods(istioctl),
  gw('shop/web', sel, [pass(host)]),
  secure,
  vs('shop/shop', {
    hosts: [host],
    gateways: ['web'],
    tls: [{ match: [{ sniHosts: [host] }], route: to('frontend', 443) }],
  }),
  ...more,
];
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
const service = (name: string, ports: readonly Obj[], more: Obj = {}, meta: Obj = {}): Obj =>
  obj('Service', `istio-system/${name}`, { spec: { selector: istioctl.labels, ports, ...more } }, meta);

/** Rows 21, 32 to 35, 37, 38: what stands behind the gateway, and its ports. */
export const destinationsB: readonly Case[] = [
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
  broken(
    'destination-subset',
    'subset not in the DestinationRule',
    'error',
    web,
    shop({ vs: subset('v3'), more: [subsets] }),
    { names: ['v3'] },
  ),
  near('destination-subset', 'subset of the DestinationRule', shop({ vs: subset('v2'), more: [subsets] })),
  near(
    'destination-subset',
    'DestinationRule by full name in another namespace',
    shop({
      vs: subset('v1'),
      more: [dr('istio-system/frontend', fqdn, {}, { subsets: [{ name: 'v1', labels: {} }] })],
    }),
  ),

  broken('backend-plain-to-https', 'port named https', 'warning', web, shop(viaTls), { names: ['shop/frontend'] }),
  broken(
    'backend-plain-to-https',
    'appProtocol https',
    'warning',
    web,
    shop({
      site: helm,
      service: svc('shop/frontend', [named('web', 8443, { appProtocol: 'https' })]),
      vs: { http: toAll('frontend', 8443) },
    }),
  ),
  near(
    'backend-plain-to-https',
    'DestinationRule starts TLS',
    shop({ ...viaTls, more: [dr('shop/frontend', fqdn, { tls: { mode: 'SIMPLE', insecureSkipVerify: true } })] }),
  ),
  near(
    'backend-plain-to-https',
    'only for the port',
    shop({
      ...viaTls,
      more: [
        dr('shop/frontend', 'frontend', { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'SIMPLE' } }] }),
      ],
    }),
  ),
  near('backend-plain-to-https', 'passthrough', passThrough([])),
  near('backend-plain-to-https', 'redirect beside passthrough', [
    ...pods(helm),
    gw('shop/web', selector(helm), [redirect(host), pass(host)]),
    secure,
    vs('shop/shop', {
      hosts: [host],
      gateways: ['web'],
      http: toAll('frontend', 443),
      tls: [{ match: [{ sniHosts: [host] }], route: to('frontend', 443) }],
    }),
  ]),
  near(
    'backend-plain-to-https',
    'plain port named http on 443',
    shop({ service: svc('shop/frontend', [named('http', 443)]), vs: { http: toAll('frontend', 443) } }),
  ),
  broken(
    'double-tls',
    'DestinationRule starts TLS again',
    'warning',
    `${web}|DestinationRule shop/frontend`,
    passThrough([dr('shop/frontend', fqdn, { tls: { mode: 'SIMPLE' } })]),
  ),
  near('double-tls', 'ISTIO_MUTUAL disabled', passThrough([dr('shop/frontend', fqdn, { tls: { mode: 'DISABLE' } })])),
  near(
    'double-tls',
    'DestinationRule of another port',
    passThrough([
      dr('shop/frontend', fqdn, { portLevelSettings: [{ port: { number: 9443 }, tls: { mode: 'SIMPLE' } }] }),
    ]),
  ),
  broken(
    'dr-credential-secret',
    'Secret beside the DestinationRule',
    'error',
    'DestinationRule shop/frontend|Secret shop/client-cert',
    shop({
      ...viaTls,
      more: [
        dr('shop/frontend', fqdn, { tls: { mode: 'MUTUAL', credentialName: 'client-cert' } }),
        tls('shop/client-cert', 'client', { 'ca.crt': otherRoot.pem }),
      ],
    }),
  ),
  broken(
    'dr-credential-secret',
    'no Secret',
    'warning',
    'DestinationRule shop/frontend',
    shop({ ...viaTls, more: [dr('shop/frontend', fqdn, { tls: { mode: 'SIMPLE', credentialName: 'backend-ca' } })] }),
    { absent: true },
  ),
  broken(
    'dr-credential-secret',
    'MUTUAL without a CA',
    'error',
    'DestinationRule shop/frontend|Secret istio-system/client-cert',
    shop({
      ...viaTls,
      more: [
        dr('shop/frontend', fqdn, { tls: { mode: 'MUTUAL', credentialName: 'client-cert' } }),
        tls('istio-system/client-cert', 'client'),
      ],
    }),
  ),
  near(
    'dr-credential-secret',
    'CA in the pods namespace',
    shop({
      ...viaTls,
      more: [
        dr('shop/frontend', fqdn, { tls: { mode: 'SIMPLE', credentialName: 'backend-ca' } }),
        secret('istio-system/backend-ca', { 'ca.crt': otherRoot.pem }),
      ],
    }),
  ),
  near(
    'dr-credential-secret',
    'MUTUAL with everything',
    shop({
      site: helm,
      ...viaTls,
      more: [
        dr('shop/frontend', fqdn, { tls: { mode: 'MUTUAL', credentialName: 'client-cert' } }),
        tls('istio-ingress/client-cert', 'client', { 'ca.crt': otherRoot.pem }),
      ],
    }),
  ),
  near(
    'dr-credential-secret',
    'for sidecars of one workload',
    shop({
      more: [
        svc('shop/db', [{ name: 'tcp', port: 5432 }]),
        dr(
          'shop/db',
          'db',
          { tls: { mode: 'MUTUAL', credentialName: 'db-client' } },
          { workloadSelector: { matchLabels: { app: 'frontend' } } },
        ),
      ],
    }),
  ),

  broken(
    'ambiguous-target-port',
    'two Services, two targets',
    'warning',
    'Service istio-system/istio-ingressgateway|Service istio-system/zz-internal',
    shop({ more: [service('zz-internal', [{ name: 'https', port: 443, targetPort: 9443 }])] }),
    { names: ['9443'] },
  ),
  near(
    'ambiguous-target-port',
    'two Services, same target',
    shop({
      more: [
        service('internal-lb', [
          { name: 'https', port: 443, targetPort: 8443 },
          { name: 'http', port: 80, targetPort: 8080 },
        ]),
      ],
    }),
  ),
  near(
    'ambiguous-target-port',
    'other pods',
    shop({
      more: [
        obj('Service', 'istio-system/other', {
          spec: { selector: { app: 'other' }, ports: [{ port: 443, targetPort: 9443 }] },
        }),
      ],
    }),
  ),
  broken(
    'port-not-exposed',
    'server on a port that no Service has',
    'warning',
    'Gateway shop/web',
    shop({
      servers: [redirect(host), https(host, 'shop-tls'), https('api.example.com', 'api-tls', {}, 9443)],
      vs: { hosts: [host, 'api.example.com'] },
      secrets: [tls('istio-system/shop-tls', host), tls('istio-system/api-tls', 'api.example.com')],
    }),
  ),
  near(
    'port-not-exposed',
    'container port written in the Gateway',
    shop({ servers: [redirect(host, 8080), https(host, 'shop-tls', {}, 8443)] }),
  ),
  near('port-not-exposed', 'named targetPort', shop({ site: edge })),
  near(
    'port-not-exposed',
    'host network',
    shop({
      site: edge,
      pods: {
        noService: true,
        pod: { hostNetwork: true, containers: [{ name: 'istio-proxy', image: 'x', args: ['proxy', 'router'] }] },
      },
    }),
  ),
  near('port-not-exposed', 'Service not in the input', shop({ pods: { noService: true } })),
  near('port-not-exposed', 'only internal, plain', shop({ servers: [plain(host), https(host, 'shop-tls')] })),
];
