import { makeCa } from '../../src/pages/certificates.ts';
import { https, leaf, type Obj, obj, redirect, secret, svc, tls } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl } from './sites.ts';

const host = 'shop.example.com';
const gateway = 'Gateway shop/web';
const mutual = (ca: Record<string, string | Uint8Array>, more: Obj = {}): readonly Obj[] =>
  shop({ tls: { mode: 'MUTUAL', ...more }, more: [secret('istio-system/shop-tls-cacert', ca)] });
const clients = makeCa({ cn: 'Clients', slot: 'corpus-clients', notAfter: '2036-01-01' });

/** Rows 61 to 79: found by experiment. */
export const oddD3: readonly Case[] = [
  broken(
    'service-port-without-target',
    'named targetPort that no container has',
    'warning',
    `${gateway}|Service edge/public-gateway`,
    shop({
      site: edge,
      pods: {
        ports: [
          [80, 'http2'],
          [443, 'https-proxy'],
        ],
      },
    }),
  ),
  broken(
    'service-port-without-target',
    'two ports to one target',
    'warning',
    `${gateway}|Service istio-system/istio-ingressgateway`,
    shop({
      pods: {
        service: {
          type: 'LoadBalancer',
          selector: istioctl.labels,
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'https', port: 443, targetPort: 8443 },
            { name: 'https-alt', port: 9443, targetPort: 8443 },
          ],
        },
      },
      servers: [redirect(host), https(host, 'shop-tls'), https('api.example.com', 'api-tls', {}, 9443)],
      secrets: [tls('istio-system/shop-tls', host), tls('istio-system/api-tls', 'api.example.com')],
      vs: { hosts: [host, 'api.example.com'] },
    }),
  ),
  near('service-port-without-target', 'named targetPort', shop({ site: edge })),
  near(
    'service-port-without-target',
    'two ports to one target, Gateway uses the first',
    shop({
      pods: {
        service: {
          type: 'LoadBalancer',
          selector: istioctl.labels,
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'https', port: 443, targetPort: 8443 },
            { name: 'https-alt', port: 9443, targetPort: 8443 },
          ],
        },
      },
    }),
  ),
  broken(
    'selector-matches-no-gateway',
    'the application',
    'warning',
    gateway,
    shop({ selector: { app: 'frontend' }, more: [app()] }),
  ),
  near('selector-matches-no-gateway', 'application beside', shop({ more: [app()] })),
  broken(
    'duplicate-object',
    'a Secret twice',
    'warning',
    'Secret istio-system/shop-tls',
    shop({ more: [tls('istio-system/shop-tls', host)] }),
  ),
  near(
    'duplicate-object',
    'same name, other namespace and kind',
    shop({ site: helm, more: [obj('ConfigMap', 'istio-ingress/shop-tls', {}), tls('shop/shop-tls', host)] }),
  ),
  broken(
    'optional-mutual-is-mandatory',
    'subjectAltNames',
    'error',
    gateway,
    mutual({ 'ca.crt': clients.pem }, { mode: 'OPTIONAL_MUTUAL', subjectAltNames: ['a.client'] }),
  ),
  near('optional-mutual-is-mandatory', 'without names', mutual({ 'ca.crt': clients.pem }, { mode: 'OPTIONAL_MUTUAL' })),
  broken(
    'unused-ignore',
    'annotation without a finding',
    'info',
    'Service shop/frontend',
    shop({ service: svc('shop/frontend', [80], {}, { annotations: { 'tlsgw/ignore': 'cert-expired' } }) }),
  ),
  near(
    'unused-ignore',
    'none',
    shop({ secrets: [tls('istio-system/shop-tls', host)], more: [secret('shop/x', { y: leaf(host).pem })] }),
  ),
];

function app(): Obj {
  return obj('Deployment', 'shop/frontend', {
    spec: {
      selector: { matchLabels: { app: 'frontend' } },
      template: {
        metadata: { labels: { app: 'frontend' } },
        spec: {
          containers: [
            { name: 'app', image: 'frontend:1' },
            { name: 'istio-proxy', image: 'istio/proxyv2:1.30.3', args: ['proxy', 'sidecar'] },
          ],
        },
      },
    },
  });
}
