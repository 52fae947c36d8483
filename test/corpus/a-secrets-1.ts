import { gw, https, leaf, obj, secret, tls, toAll, vs } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm, istioctl, selector } from './sites.ts';

const named = (id: string, kind: string, spec: object) => obj(kind, id, { spec: { ...spec } });

/** Rows 1 to 4, 10, 18, 19: which Secret is looked for, where, and by whom. */
export const secretsA1: readonly Case[] = [
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
];
