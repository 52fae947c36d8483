import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';
// @ts-expect-error plain JavaScript without types
import { fastSpread } from '../../tools/build.mjs';

/** A function as it stands in the bundle: esbuild's helper for object spreads replaced by ours. */
function bundled<T>(source: string): T {
  const { code } = transformSync(`globalThis.made = ${source}`, {
    minify: true,
    supported: { 'object-rest-spread': false },
  });
  return new Function('globalThis', `${fastSpread(code)}; return globalThis.made`)({}) as T;
}

test('objects are spread in the bundle as JavaScript does it', () => {
  const spread = bundled<(a: unknown, b: unknown) => Record<string, unknown>>('(a, b) => ({...a, own: 1, ...b})');
  const native = (a: unknown, b: unknown) => ({ ...(a as object), own: 1, ...(b as object) });
  const values = [
    undefined,
    null,
    1,
    'text',
    [1, 2],
    { own: 2, other: { deep: true } },
    JSON.parse('{"a":1,"b":null}'),
  ];
  for (const a of values) for (const b of values) expect(spread(a, b)).toEqual(native(a, b));
});

test('a key __proto__ of the user changes no prototype', () => {
  const spread = bundled<(a: unknown) => Record<string, unknown>>('(a) => ({...a, own: 1})');
  const made = spread(JSON.parse('{"__proto__": {"kind": "Secret"}, "name": "x"}'));
  expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  expect(made['kind']).toBeUndefined();
  expect(Object.keys(made)).toEqual(['__proto__', 'name', 'own']);
});
