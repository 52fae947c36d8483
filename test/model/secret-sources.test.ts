import { describe, expect, it } from 'vitest';
import type { AnyResource } from '../../src/model/resource.ts';
import { operatorKinds, secretsMadeFrom } from '../../src/model/secret-sources.ts';

const made = (kind: string, spec: unknown): string[] => {
  const resource = { id: { apiVersion: 'v1', kind, namespace: 'edge', name: 'own' }, spec } as unknown as AnyResource;
  return secretsMadeFrom(resource).map(({ namespace, name }) => `${namespace ?? '?'}/${name}`);
};

describe('the Secrets that operators make', () => {
  it.each([
    ['Certificate', { secretName: 'tls' }, ['edge/tls']],
    ['ExternalSecret', {}, ['edge/own']],
    ['ExternalSecret', { target: { name: 'tls' } }, ['edge/tls']],
    ['SealedSecret', { template: { metadata: { name: 'tls' } } }, ['edge/tls']],
    ['ClusterExternalSecret', { externalSecretSpec: { target: { name: 'tls' } } }, ['?/tls']],
    ['ClusterExternalSecret', { externalSecretName: 'tls', namespaces: ['a', 'b'] }, ['a/tls', 'b/tls']],
    ['ClusterExternalSecret', { namespaces: ['a'], namespaceSelector: {} }, ['?/own']],
    ['PushSecret', { data: [{ match: { secretKey: 'a', remoteRef: { remoteKey: 'tls' } } }, {}] }, ['?/tls']],
    ['VaultStaticSecret', { destination: { name: 'tls' } }, ['edge/tls']],
    ['VaultPKISecret', {}, []],
    ['OnePasswordItem', {}, ['edge/own']],
    ['AzureKeyVaultSecret', { output: { secret: { name: 'tls' } } }, ['edge/tls']],
    ['SecretProviderClass', { secretObjects: [{ secretName: 'tls' }, { secretName: 7 }] }, ['edge/tls']],
    ['SopsSecret', { secretTemplates: [{ name: 'a' }, { name: 'b' }] }, ['edge/a', 'edge/b']],
    ['DopplerSecret', { managedSecret: { name: 'tls', namespace: 'a' } }, ['a/tls']],
    ['InfisicalSecret', { managedSecretReference: { secretName: 'tls' } }, ['edge/tls']],
    ['Bundle', { target: { configMap: { key: 'ca' } } }, []],
    ['Bundle', { target: { secret: { key: 'ca.crt' } } }, ['?/own']],
    [
      'ClusterPolicy',
      { rules: [{ generate: { kind: 'Secret', name: 'tls', namespace: '{{request.object.metadata.name}}' } }] },
      ['?/tls'],
    ],
    ['Policy', { rules: [{ generate: { kind: 'Secret', name: 'tls', namespace: 'a' } }, { validate: {} }] }, ['a/tls']],
    ['Service', { secretName: 'tls' }, []],
  ])('%s %j: %j', (kind, spec, expected) => {
    expect(made(kind, spec)).toEqual(expected);
  });

  it('survive any spec', () => {
    for (const kind of operatorKinds)
      for (const spec of [
        null,
        7,
        'text',
        [],
        [null],
        { data: [null], rules: 7, secretObjects: [1], target: null, namespaces: [null] },
      ])
        expect(made(kind, spec).every((text) => typeof text === 'string')).toBe(true);
  });
});
