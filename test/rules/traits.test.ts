import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VirtualService } from '../../src/model/cluster-view.ts';
import { buildView } from '../../src/model/decode.ts';
import { domainProblem } from '../../src/rules/facts/host-names.ts';
import { traitsOf } from '../../src/rules/facts/traits.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: app, namespace: ns}
spec: {ports: [{name: http, port: 80}]}
`;
const view = buildView(parseText(SERVICE, 'app.yaml').documents, {
  source: 'files',
  complete: false,
  defaultNamespace: 'default',
  parseMesh: parseValue,
});

/** What is known of a VirtualService with this spec. */
function traits(spec: VirtualService['spec']): string[] {
  const virtualService = { id: { name: 'vs', namespace: 'ns' }, spec } as VirtualService;
  const { byGateway: _, ...lists } = traitsOf({ ...view, virtualServices: [virtualService] });
  return (Object.keys(lists) as (keyof typeof lists)[]).filter((trait) => lists[trait].length > 0);
}

const label = fc.stringMatching(/^[*]?[-a-zA-Z0-9_]{0,70}$/);
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.')),
  fc.domain(),
  fc.ipV4(),
  fc.ipV6(),
  fc.webUrl(),
  fc.string(),
);

test('every host that a rule minds is odd, and ordinary hosts are not', () => {
  fc.assert(
    fc.property(host, (written) => {
      const isMinded = domainProblem(written) !== null || written.endsWith('.');
      if (isMinded) expect(traits({ hosts: [written], gateways: ['g'] })).toContain('oddHosts');
    }),
    { numRuns: 1000 },
  );
  for (const plain of ['shop.example.com', '*.example.com', 'a-1.b2.example.co'])
    expect(traits({ hosts: [plain], gateways: ['g'] })).toEqual([]);
});

test('what rules look for puts a VirtualService on their lists', () => {
  const route = [{ destination: { host: 'app' } }];
  const base = { hosts: ['shop.example.com'], gateways: ['g'] };
  expect(traits({ ...base, http: [{ route }] })).toEqual([]);
  expect(traits({ ...base, http: [{ match: [{ port: 443 }], route }] })).toEqual(['choosy', 'patterned']);
  expect(traits({ ...base, tcp: [{ match: [{ gateways: ['h'] }], route }] })).toEqual(['withoutHttp', 'choosy']);
  expect(traits({ ...base, tls: [{ match: [{ sniHosts: ['a'] }], route }] })).toEqual(['tls', 'withoutHttp']);
  expect(traits({ ...base, http: [{ route }], tls: [{ route }] })).toEqual(['tls']);
  expect(traits({ ...base, http: [{ redirect: {} }] })).toEqual(['redirecting']);
  expect(traits({ ...base, tls: [{ route: [...route, ...route] }] })).toEqual(['tls', 'withoutHttp', 'splitting']);
  expect(traits({ hosts: ['a.example.com', 'b.example.com'] })).toEqual(['withoutGateways', 'severalHosts']);
  const elsewhere = [...route, { destination: { host: 'no-such' }, weight: 0 }];
  expect(traits({ ...base, tcp: [{ route: elsewhere }] })).toEqual(['withoutHttp', 'splitting', 'doubtful']);
  expect(traits({ ...base, http: [{ route: [{ destination: { host: 'app', subset: 'v1' } }] }] })).toEqual([
    'doubtful',
  ]);
  expect(traits({ ...base, http: [{ route: [{ destination: { host: 'app', port: { number: 81 } } }] }] })).toEqual([
    'doubtful',
  ]);
});

test('a VirtualService stands once under each Gateway that it names, whatever the spelling', () => {
  const virtualService = {
    id: { name: 'vs', namespace: 'ns' },
    spec: { hosts: ['a.example.com'], gateways: ['g', 'mesh', 'ns/g', './g', 'other/g'] },
  } as unknown as VirtualService;
  const { byGateway } = traitsOf({ ...view, virtualServices: [virtualService] });
  expect([...byGateway]).toEqual([
    ['ns/g', [virtualService]],
    ['other/g', [virtualService]],
  ]);
});
