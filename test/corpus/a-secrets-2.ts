import { obj, root, tls } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, pods, role } from './sites.ts';

const shopTls = tls('istio-system/shop-tls', 'shop.example.com');
const other = tls('istio-system/other-tls', 'other.example.com');
const named = (id: string, kind: string, spec: object) => obj(kind, id, { spec: { ...spec } });
const caOnly = { 'ca.crt': root.pem };

/** Rows 1 to 4, 10, 18, 19: which Secret is looked for, where, and by whom. */
export const secretsA2: readonly Case[] = [
  broken(
    'secret-wrong-namespace',
    'beside the Gateway',
    'error',
    'Gateway shop/web|Secret shop/shop-tls',
    shop({ secrets: [tls('shop/shop-tls', 'shop.example.com'), other] }),
    { names: ['shop/shop-tls', 'istio-system'] },
  ),
  broken(
    'secret-wrong-namespace',
    'beside the VirtualService, Gateway in infra',
    'error',
    'Gateway infra/main|Secret shop/shop-tls',
    shop({ site: helm, gateway: 'infra/main', secrets: [tls('shop/shop-tls', 'shop.example.com')] }),
  ),
  broken(
    'secret-wrong-namespace',
    'in istio-system, pods in istio-ingress',
    'error',
    'Gateway shop/web|Secret istio-system/shop-tls',
    shop({ site: helm, secrets: [shopTls, tls('istio-ingress/other-tls', 'o.example.com')] }),
  ),
  broken(
    'secret-wrong-namespace',
    'two gateways, Secret with one only',
    'error',
    'Gateway shop/web|Secret istio-system/shop-tls',
    [
      ...shop({ selector: { gateway: 'any' } }).map((o) =>
        JSON.parse(
          JSON.stringify(o).replaceAll(
            '"labels":{"app":"istio-ingressgateway",',
            '"labels":{"gateway":"any","app":"istio-ingressgateway",',
          ),
        ),
      ),
      ...pods(edge).map((o) =>
        JSON.parse(JSON.stringify(o).replaceAll('"labels":{"app":', '"labels":{"gateway":"any","app":')),
      ),
      tls('edge/unrelated', 'u.example.com'),
    ],
  ),
  near(
    'secret-wrong-namespace',
    'Gateway and Secret in different namespaces',
    shop({ site: helm, gateway: 'shop/public' }),
  ),
  near('secret-wrong-namespace', 'copies in both', shop({ more: [tls('shop/shop-tls', 'shop.example.com')] })),
  near(
    'secret-wrong-namespace',
    'Certificate in the right place, old copy in the other',
    shop({
      site: edge,
      secrets: [
        tls('shop/shop-tls', 'shop.example.com'),
        named('edge/shop', 'Certificate', {
          secretName: 'shop-tls',
          dnsNames: ['shop.example.com'],
          issuerRef: { name: 'ca' },
        }),
      ],
    }),
  ),

  broken(
    'credential-cross-namespace',
    'ns/name',
    'error',
    'Gateway shop/web',
    shop({ credential: 'shop/shop-tls', secrets: [tls('shop/shop-tls', 'shop.example.com')] }),
    { names: ['istio-system'] },
  ),
  broken(
    'credential-cross-namespace',
    'kubernetes://ns/name, no Secret in the input',
    'error',
    'Gateway shop/web',
    shop({ site: helm, credential: 'kubernetes://certs/shop-tls', secrets: [] }),
  ),
  broken(
    'credential-cross-namespace',
    'the namespace of istiod, not of the pods',
    'error',
    'Gateway shop/web',
    shop({
      site: edge,
      credential: 'istio-system/shop-tls',
      secrets: [shopTls, tls('edge/shop-tls', 'shop.example.com')],
    }),
  ),
  near('credential-cross-namespace', 'names the pods own namespace', shop({ credential: 'istio-system/shop-tls' })),
  near(
    'credential-cross-namespace',
    'kubernetes:// and the pods namespace',
    shop({ site: helm, credential: 'kubernetes://istio-ingress/shop-tls' }),
  ),
  near(
    'credential-cross-namespace',
    'ConfigMap of another namespace',
    shop({
      tls: { mode: 'MUTUAL', caCertCredentialName: 'configmap://pki/clients' },
      more: [obj('ConfigMap', 'pki/clients', { data: caOnly })],
    }),
  ),

  broken(
    'gateway-sa-cannot-list-secrets',
    'Role with get only',
    'error',
    'ServiceAccount istio-system/istio-ingressgateway-service-account|Role istio-system/istio-ingressgateway-sds|Deployment istio-system/istio-ingressgateway',
    shop({ pods: { rbac: role(istioctl, [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch'] }]) } }),
  ),
  broken(
    'gateway-sa-cannot-list-secrets',
    'resourceNames',
    'error',
    'ServiceAccount istio-ingress/istio-ingress|Role istio-ingress/istio-ingress-sds|Deployment istio-ingress/istio-ingress',
    shop({
      site: helm,
      pods: {
        rbac: role(helm, [
          { apiGroups: [''], resources: ['secrets'], resourceNames: ['shop-tls'], verbs: ['get', 'list', 'watch'] },
        ]),
      },
    }),
  ),
  broken(
    'gateway-sa-cannot-list-secrets',
    'RoleBinding of the old service account',
    'error',
    'ServiceAccount edge/public-gateway|Role edge/public-gateway-sds|RoleBinding edge/public-gateway-sds|DaemonSet edge/public-gateway',
    shop({
      site: edge,
      pods: {
        rbac: role(
          edge,
          [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }],
          [{ kind: 'ServiceAccount', name: 'default', namespace: 'edge' }],
        ),
      },
    }),
  ),
  near(
    'gateway-sa-cannot-list-secrets',
    'ClusterRoleBinding',
    shop({
      pods: {
        rbac: [
          obj('ClusterRole', 'gw-secrets', { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }),
          obj('ClusterRoleBinding', 'gw-secrets', {
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'gw-secrets' },
            subjects: [
              { kind: 'ServiceAccount', name: 'istio-ingressgateway-service-account', namespace: 'istio-system' },
            ],
          }),
        ],
      },
    }),
  ),
  near(
    'gateway-sa-cannot-list-secrets',
    'group of all service accounts of the namespace',
    shop({
      site: helm,
      pods: {
        rbac: [
          obj('ClusterRole', 'read-secrets', {
            rules: [{ apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['list'] }],
          }),
          obj('RoleBinding', 'istio-ingress/read-secrets', {
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'read-secrets' },
            subjects: [
              { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccounts:istio-ingress' },
            ],
          }),
        ],
      },
    }),
  ),
  near('gateway-sa-cannot-list-secrets', 'no RBAC in the input', shop({ pods: { rbac: [] } })),
  near(
    'gateway-sa-cannot-list-secrets',
    'only certificate files',
    shop({
      pods: { rbac: role(istioctl, [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]) },
      tls: { credentialName: undefined, serverCertificate: '/c/tls.crt', privateKey: '/c/tls.key' },
    }),
  ),
];
