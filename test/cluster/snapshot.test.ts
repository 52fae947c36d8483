import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedField } from '../../src/cli/redaction.ts';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import type { RawDocument } from '../../src/model/document.ts';
import { configJson } from '../../src/render/config-json.ts';
import { yamlText } from '../../src/render/yaml.ts';
import { judge } from '../../src/rules/run.ts';
import { snapshotIn } from '../../src/sources/snapshot.ts';
import { snapshotObjects } from '../../src/sources/snapshot-objects.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import { accessTo, asCluster, casePath, clusterOfCase, read } from './cluster.ts';
import { fakeApi } from './fake-api.ts';

type Coverage = Parameters<typeof buildView>[1];

const head = {
  takenAt: '2026-11-22T00:00:00Z',
  tool: 'test',
  istioNamespace: 'istio-system',
  gaps: [],
  access: [],
  istiodVersions: [],
};

const snapshotOf = (documents: readonly RawDocument[], more: Partial<typeof head> | object = {}): string =>
  snapshotObjects(documents, { ...head, ...more }, publishedField, parseValue)
    .map(yamlText)
    .join('---\n');

/** Everything that doctor says, without places in files. */
function said(documents: readonly RawDocument[], coverage: Partial<Coverage>) {
  const view = buildView(documents, {
    source: 'cluster',
    complete: true,
    defaultNamespace: 'default',
    parseMesh: parseValue,
    ...coverage,
  });
  const configs = compile(view);
  const { findings, undecided, internalErrors } = judge({
    view,
    configs,
    now: new Date('2026-11-22T00:00:00Z'),
    settings: { expiringWithinDays: 30 },
  });
  const plain = findings.map((f) => ({
    ...f,
    location: null,
    related: f.related.map((r) => ({ ...r, location: null })),
  }));
  const sorted = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item)).sort();
  return { findings: sorted(plain), undecided: sorted(undecided), internalErrors, configs: configs.map(configJson) };
}

const restored = (text: string) => {
  const found = snapshotIn(parseText(text, 'snapshot.yaml').documents);
  return said(found!.documents, found!.coverage as Partial<Coverage>);
};

const cases = readdirSync(join(casePath('.'), '..'));

describe('a snapshot gives the findings of the cluster', () => {
  it.each(cases)('%s', (name) => {
    const { documents } = parseText(readFileSync(casePath(name), 'utf8'), 'input.yaml');
    // As an API server holds them: stringData is part of data.
    const objects = documents.map((d) => ({ ...d, body: withData(d.body) }));
    const live = said(objects, { source: 'snapshot' });
    const text = snapshotOf(objects);
    expect(text).not.toMatch(/PRIVATE KEY/);
    expect(restored(text)).toEqual(live);
  });
});

function withData(body: RawDocument['body']): RawDocument['body'] {
  const { stringData, ...rest } = body as { stringData?: Record<string, string>; data?: Record<string, string> };
  if (body['kind'] !== 'Secret' || stringData === undefined) return body;
  const given = Object.entries(stringData).map(([k, v]) => [k, Buffer.from(v).toString('base64')]);
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(given) } };
}

/** Every run of base64 that is part of a private key, and its bytes. */
function keyMaterial(yaml: string): string[] {
  const secrets = parseText(yaml, 'input.yaml').documents.filter((d) => d.body['kind'] === 'Secret');
  const values = secrets.flatMap((d) => Object.values((withData(d.body)['data'] ?? {}) as Record<string, string>));
  const pems = values.map((v) => Buffer.from(v, 'base64').toString('latin1'));
  return pems.flatMap((pem) =>
    [...pem.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\S]*?)-----END/g)].flatMap(([, body = '']) =>
      body.split(/\s+/).filter((line) => line.length > 20),
    ),
  );
}

