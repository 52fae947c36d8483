import { dr, gw, type Obj, otherRoot, pass, redirect, secret, svc, tls, to, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm, istioctl, pods, selector } from './sites.ts';

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

/** Rows 21, 32 to 35, 37, 38: what stands behind the gateway, and its ports. */
export const destinationsB2: readonly Case[] = [
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
];
