import { obj, plain, svc, tls, toAll } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm, istioctl, role } from './sites.ts';

const host = 'shop.example.com';
const two = svc('shop/frontend', [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http-metrics', port: 9090 },
]);

/** More of every tier, after the first round. */
export const moreNear1: readonly Case[] = [
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
    'secret-bad-keys',
    'filled by replicator',
    shop({
      site: helm,
      secrets: [
        tls('certs/shop-tls', host),
        {
          ...obj('Secret', 'istio-ingress/shop-tls', { type: 'kubernetes.io/tls' }),
          metadata: {
            name: 'shop-tls',
            namespace: 'istio-ingress',
            annotations: { 'replicator.v1.mittwald.de/replicate-from': 'certs/shop-tls' },
          },
        },
      ],
    }),
  ),
  near(
    'mutual-without-ca',
    'CA filled by reflector',
    shop({
      site: helm,
      tls: { mode: 'MUTUAL', credentialName: 'shop-tls' },
      secrets: [
        tls('istio-ingress/shop-tls', host),
        {
          ...obj('Secret', 'istio-ingress/shop-tls-cacert', {}),
          metadata: {
            name: 'shop-tls-cacert',
            namespace: 'istio-ingress',
            annotations: { 'reflector.v1.k8s.emberstack.com/reflects': 'certs/ca' },
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
];