describe('a snapshot holds no private key', () => {
  it('in no byte of any case', () => {
    for (const name of cases) {
      const yaml = readFileSync(casePath(name), 'utf8');
      const text = snapshotOf(parseText(yaml, 'i').documents.map((d) => ({ ...d, body: withData(d.body) })));
      const decoded = [...text.matchAll(/[A-Za-z0-9+/=]{40,}/g)].map(([run]) =>
        Buffer.from(run, 'base64').toString('latin1'),
      );
      const searched = [text, ...decoded].join('\n');
      for (const line of keyMaterial(yaml)) expect(searched.includes(line)).toBe(false);
    }
  });

  const key = [...keyMaterial(readFileSync(casePath('i-one-row-per-secret'), 'utf8'))].join('\n');
  const pem = `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`;
  const [first = ''] = key.split('\n');

  it.each([
    ['in the field of the certificate', 'tls.crt', pem],
    ['indented', 'tls.crt', pem.replace(/^/gm, '  ')],
    ['on one line', 'tls.crt', pem.replaceAll('\n', '\\n')],
    ['without an end', 'tls.crt', pem.slice(0, -20)],
    ['without armour', 'tls.crt', key],
    ['as base64 twice', 'tls.crt', Buffer.from(pem).toString('base64')],
    ['as UTF-16', 'tls.crt', Buffer.from(pem, 'utf16le').toString('latin1')],
    ['beside a broken certificate', 'tls.crt', `-----BEGIN CERTIFICATE-----\n${key}\n-----END CERTIFICATE-----\n`],
    ['as a CA', 'ca.crt', pem],
    ['under another name', 'backup.pem', `hello\n${pem}`],
    ['broken, in its own field', 'tls.key', pem.replace('-----END', '----END')],
    ['in its own field without armour', 'tls.key', key],
  ])('%s', (_, field, content) => {
    const published = publishedField(field, Buffer.from(content, 'latin1')).toString('latin1');
    const searched = [
      published,
      Buffer.from(published, 'base64').toString('latin1'),
      published.replaceAll('\0', ''),
    ].join('\n');
    expect(first.length).toBeGreaterThan(20);
    for (const line of key.split('\n')) {
      expect(searched.includes(line)).toBe(false);
      expect(searched.includes(Buffer.from(line).toString('base64').slice(4, 20))).toBe(false);
    }
  });

  it('nor other content: passwords, filters, headers of other people', () => {
    const objects = parseText(
      `apiVersion: v1
kind: Secret
metadata: {name: a, namespace: b}
data: {password: ${Buffer.from('geheim').toString('base64')}}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: a, namespace: b}
spec: {workloadSelector: {labels: {a: b}}, configPatches: [{patch: {value: geheim}}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "rootNamespace: istio-system\\nextensionProviders:\\n- {name: x, envoyExtAuthzHttp: {headers: geheim}}\\n", other: geheim}
`,
      'i',
    ).documents;
    const text = snapshotOf(objects);
    expect(text).not.toContain('geheim');
    expect(text).not.toContain(Buffer.from('geheim').toString('base64'));
    expect(text).toContain('rootNamespace');
  });
});

describe('what could not be read stays open', () => {
  it('with the same questions, and the same answers about permissions', async () => {
    const api = await fakeApi(clusterOfCase('tutorial-all-three-at-once'), {
      allow: ({ resource }) => resource !== 'services' && resource !== 'secrets',
      denied: ['istio-system:istio-ingressgateway-service-account'],
    });
    const found = await read(accessTo(api.url));
    await api.close();
    const live = said(found.documents, found);
    expect(live.undecided.length).toBeGreaterThan(2);
    expect(restored(snapshotOf(found.documents, found))).toEqual(live);
  });

  it('and names of the cluster that look like something else survive', () => {
    const names = [
      'yes',
      'null',
      '012',
      '1e3',
      'a: b',
      '- x',
      '#',
      ' lead',
      'ü',
      '"',
      "'",
      'multi\nline',
      '0x1',
      '~',
      '1:30',
    ];
    const objects = asCluster('').concat(
      names.map((value, i) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: `n${i}`, labels: { x: value } },
      })),
    );
    const text = snapshotOf(
      objects.map((body) => ({ body, origin: parseText('', 'x').documents[0]?.origin as never })),
    );
    const { documents } = snapshotIn(parseText(text, 's').documents)!;
    expect(documents.map((d) => (d.body['metadata'] as { labels: { x: string } }).labels.x)).toEqual(names);
  });
});
