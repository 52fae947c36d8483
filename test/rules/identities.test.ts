import { describe, expect, it } from 'vitest';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import { now } from '../../src/pages/expand.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import { recordedCases } from '../conformance/oracle.ts';
import { cases } from '../corpus/all.ts';
import { run as runCase } from '../corpus/run.ts';
import { longMessages, sharedIdentities } from './identities.ts';
import { pageIds, readPage } from './page.ts';
import { run as runExample } from './pipeline.ts';

function findingsOf(yaml: string, file = 'a.yaml') {
  const view = buildView(parseText(yaml, file).documents, {
    source: 'files',
    complete: false,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  return judge({ view, configs: compile(view), now, settings: { expiringWithinDays: 30 } }).findings;
}

const pods = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: gw, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec:
      containers:
      - {name: istio-proxy, image: proxyv2, args: [proxy, router]}
---`;
const gateway = (name: string, servers: string) => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:${servers}
---`;

describe('two findings of one report have two identities', () => {
  it('of a plain server beside two servers with HTTPS in one Gateway', () => {
    const yaml =
      pods +
      gateway(
        'secure',
        ['a', 'b']
          .map(
            (h) =>
              `\n  - {port: {number: 443, name: ${h}, protocol: HTTPS}, hosts: [${h}.example.com], tls: {mode: SIMPLE, credentialName: c}}`,
          )
          .join(''),
      ) +
      gateway('plain', `\n  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}`) +
      `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: istio-system}
spec:
  hosts: ["*"]
  gateways: [plain, secure]
  http: [{route: [{destination: {host: web}}]}]
`;
    const found = findingsOf(yaml).filter((f) => f.rule === 'https-redirect-missing');
    expect(found.map((f) => f.path)).toEqual(['spec.servers[0]', 'spec.servers[0]']);
    expect(sharedIdentities(found)).toEqual([]);
  });

  it('of two names that one server and the routes of another both claim', () => {
    const servers = `
  - {port: {number: 443, name: mine, protocol: HTTPS}, hosts: [a.example.com, b.example.com], tls: {mode: SIMPLE, credentialName: c}}`;
    const passing = `
  - {port: {number: 443, name: theirs, protocol: TLS}, hosts: ["*.example.com"], tls: {mode: PASSTHROUGH}}`;
    const match = (name: string) =>
      `[{match: [{port: 443, sniHosts: [${name}.example.com]}], route: [{destination: {host: ${name}}}]}]`;
    const yaml =
      pods +
      gateway('mine', servers) +
      gateway('theirs', passing) +
      ['a', 'b']
        .map(
          (name) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: vs-${name}, namespace: istio-system}
spec:
  hosts: [${name}.example.com]
  gateways: [theirs]
  tls: ${match(name)}
---`,
        )
        .join('');
    const found = findingsOf(yaml).filter((f) => f.rule === 'sni-collision');
    expect(found.length).toBe(2);
    expect(sharedIdentities(found)).toEqual([]);
  });

  it('of an object that stands in the input three times: it is one finding', () => {
    const found = findingsOf([1, 2, 3].map(() => gateway('g', ' []')).join('')).filter(
      (f) => f.rule === 'duplicate-object',
    );
    expect(found.map((f) => [f.message, f.related.length])).toEqual([
      ['Gateway istio-system/g stands in the input 3 times, in the same words: only the last one counts', 2],
    ]);
  });

  it('of two unknown ids in one ignore', () => {
    const yaml = gateway('g', ' []').replace(
      'namespace: istio-system',
      'namespace: istio-system, annotations: {tlsgw/ignore: "nonsense, rubbish"}',
    );
    const found = findingsOf(yaml).filter((f) => f.rule === 'unused-ignore');
    expect(found.length).toBe(2);
    expect(sharedIdentities(found)).toEqual([]);
  });

  it('in every recorded case', () => {
    for (const { name, yaml } of [...recordedCases('cases'), ...recordedCases('cases-gateway-api')])
      expect(sharedIdentities(findingsOf(yaml)), name).toEqual([]);
  });

  it('in every case of the corpus, and on every page', () => {
    for (const one of Object.values(cases).flat())
      expect(sharedIdentities(runCase(one).findings), one.title).toEqual([]);
    for (const id of pageIds())
      for (const example of readPage(id).examples)
        expect(sharedIdentities(runExample(example).findings), id).toEqual([]);
  });
});

describe('a message has at most 200 characters', () => {
  it('in every recorded case', () => {
    for (const { name, yaml } of [...recordedCases('cases'), ...recordedCases('cases-gateway-api')])
      expect(longMessages(findingsOf(yaml)), name).toEqual([]);
  });

  it('in every case of the corpus, and on every page', () => {
    for (const one of Object.values(cases).flat())
      for (const complete of [false, true])
        expect(longMessages(runCase(one, complete).findings), one.title).toEqual([]);
    for (const id of pageIds())
      for (const example of readPage(id).examples) expect(longMessages(runExample(example).findings), id).toEqual([]);
  });
});

describe('the identity of a finding', () => {
  const two = gateway('g', `\n  - {port: {number: 443, name: a, protocol: HTTPS}, hosts: [a.example.com]}`);

  it('does not depend on lines, other objects and the name of the file', () => {
    const prints = (yaml: string, file?: string) =>
      findingsOf(yaml, file)
        .filter((f) => f.resource.name === 'g')
        .map((f) => f.fingerprint);
    expect(prints(two).length).toBeGreaterThan(0);
    expect(prints(`# moved\n\n${gateway('another', ' []')}${two}`, 'b.yaml')).toEqual(prints(two));
  });
});

describe('places beside values of a wrong type', () => {
  const servers = (first: string) => `
  - ${first}
  - {port: {number: 443, protocol: TLS}, hosts: [7, shop.example.com, "bad_*.example.com"], tls: {mode: PASSTHROUGH}}`;

  it.each(['null', '"a text"', '[]'])('a list that begins with %s keeps its positions', (first) => {
    const found = findingsOf(gateway('g', servers(first)) + pods);
    const at = (rule: string) => found.find((f) => f.rule === rule);
    expect(found.filter((f) => f.rule === 'schema').map((f) => f.path)).toEqual(
      expect.arrayContaining(['spec.servers[0]', 'spec.servers[1].hosts[0]']),
    );
    expect(at('invalid-host')).toMatchObject({ path: 'spec.servers[1].hosts[2]', location: { line: 9 } });
    expect(at('invalid-host')?.message).toContain('server 1 of Gateway istio-system/g');
    expect(at('invalid-host')?.remedy ?? '').not.toContain('/spec/servers/0');
    expect(sharedIdentities(found)).toEqual([]);
  });
});
