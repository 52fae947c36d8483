import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { pathText } from '../../src/model/location.ts';
import { kinds } from '../../src/model/schema/kinds.ts';
import { checkObject } from '../../src/model/schema-check.ts';
import { type Body, object, rows } from './schema-problems.ts';

const parse = (yaml: string): Body[] =>
  loadAll(yaml, { schema: CORE_SCHEMA }).filter((d): d is Body => typeof d === 'object' && d !== null);

describe('one problem', () => {
  it.each(rows)('$kind $path: $nearest', ({ kind, spec, parts, path, message, nearest }) => {
    const { problems } = checkObject(kind, object(kind, parts ?? { spec }));
    expect(problems.map((p) => ({ ...p, path: pathText(p.path) }))).toEqual([{ path, message, nearest }]);
  });
});

describe('clean', () => {
  it('is the same object when nothing is wrong, and when fields are unknown', () => {
    const good = object('Gateway', { spec: { servers: [{ port: { number: 443.0 }, hosts: ['a'] }] } });
    const unknown = object('Gateway', { spec: { hosts: ['a'] } });
    expect(checkObject('Gateway', good).clean).toBe(good);
    expect(checkObject('Gateway', unknown).clean).toBe(unknown);
  });

  it('lacks exactly the values of a wrong type, and shares the rest', () => {
    const rest = { port: { number: 80 } };
    const body = object('Gateway', {
      spec: {
        selector: { a: 1, b: 'b' },
        servers: [rest, { hosts: ['a', 1, 'b'], bind: 2, tls: { mode: 'simple', no: 1 } }],
      },
    });
    const { clean } = checkObject('Gateway', body);
    expect(clean).toEqual(
      object('Gateway', { spec: { selector: { b: 'b' }, servers: [rest, { hosts: ['a', 'b'], tls: { no: 1 } }] } }),
    );
    expect((clean.spec as { servers: unknown[] }).servers[0]).toBe(rest);
    expect(clean.metadata).toBe(body.metadata);
  });

  it('treats null as the API server does: absent in objects and maps of CRDs, a zero value in lists of core kinds', () => {
    const gateway = object('Gateway', {
      spec: { selector: { a: null }, servers: [{ tls: null, hosts: null }] },
      status: null,
    });
    expect(checkObject('Gateway', gateway)).toEqual({
      clean: object('Gateway', { spec: { selector: {}, servers: [{}] } }),
      problems: [],
    });
    const service = object('Service', { spec: { selector: { a: null }, ports: [null], type: null } });
    expect(checkObject('Service', service)).toEqual({
      clean: object('Service', { spec: { selector: { a: '' }, ports: [{}] } }),
      problems: [],
    });
  });
});

describe('what is not checked', () => {
  it.each([
    ['Gateway', 'gateway.networking.k8s.io/v1'],
    ['Service', 'serving.knative.dev/v1'],
    ['Certificate', 'cert-manager.io/v1'],
  ])('%s of %s', (kind, apiVersion) => {
    const body = { apiVersion, kind, spec: { gatewayClassName: 'istio', ports: 1 } };
    expect(checkObject(kind, body)).toEqual({ clean: body, problems: [] });
  });

  it('unknown fields of core kinds, unknown metadata and status', () => {
    const service = object('Service', { spec: { ports: [{ port: 1, other: 1 }], other: {} }, other: 1 });
    expect(checkObject('Service', service).problems).toEqual([]);
    const gateway = object('Gateway', { metadata: { name: 'a', managedFields: [], finalizers: 1 }, status: { x: 1 } });
    expect(checkObject('Gateway', gateway).problems).toEqual([]);
  });
});

