import { dr, gw, https, obj, otherRoot, plain, svc, tls, to, toAll, vs } from './build.ts';
import { broken, type Case, shop } from './cases.ts';
import { helm, istioctl, selector } from './sites.ts';

const host = 'shop.example.com';
const sel = selector(istioctl);

/** More of every tier, after the first round. */
export const moreNear3: readonly Case[] = [
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
