import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { serverPlace } from '../../src/model/envoy-config.ts';
import { allJson, type ConfigPart, tableJson } from '../../src/render/config-json.ts';
import { jsonText } from '../../src/render/json.ts';
import { yamlText } from '../../src/render/yaml.ts';
import { certificatesIn, recorded } from './oracle.ts';
import { type ConfigJson, readConfig } from './read-config.ts';
import { resource } from './values.ts';

const NAMES = ['listeners', 'routes', 'secrets', 'all', 'report'] as const;
const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false });
for (const name of NAMES) {
  ajv.addSchema(JSON.parse(readFileSync(new URL(`../../schemas/${name}.v1.json`, import.meta.url), 'utf8')));
}

const errorsOf = (name: (typeof NAMES)[number], value: unknown): unknown => {
  const validate = ajv.getSchema(`${name}.v1.json`);
  if (validate === undefined) throw new Error(name);
  return validate(value) ? [] : validate.errors;
};

const now = new Date(0);
const recordings = recorded('cases');
const configs = recordings.map((answer) => readConfig(answer.config as ConfigJson, certificatesIn(answer.yaml)));

const gateway = resource('Gateway', 'test', 'gw', {}, { file: 'gw.yaml', line: 7, column: 3 });
const ref = { gateway, index: 1, server: { hosts: ['a.com'] } };
const dropped = configs.slice(0, 1).map((config) => ({
  ...config,
  drops: [
    {
      reason: 'duplicate-host' as const,
      server: ref,
      port: 443,
      hosts: [{ host: 'a.com', winner: { ...ref, index: 0 } }],
      at: serverPlace(ref),
      mirrors: 'B7',
    },
  ],
}));

test('all -o json is valid for every recorded configuration', () => {
  expect(errorsOf('all', JSON.parse(jsonText(allJson([...configs, ...dropped]))))).toEqual([]);
});

test('a drop in JSON: reason, place, winners, fact and sentence', () => {
  const { workloads } = JSON.parse(jsonText(allJson(dropped))) as { workloads: { drops: unknown }[] };
  const place = { resource: gateway.id, location: { file: 'gw.yaml', line: 7, column: 3 } };
  expect(workloads[0]?.drops).toEqual([
    {
      reason: 'duplicate-host',
      ...place,
      path: 'spec.servers[1]',
      winners: [{ ...place, path: 'spec.servers[0]' }],
      mirrors: 'B7',
      message: 'spec.servers[0] of the same Gateway has this host already',
    },
  ]);
});

test.each(['listeners', 'routes', 'secrets'] as const)(
  '%s -o json and yaml are valid, and equal',
  (part: ConfigPart) => {
    const value = tableJson(part, configs, { now });
    const json: unknown = JSON.parse(jsonText(value));
    expect(errorsOf(part, json)).toEqual([]);
    expect(load(yamlText(value))).toEqual(json);
    expect(errorsOf(part, { ...(json as object), extra: 1 })).not.toEqual([]);
  },
);

test('the filters of the tables hold for JSON too', () => {
  const json = JSON.stringify(tableJson('listeners', configs, { now, port: 8443 }));
  expect(json).toContain('"port":8443');
  expect(json).not.toContain('"port":8080');
  const routes = JSON.stringify(tableJson('routes', configs, { now, name: 'http.8080' }));
  expect(routes).toContain('"name":"http.8080"');
  expect(routes).not.toContain('"name":"http.80"');
});

test.each([
  ['listeners', { chains: [{ serverNames: null }] }],
  ['listeners', { chains: [{ serverNames: null, http: { route: 'a' }, tcp: { cluster: 'b' } }] }],
  [
    'routes',
    { virtualHosts: [{ name: 'a', domains: ['a'], routes: [{ match: {}, cluster: 'a', directResponse: 200 }] }] },
  ],
  ['routes', { virtualHosts: [{ name: 'a', domains: ['a'] }] }],
] as const)('%s: the schema refuses %j', (part, of) => {
  const item = part === 'listeners' ? { name: 'l', address: '', port: 1 } : { name: 'r' };
  const value = { schema: `kubectl-tlsgw/${part}.v1`, workloads: [{ workload: 'a/b', [part]: [{ ...item, ...of }] }] };
  expect(errorsOf(part, value)).not.toEqual([]);
});
