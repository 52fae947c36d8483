/**
 * What scalars, keys and merges mean to kubectl: sigs.k8s.io/yaml v1.4 (go-yaml v2), which is neither YAML 1.1 nor 1.2.
 * Pure; yaml-values.ts makes the values with it. Verified against kubectl in test/sources/yaml-dialect.test.ts.
 */

/** A plain `<<`: merges where it stands as a key, is text anywhere else. */
export const MERGE: unique symbol = Symbol('<<');

/** By its code: may a plain scalar that is no text begin with this character? */
const BEGINS_NO_TEXT = new Uint8Array(128);
for (const character of '0123456789+-.~yYnNtTfFoO<') BEGINS_NO_TEXT[character.charCodeAt(0)] = 1;

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((w) => [w, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((w) => [w, Number.NEGATIVE_INFINITY] as const),
  ...['.nan', '.NaN', '.NAN'].map((w) => [w, Number.NaN] as const),
  ['<<', MERGE],
]);

/** `false` and `False`. */
const LONGEST_WORD = 5;

const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** What begins with a dot goes through Go's own ParseFloat, which lets an underscore stand only between digits. */
const FRACTION = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)?$/;

/** True for an integer that fits Go's int64 or uint64; a larger one is a float or text. */
const fits = (value: number): boolean => value >= -(2 ** 63) && value < 2 ** 64;

function integer(text: string): number | null {
  if (!INTEGER.test(text)) return null;
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').toLowerCase();
  const octal = /^0o?([0-7]+)$/.exec(digits);
  const value = sign * (octal ? Number.parseInt(octal[1]!, 8) : Number(digits));
  return fits(value) ? value : null;
}

/** -0 is 0 for kubectl: JSON knows no other. */
const unsigned = (value: number): number => (value === 0 ? 0 : value);

/** What nearly every number is: a port, a weight, a count. */
const COUNT = /^[1-9][0-9]{0,14}$/;

function numberOf(text: string): number | null {
  if (COUNT.test(text)) return Number(text);
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const whole = integer(plain);
  if (whole !== null) return unsigned(whole);
  if (!FLOAT.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? unsigned(value) : null;
}

/** Returns the value of a scalar without quotes: boolean, null, number, MERGE, or the text itself. Source: go-yaml v2 resolve.go. */
export function plainScalar(text: string): unknown {
  const first = text.charCodeAt(0);
  if (text !== '' && BEGINS_NO_TEXT[first] !== 1) return text;
  const word = text.length <= LONGEST_WORD ? WORDS.get(text) : undefined;
  if (word !== undefined) return word;
  if (first === 0x2e) return FRACTION.test(text) ? Number(text.replaceAll('_', '')) : text;
  if ((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d) return numberOf(text) ?? text;
  return text;
}

const decoder = new TextDecoder();

/** Returns the value of a scalar with an explicit tag, or undefined when it does not fit the tag. Unknown tags are text. */
export function taggedScalar(text: string, tag: string): unknown {
  const name = tag.replace(/^tag:yaml\.org,2002:/, '!!');
  const value = plainScalar(text);
  if (name === '!!bool') return typeof value === 'boolean' ? value : undefined;
  if (name === '!!int') return Number.isInteger(value) ? value : undefined;
  if (name === '!!float') return typeof value === 'number' ? value : undefined;
  if (name === '!!null') return value === null ? null : undefined;
  if (name === '!!merge') return value === MERGE ? MERGE : undefined;
  if (name !== '!!binary') return text;
  const base64 = text.replace(/\s/g, '');
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  return decoder.decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
}

/** Returns the text a key becomes in JSON, or null for a key that kubectl refuses (null, list, mapping). */
export function keyText(key: unknown): string | null {
  if (typeof key === 'string') return key;
  if (typeof key === 'boolean') return String(key);
  if (typeof key !== 'number') return null;
  if (Number.isNaN(key)) return '.nan';
  return Number.isFinite(key) ? String(key) : key > 0 ? '.inf' : '-.inf';
}

export type Mapping = Record<string, unknown>;

/** True for a plain mapping, as JSON.parse and valuesOf make them. */
export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys that one load may still merge. kubectl's own limit is on alias expansion, about 400,000 nodes. */
export interface MergeBudget {
  left: number;
}

function assign(target: Mapping, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** kubectl merges where the `<<` stands: it replaces keys above it, and keys below replace what it brought. */
function merge(target: Mapping, value: unknown, budget: MergeBudget): string {
  // Of several sources the first wins, so it is written last.
  for (const source of Array.isArray(value) ? value.toReversed() : [value]) {
    if (!isMapping(source)) return 'expected a mapping, or a list of mappings, after `<<:`';
    for (const key of Object.keys(source)) {
      if (--budget.left < 0) return 'merge keys (`<<`) expand to an absurd size';
      assign(target, key, source[key]);
    }
  }
  return '';
}

const notFinite = 'JSON, and so Kubernetes, has no infinite number and no `.nan`';

/** What is wrong with a value as an item of a list or under a key, or ''. */
export const valueFault = (value: unknown): string =>
  typeof value === 'number' && !Number.isFinite(value) ? notFinite : '';

/** A value where it is kept: a `<<` that is no key is text. */
export const keptValue = (value: unknown): unknown => (value === MERGE ? '<<' : value);

/** Puts a pair into a mapping as kubectl does; returns what is wrong with it, or ''. A key that is there already is replaced. */
export function setPair(target: Mapping, key: unknown, value: unknown, budget: MergeBudget): string {
  if (key === MERGE) return merge(target, value, budget);
  const text = keyText(key);
  if (text === null) return 'a key must be text, a number or a boolean';
  const fault = valueFault(value);
  if (fault === '') assign(target, text, keptValue(value));
  return fault;
}
