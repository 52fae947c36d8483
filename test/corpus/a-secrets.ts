import { gw, https, leaf, obj, otherRoot, redirect, root, secret, svc, tls, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, pods, role, selector } from './sites.ts';

const shopTls = tls('istio-system/shop-tls', 'shop.example.com');
const other = tls('istio-system/other-tls', 'other.example.com');
const named = (id: string, kind: string, spec: object) => obj(kind, id, { spec: { ...spec } });
const caOnly = { 'ca.crt': root.pem };

/** Rows 1 to 4, 10, 18, 19: which Secret is looked for, where, and by whom. */
export const secretsA: readonly Case[] = [
  broken(
    'secret-not-found',
    'typo in credentialName',
    'warning',
    'Gateway shop/web',
    shop({ credential: 'shop-tsl' }),
    {
      absent: true,
      names: ['shop-tsl', 'istio-system'],
    },
  ),
  broken(
    'secret-not-found',
    'kubernetes:// prefix, no such Secret',
    'warning',
    'Gateway infra/main',
    shop({ site: helm, gateway: 'infra/main', credential: 'kubernetes://shop-cert' }),
    { absent: true },
  ),
  broken(
    'secret-not-found',
    'second of two servers',
    'warning',
    'Gateway shop/web',
    shop({
      site: edge,
      servers: [https('shop.example.com', 'shop-tls'), https('api.example.com', 'api-tls')],
      hosts: ['shop.example.com'],
      vs: { hosts: ['shop.example.com', 'api.example.com'] },
    }),
    { absent: true, names: ['api-tls'] },
  ),
  broken(
    'secret-not-found',
    'one of credentialNames',
    'warning',
    'Gateway shop/web',
    shop({ tls: { credentialName: undefined, credentialNames: ['shop-tls', 'shop-tls-ecdsa'] } }),
    { names: ['shop-tls-ecdsa'] },
  ),
  broken(
    'secret-not-found',
    'sds:// without a socket',
    'warning',
    'Gateway shop/web',
    shop({ credential: 'sds://vault-cert' }),
    { absent: true },
  ),
  broken(
    'secret-not-found',
    'MUTUAL, no such Secret',
    'warning',
    'Gateway shop/web',
    shop({
      site: helm,
      tls: { mode: 'MUTUAL' },
      credential: 'shop-mtls',
      secrets: [tls('istio-ingress/other', 'other.example.com')],
    }),
    { absent: true },
  ),
  near(
    'secret-not-found',
    'made by an ExternalSecret',
    shop({
      credential: 'web-cert',
      more: [
        named('istio-system/web', 'ExternalSecret', {
          refreshInterval: '1h',
          target: { name: 'web-cert' },
          secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
          dataFrom: [{ extract: { key: 'web' } }],
        }),
      ],
    }),
  ),
  near(
    'secret-not-found',
    'made by an ExternalSecret without target',
    shop({
      credential: 'web-cert',
      more: [named('istio-system/web-cert', 'ExternalSecret', { secretStoreRef: { name: 'vault' }, data: [] })],
    }),
  ),
  near(
    'secret-not-found',
    'made by cert-manager',
    shop({
      site: helm,
      credential: 'web-cert',
      more: [
        named('istio-ingress/web', 'Certificate', {
          secretName: 'web-cert',
          dnsNames: ['shop.example.com'],
          issuerRef: { name: 'le', kind: 'ClusterIssuer' },
        }),
      ],
    }),
  ),
  near(
    'secret-not-found',
    'made by a SealedSecret',
    shop({
      credential: 'web-cert',
      more: [
        named('istio-system/web-cert', 'SealedSecret', {
          encryptedData: { 'tls.crt': 'AgB', 'tls.key': 'AgC' },
          template: { metadata: { name: 'web-cert' }, type: 'kubernetes.io/tls' },
        }),
      ],
    }),
  ),
  near('secret-not-found', 'GitOps: no Secret in the repository', shop({ secrets: [] })),
  near(
    'secret-not-found',
    'GitOps: Secrets only of the application',
    shop({ secrets: [secret('shop/db', { password: 'x' })] }),
  ),
  near(
    'secret-not-found',
    'no gateway workload in the input',
    shop({ secrets: [secret('istio-system/cacerts', { 'root-cert.pem': 'x' })] }).filter(
      (o) =>
        !['Deployment', 'ServiceAccount', 'Role', 'RoleBinding'].includes(String(o['kind'])) &&
        !JSON.stringify(o).includes('LoadBalancer'),
    ),
  ),
  near('secret-not-found', 'mesh certificate', shop({ credential: 'builtin://' })),
  near(
    'secret-not-found',
    'sds:// with a socket',
    shop({
      credential: 'sds://vault-cert',
      pods: {
        pod: {
          containers: [
            {
              name: 'istio-proxy',
              image: 'x/proxyv2',
              args: ['proxy', 'router'],
              volumeMounts: [{ name: 'credential-socket', mountPath: '/var/run/secrets/credential-uds' }],
            },
          ],
          volumes: [{ name: 'credential-socket', hostPath: { path: '/run/spire' } }],
        },
      },
    }),
  ),
  near(
    'secret-not-found',
    'certificate files in the pod',
    shop({
      tls: {
        credentialName: undefined,
        serverCertificate: '/etc/istio/certs/tls.crt',
        privateKey: '/etc/istio/certs/tls.key',
      },
    }),
  ),
  near(
    'secret-not-found',
    'two files of one List, Secret with stringData',
    shop({
      secrets: [
        obj('Secret', 'istio-system/shop-tls', {
          type: 'kubernetes.io/tls',
          stringData: { 'tls.crt': leaf('shop.example.com').pem, 'tls.key': leaf('shop.example.com').key().toString() },
        }),
      ],
    }),
  ),
  near('secret-not-found', 'PASSTHROUGH of the same name', [
    ...shop(),
    gw('shop/ext', selector(istioctl), [
      {
        port: { number: 443, name: 'tls-ext', protocol: 'TLS' },
        hosts: ['ext.example.com'],
        tls: { mode: 'PASSTHROUGH' },
      },
    ]),
    vs('shop/ext', {
      hosts: ['ext.example.com'],
      gateways: ['ext'],
      tls: [{ match: [{ sniHosts: ['ext.example.com'] }], route: toAll('frontend', 80)[0]!['route'] }],
    }),
  ]),

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

  broken(
    'secret-bad-keys',
    'own key names',
    'error',
    'Secret istio-system/shop-tls',
    shop({
      secrets: [
        secret('istio-system/shop-tls', {
          'certificate.pem': leaf('shop.example.com').pem,
          'privkey.pem': leaf('shop.example.com').key(),
        }),
      ],
    }),
  ),
  broken(
    'secret-bad-keys',
    'key not issued yet',
    'error',
    'Secret istio-system/shop-tls',
    shop({ secrets: [secret('istio-system/shop-tls', { 'tls.key': leaf('shop.example.com').key() })] }),
  ),
  broken(
    'secret-bad-keys',
    'empty values',
    'error',
    'Secret istio-ingress/shop-tls',
    shop({ site: helm, secrets: [secret('istio-ingress/shop-tls', { 'tls.crt': '', 'tls.key': '' })] }),
  ),
  broken(
    'secret-bad-keys',
    'cert beside tls.key',
    'error',
    'Secret istio-system/shop-tls',
    shop({
      secrets: [
        secret('istio-system/shop-tls', {
          cert: leaf('shop.example.com').pem,
          'tls.key': leaf('shop.example.com').key(),
        }),
      ],
    }),
  ),
  near(
    'secret-bad-keys',
    'generic Secret with cert and key',
    shop({
      secrets: [
        secret('istio-system/shop-tls', { cert: leaf('shop.example.com').pem, key: leaf('shop.example.com').key() }),
      ],
    }),
  ),
  near(
    'secret-bad-keys',
    'Opaque with tls.crt',
    shop({
      secrets: [tls('istio-system/shop-tls', 'shop.example.com', { 'keystore.p12': 'x' })].map((s) => ({
        ...s,
        type: 'Opaque',
      })),
    }),
  ),
  near(
    'secret-bad-keys',
    'a strange Secret that no Gateway names',
    shop({ more: [secret('istio-system/ca-bundle', { 'ca.pem': root.pem })] }),
  ),

  broken(
    'mutual-without-ca',
    'Secret holds no CA',
    'error',
    'Secret istio-system/shop-tls|Gateway shop/web',
    shop({ tls: { mode: 'MUTUAL' } }),
  ),
  broken(
    'mutual-without-ca',
    'the -cacert Secret has other keys',
    'error',
    'Secret istio-system/shop-tls-cacert|Gateway shop/web',
    shop({
      tls: { mode: 'MUTUAL' },
      secrets: [
        tls('istio-system/shop-tls', 'shop.example.com', { 'ca.crt': otherRoot.pem }),
        secret('istio-system/shop-tls-cacert', { 'ca.pem': root.pem }),
      ],
    }),
  ),
  broken(
    'mutual-without-ca',
    'caCertCredentialName missing',
    'warning',
    'Gateway shop/web',
    shop({ tls: { mode: 'MUTUAL', caCertCredentialName: 'partners-cacert' } }),
    { absent: true, names: ['partners-cacert'] },
  ),
  broken(
    'mutual-without-ca',
    'OPTIONAL_MUTUAL',
    'error',
    'Secret istio-ingress/shop-tls|Gateway shop/web',
    shop({ site: helm, tls: { mode: 'OPTIONAL_MUTUAL' } }),
  ),
  near(
    'mutual-without-ca',
    'ca.crt of another CA in the Secret',
    shop({
      tls: { mode: 'MUTUAL' },
      secrets: [tls('istio-system/shop-tls', 'shop.example.com', { 'ca.crt': otherRoot.pem })],
    }),
  ),
  near(
    'mutual-without-ca',
    'a -cacert Secret',
    shop({ site: edge, tls: { mode: 'MUTUAL' }, more: [secret('edge/shop-tls-cacert', { cacert: otherRoot.pem })] }),
  ),
  near('mutual-without-ca', 'SIMPLE needs none', shop()),
  near(
    'mutual-without-ca',
    'ConfigMap',
    shop({
      tls: { mode: 'OPTIONAL_MUTUAL', caCertCredentialName: 'configmap://istio-system/clients' },
      more: [obj('ConfigMap', 'istio-system/clients', { data: { 'ca.crt': otherRoot.pem } })],
    }),
  ),

  broken(
    'ca-credential-suffix',
    'a cert-manager CA',
    'error',
    'Gateway shop/web|Secret istio-system/clients-ca',
    shop({
      tls: { mode: 'MUTUAL', caCertCredentialName: 'clients-ca' },
      more: [
        secret('istio-system/clients-ca', {
          'tls.crt': otherRoot.pem,
          'tls.key': otherRoot.key(),
          'ca.crt': otherRoot.pem,
        }),
      ],
    }),
  ),
  broken(
    'ca-credential-suffix',
    'only ca.crt',
    'error',
    'Gateway shop/web|Secret istio-system/clients-ca',
    shop({
      tls: { mode: 'MUTUAL', caCertCredentialName: 'clients-ca' },
      more: [secret('istio-system/clients-ca', { 'ca.crt': otherRoot.pem })],
    }),
  ),
  broken(
    'ca-credential-suffix',
    'server certificate named -cacert',
    'error',
    'Gateway shop/web|Secret istio-ingress/shop-cacert',
    shop({ site: helm, credential: 'shop-cacert', secrets: [tls('istio-ingress/shop-cacert', 'shop.example.com')] }),
  ),
  near(
    'ca-credential-suffix',
    'named -cacert',
    shop({
      tls: { mode: 'MUTUAL', caCertCredentialName: 'clients-cacert' },
      more: [
        secret('istio-system/clients-cacert', {
          'tls.crt': otherRoot.pem,
          'tls.key': otherRoot.key(),
          'ca.crt': otherRoot.pem,
        }),
      ],
    }),
  ),
  near(
    'ca-credential-suffix',
    'certificate of a CA service, named cacerts',
    shop({
      hosts: ['ca.example.com'],
      credential: 'cacert-shop',
      secrets: [tls('istio-system/cacert-shop', 'ca.example.com')],
      servers: [redirect('ca.example.com'), https('ca.example.com', 'cacert-shop')],
      service: svc('shop/frontend'),
    }),
  ),
];
