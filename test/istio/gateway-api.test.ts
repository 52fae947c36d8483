import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertGatewayApi } from '../../src/istio/gateway-api.ts';
import { buildView } from '../../src/model/decode.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';

const object = (kind: string, spec: unknown): string =>
  JSON.stringify({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    metadata: { name: kind.toLowerCase(), namespace: 'a' },
    spec,
  });

function converted(...texts: readonly string[]): ReturnType<typeof convertGatewayApi> {
  const { documents } = parseText(texts.join('\n---\n'), 'a.yaml');
  return convertGatewayApi(
    buildView(documents, { source: 'files', complete: false, defaultNamespace: 'default', parseMesh: parseValue }),
  );
}

const GATEWAY = { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] };
const ROUTE = {
  parentRefs: [{ name: 'gateway' }],
  hostnames: ['a.example.com'],
  rules: [{ matches: [{ path: { value: '/' } }], backendRefs: [{ name: 'web', port: 80 }] }],
};

/** The value with one of its parts replaced. */
function withPart(value: unknown, path: readonly number[], part: unknown): unknown {
  if (path.length === 0 || typeof value !== 'object' || value === null) return part;
  const keys = Object.keys(value);
  const key = keys[path[0]! % keys.length];
  if (key === undefined) return part;
  const changed = withPart((value as Record<string, unknown>)[key], path.slice(1), part);
  return Array.isArray(value)
    ? value.map((item, i) => (String(i) === key ? changed : item))
    : { ...value, [key]: changed };
}

describe('the Gateway API', () => {
  it('is compiled where it is plain HTTP', () => {
    const { virtualServices, uncompiled } = converted(object('Gateway', GATEWAY), object('HTTPRoute', ROUTE));
    expect([virtualServices.map((vs) => vs.spec.hosts), uncompiled]).toEqual([[['a.example.com']], []]);
  });
  it('is left uncompiled where a field has another type, and never throws', () => {
    const route = object('HTTPRoute', { ...ROUTE, parentRefs: 'x' });
    expect(converted(object('Gateway', GATEWAY), route).uncompiled.map(({ id }) => id.kind)).toEqual(['HTTPRoute']);
    const path = fc.array(fc.nat(5), { maxLength: 6 });
    fc.assert(
      fc.property(path, path, fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (a, b, one, other) => {
        converted(object('Gateway', withPart(GATEWAY, a, one)), object('HTTPRoute', withPart(ROUTE, b, other)));
      }),
      { numRuns: 500 },
    );
  });
});
