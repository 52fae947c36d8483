import { https, leaf, obj, otherRoot, redirect, root, secret, svc, tls } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, helm } from './sites.ts';

/** Rows 1 to 4, 10, 18, 19: which Secret is looked for, where, and by whom. */
export const secretsA3: readonly Case[] = [
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