describe('what is printed', () => {
  it('never key material, wherever it stands', () => {
    const pem = '-----BEGIN PRIVATE KEY-----MIIE';
    const base64 = 'LS0tLS1CRUdJTiBQUklWQVRF';
    for (const key of [pem, base64]) {
      const wrong = { spec: { servers: [{ tls: key, hosts: key, [key]: 1, port: { number: key } }] } };
      const { problems } = checkObject('Gateway', object('Gateway', wrong));
      expect(problems).toHaveLength(4);
      for (const { message, nearest } of problems) expect(`${message} ${nearest}`).not.toContain(key);
      const secret = checkObject('Secret', object('Secret', { data: { [key]: 1 }, stringData: key, type: [key] }));
      expect(secret.problems).toHaveLength(3);
      for (const { message, nearest } of secret.problems) expect(`${message} ${nearest}`).not.toContain(key);
    }
  });

  it('nothing long, and no more than a hundred problems', () => {
    const long = 'x'.repeat(100_000);
    const one = checkObject('Gateway', object('Gateway', { spec: { selector: long, [long]: 1 } }));
    for (const { message } of one.problems) expect(message.length).toBeLessThan(150);
    const many = checkObject('Gateway', object('Gateway', { spec: { servers: [{ hosts: Array(1000).fill(1) }] } }));
    expect(many.problems).toHaveLength(101);
    expect(many.problems.at(-1)?.message).toBe('900 more problems of this object');
    expect(many.clean).toEqual(object('Gateway', { spec: { servers: [{ hosts: [] }] } }));
  });

  it('an alias bomb costs no time', () => {
    const headers = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`h${i}`, { exact: 1 }]));
    const match = Array(1000).fill({ headers });
    const body = object('VirtualService', { spec: { http: Array(1000).fill({ match }) } });
    const before = performance.now();
    expect(checkObject('VirtualService', body).problems).toHaveLength(101);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

describe('the recorded inputs of istiod', () => {
  const oracle = new URL('../oracle/', import.meta.url);
  /** Cases whose input the API server would refuse by its schema: none. They are invalid in other ways (J), if at all. */
  const deliberatelyInvalid: readonly string[] = [];

  it.each(['cases', 'cases-gateway-api'])('%s have no problem and are not copied', (folder) => {
    for (const name of readdirSync(new URL(`${folder}/`, oracle))) {
      if (deliberatelyInvalid.includes(name)) continue;
      for (const body of parse(readFileSync(new URL(`${folder}/${name}/input.yaml`, oracle), 'utf8'))) {
        const { clean, problems } = checkObject(String(body.kind), body);
        expect(problems, name).toEqual([]);
        expect(clean).toBe(body);
      }
    }
  });

  it('random clusters have no problem and are not copied', { timeout: 60_000 }, () => {
    const lines = gunzipSync(readFileSync(new URL('random/clusters.jsonl.gz', oracle)))
      .toString()
      .trim()
      .split('\n');
    let objects = 0;
    for (const line of lines) {
      const { name, yaml } = JSON.parse(line) as { name: string; yaml: string };
      for (const body of parse(yaml)) {
        const { clean, problems } = checkObject(String(body.kind), body);
        expect(problems, name).toEqual([]);
        expect(clean).toBe(body);
        objects++;
      }
    }
    expect(objects).toBeGreaterThan(20_000);
  });
});

describe('any JSON', () => {
  const names = [
    'spec',
    'metadata',
    'servers',
    'port',
    'tls',
    'hosts',
    'http',
    'match',
    'route',
    'headers',
    'data',
    'labels',
  ];
  const key = fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor'), fc.string({ maxLength: 8 }));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 7 },
      fc.oneof(fc.constantFrom(null, true, 443, 1.5, 'SIMPLE', '', '443'), fc.string(), fc.double()),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));

  it.each([...kinds.keys(), 'Other'])('%s: never throws, and clean stays as it is', (kind) => {
    fc.assert(
      fc.property(tree, (body) => {
        const first = checkObject(kind, body as Body);
        const second = checkObject(kind, first.clean);
        expect(second.clean).toBe(first.clean);
        for (const { message } of second.problems) expect(message).toMatch(/^unknown field|more problems/);
      }),
      { numRuns: 300 },
    );
  });

  it('a document nested a million deep', () => {
    let spec: unknown = {};
    for (let i = 0; i < 1_000_000; i++) spec = { servers: [spec] };
    expect(checkObject('Gateway', object('Gateway', { spec })).problems).toHaveLength(1);
  });
});
