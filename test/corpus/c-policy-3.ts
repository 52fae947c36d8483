import { intermediate, leaf, type Obj, obj, tls } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { helm } from './sites.ts';

const host = 'shop.example.com';
const gateway = 'Gateway shop/web';
const secretAt = 'Secret istio-system/shop-tls';
const request = (spec: Obj, status: Obj = {}, ns = 'istio-system'): Obj =>
  obj('Certificate', `${ns}/shop`, {
    spec: { secretName: 'shop-tls', dnsNames: [host], issuerRef: { name: 'le', kind: 'ClusterIssuer' }, ...spec },
    ...status,
  });
const ready = (status: string): Obj => ({
  status: {
    conditions: [
      {
        type: 'Ready',
        status,
        reason: status === 'True' ? 'Ready' : 'DoesNotExist',
        message: 'Issuing certificate as Secret does not exist',
      },
    ],
  },
});
const rsa = (id: string, hosts: readonly string[], slot: string): Obj => tls(id, hosts, {}, { key: 'rsa2048', slot });
const names = (...list: string[]): Obj => ({ credentialName: undefined, credentialNames: list });

/** Rows 43 to 55: redirects, ACME, load balancers, versions, pairs of certificates. */
export const policyC3: readonly Case[] = [
  broken(
    'credential-names',
    'two RSA certificates, same names',
    'warning',
    `${gateway}|Secret istio-system/a|Secret istio-system/b`,
    shop({ tls: names('a', 'b'), secrets: [rsa('istio-system/a', [host], 'na'), rsa('istio-system/b', [host], 'nb')] }),
  ),
  broken(
    'credential-names',
    'ECDSA covers fewer names',
    'warning',
    `${gateway}|Secret istio-system/a|Secret istio-system/b`,
    shop({
      hosts: [host, 'www.example.com'],
      tls: names('a', 'b'),
      secrets: [rsa('istio-system/a', [host, 'www.example.com'], 'na'), tls('istio-system/b', [host])],
    }),
  ),
  near(
    'credential-names',
    'RSA and ECDSA',
    shop({ tls: names('a', 'b'), secrets: [rsa('istio-system/a', [host], 'na'), tls('istio-system/b', [host])] }),
  ),
  near('credential-names', 'one name in the list', shop({ tls: names('shop-tls') })),
  broken(
    'cert-manager-not-ready',
    'not ready',
    'warning',
    'Certificate istio-system/shop',
    shop({ secrets: [], more: [request({}, ready('False'))] }),
  ),
  broken(
    'secret-wrong-namespace',
    'Certificate beside the Gateway',
    'error',
    'Certificate shop/shop|Gateway shop/web',
    shop({
      site: helm,
      secrets: [tls('istio-ingress/other', 'o.example.com')],
      more: [request({}, ready('True'), 'shop')],
    }),
  ),
  broken(
    'cert-manager-not-ready',
    'dnsNames miss a host',
    'warning',
    'Certificate istio-system/shop',
    shop({ hosts: [host, 'www.example.com'], secrets: [], more: [request({})] }),
    { names: ['www.example.com'] },
  ),
  near('cert-manager-not-ready', 'ready', shop({ more: [request({}, ready('True'))] })),
  near(
    'cert-manager-not-ready',
    'no status in Git',
    shop({ secrets: [], more: [request({ dnsNames: ['*.example.com'] })] }),
  ),
  near(
    'cert-manager-not-ready',
    'common name instead of dnsNames',
    shop({ secrets: [], more: [request({ commonName: host, dnsNames: [] })] }),
  ),
  broken(
    'secret-shadowed-keys',
    'old cert and key stay',
    'warning',
    secretAt,
    shop({
      secrets: [
        tls('istio-system/shop-tls', host, {
          cert: leaf(host, { serial: '9' }).pem + intermediate.pem,
          key: leaf(host).key(),
        }),
      ],
    }),
  ),
  near(
    'secret-shadowed-keys',
    'cert without key',
    shop({ secrets: [tls('istio-system/shop-tls', host, { cert: leaf(host).pem })] }),
  ),
  broken('gateway-selects-foreign-workload', 'no selector', 'info', gateway, shop({ selector: null })),
  broken('gateway-selects-foreign-workload', 'other namespace', 'info', gateway, shop()),
  near('gateway-selects-foreign-workload', 'own namespace', shop({ gateway: 'istio-system/web' })),
];
