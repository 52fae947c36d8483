import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../src/model/schema/kinds.ts';
import type { Shape } from '../../src/model/schema/shape.ts';
import { checkObject } from '../../src/model/schema-check.ts';

/** Istio's CRDs as an independent tool understood them; see fixtures/README.md. */
interface JsonSchema {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
}

const fixture = gunzipSync(readFileSync(new URL('fixtures/istio-1.29.2-crd.json.gz', import.meta.url))).toString();
const schemas = JSON.parse(fixture) as Readonly<Record<string, JsonSchema>>;
const istioKinds = Object.keys(schemas);

const specShape = (kind: string): Shape => kinds.get(kind)!.shape.fields.get('spec')!;

/** One line per place: `servers[].tls.mode: A|B`. */
function placesOfSchema(schema: JsonSchema, path = ''): string[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, of]) => placesOfSchema(of, `${path}.${name}`));
  }
  if (schema.items) return placesOfSchema(schema.items, `${path}[]`);
  if (schema.additionalProperties) return placesOfSchema(schema.additionalProperties, `${path}.*`);
  return [`${path}: ${schema.enum?.join('|') ?? schema.type}`];
}

function placesOfShape(shape: Shape, path = ''): string[] {
  if (shape.is === 'object') return [...shape.fields].flatMap(([name, of]) => placesOfShape(of, `${path}.${name}`));
  if (shape.is === 'list') return placesOfShape(shape.of, `${path}[]`);
  if (shape.is === 'map') return placesOfShape(shape.of, `${path}.*`);
  if (shape.is === 'enum') return [`${path}: ${[...shape.values].join('|')}`];
  return [`${path}: ${shape.is === 'text' ? 'string' : shape.is}`];
}

/** Fields of the API after 1.29, as the end of their place. */
const later: Readonly<Record<string, readonly RegExp[]>> = {
  Gateway: [/\.tls\.(insecureSkipVerify|ecdhCurves\[\]|alpnProtocols\[\])$/],
  VirtualService: [/\.redirect\.prefixRewrite$/],
  DestinationRule: [
    /\.http2KeepAlive\.(interval|timeout)$/,
    /\.(perHostSettings|adaptiveConcurrency|hashBalanceFactor|failurePercentageThreshold)$/,
    /\.(zoneAwareLbSetting|backendUtilization)\./,
    /\.outlierDetectionHttpErrorCodes\[\]$/,
    /\.tls\.caCertCredentialName$/,
    /\.retryBudget\.budgetInterval$/,
  ],
  ServiceEntry: [],
};

describe.each(istioKinds)('%s against the CRD of 1.29.2', (kind) => {
  const theirs = new Set(placesOfSchema(schemas[kind]!));
  const ours = new Set(placesOfShape(specShape(kind)));

  it('has every field with its type and its enum values', () => {
    expect([...theirs].filter((place) => !ours.has(place))).toEqual([]);
  });

  it('has no other field but those of later versions', () => {
    const more = [...ours].filter((place) => !theirs.has(place)).map((place) => place.split(': ')[0]!);
    expect(more.filter((place) => !later[kind]!.some((end) => end.test(place)))).toEqual([]);
  });
});

/** An object with every field of the schema. */
function full(schema: JsonSchema): unknown {
  if (schema.properties) return mapValues(schema.properties, full);
  if (schema.items) return [full(schema.items), full(schema.items)];
  if (schema.additionalProperties)
    return { a: full(schema.additionalProperties), 'b.c/d': full(schema.additionalProperties) };
  if (schema.enum) return schema.enum[0];
  return { string: 'a.com', integer: 443, number: 0.5, boolean: true }[schema.type];
}

const mapValues = <T, U>(from: Readonly<Record<string, T>>, to: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, to(value)]));

/** The same schema that refuses unknown fields. */
function closed(schema: JsonSchema): JsonSchema {
  if (schema.properties)
    return { ...schema, properties: mapValues(schema.properties, closed), additionalProperties: false };
  if (schema.items) return { ...schema, items: closed(schema.items) };
  if (schema.additionalProperties) return { ...schema, additionalProperties: closed(schema.additionalProperties) };
  return schema;
}

type Mutation = (value: unknown) => unknown;

const wrong = fc.constantFrom<unknown>(
  'a',
  '',
  '443',
  'SIMPLE',
  'simple',
  0,
  -1,
  443,
  1.5,
  true,
  false,
  [],
  {},
  ['a'],
  [1],
  { a: 'b' },
  { number: 80 },
  [{}],
);
const fieldName = fc.oneof(
  fc.constantFrom(
    'servers',
    'port',
    'tls',
    'mode',
    'hosts',
    'host',
    'match',
    'number',
    'name',
    'exact',
    'http',
    'spec',
  ),
  fc.constantFrom('credentialname', 'toString', 'constructor', '', 'x'),
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  wrong.map((value) => () => value),
  fc.constant<Mutation>((value) => [value]),
  fc.constant<Mutation>((value) => ({ value })),
  fc.tuple(fieldName, wrong).map(
    ([name, value]): Mutation =>
      (old) =>
        typeof old === 'object' && old !== null && !Array.isArray(old) ? { ...old, [name]: value } : old,
  ),
);

/** Applies the mutation at the place that the seeds lead to; each seed picks one of the children. */
function mutate(value: unknown, seeds: readonly number[], change: Mutation): unknown {
  const [seed, ...rest] = seeds;
  if (seed === undefined || typeof value !== 'object' || value === null) return change(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return change(value);
  const key = keys[seed % keys.length]!;
  if (Array.isArray(value)) return value.map((v, i) => (String(i) === key ? mutate(v, rest, change) : v));
  return mapEntries(value as Record<string, unknown>, key, (v) => mutate(v, rest, change));
}

const mapEntries = (from: Readonly<Record<string, unknown>>, key: string, to: Mutation): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).map(([k, v]) => [k, k === key ? to(v) : v]));

const seeds = fc.array(fc.nat(1000), { maxLength: 12 });
const mutations = fc.array(fc.tuple(seeds, mutation), { minLength: 1, maxLength: 3 });

describe.each(istioKinds)('%s: accepted exactly when ajv accepts', (kind) => {
  const ajv = new Ajv({ strict: false, logger: false });
  const types: ValidateFunction = ajv.compile(schemas[kind]!);
  const fields: ValidateFunction = ajv.compile(closed(schemas[kind]!));
  const object = (spec: unknown) => ({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'a' }, spec });
  const whole = full(schemas[kind]!);

  it('an object with every field', () => {
    expect(fields(whole)).toBe(true);
    expect(checkObject(kind, object(whole)).problems).toEqual([]);
  });

  it('the same with up to three changes anywhere', { timeout: 60_000 }, () => {
    let refused = 0;
    let unknown = 0;
    fc.assert(
      fc.property(mutations, (changes) => {
        const spec = changes.reduce((value, [at, change]) => mutate(value, at, change), whole);
        const { problems, clean } = checkObject(kind, object(spec));
        const ofTypes = problems.filter((p) => !p.message.startsWith('unknown field'));
        expect(ofTypes.length === 0).toBe(types(spec));
        expect(problems.length === 0).toBe(fields(spec));
        if (clean.spec !== undefined) expect(types(clean.spec)).toBe(true);
        if (!types(spec)) refused++;
        if (types(spec) && !fields(spec)) unknown++;
      }),
      { numRuns: 3000 },
    );
    // Both ways to be refused were really tried.
    expect(refused).toBeGreaterThan(500);
    expect(unknown).toBeGreaterThan(30);
  });
});
