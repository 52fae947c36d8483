import fc from 'fast-check';
import { expect, test } from 'vitest';
import { routeMatches } from '../../src/envoy/match.ts';
import { shadowedRoutes } from '../../src/istio/shadow.ts';
import type { Route } from '../../src/model/envoy-config.ts';

const route = (match: Record<string, unknown>): Route => ({
  name: '',
  match: { caseSensitive: true, ...match },
  virtualService: null as never,
  action: { kind: 'direct-response', status: 200 },
  origin: { virtualService: null as never, block: 'http', index: 0, match: null },
});

const header = { headers: [{ name: 'x', stringMatch: { exact: '1' } }] };

test.each([
  [{ prefix: '/api' }, { prefix: '/api/v2' }, true],
  [{ prefix: '/api' }, { path: '/apix' }, true],
  [{ prefix: '/api/v2' }, { prefix: '/api' }, false],
  [{ prefix: '/' }, { safeRegex: { regex: '/x.*' } }, true],
  [{ prefix: '/api', ...header }, { prefix: '/api/v2' }, false],
  [{ prefix: '/api' }, { prefix: '/api/v2', ...header }, true],
  [{ prefix: '/api', ...header }, { prefix: '/api/v2', ...header }, true],
  [{ path: '/a' }, { path: '/a' }, true],
  [{ pathSeparatedPrefix: '/a' }, { path: '/ab' }, false],
  [{ pathSeparatedPrefix: '/a' }, { path: '/a/b' }, true],
  [{ pathSeparatedPrefix: '/a' }, { prefix: '/a' }, false],
  [{ prefix: '/A', caseSensitive: false }, { prefix: '/a' }, false],
  [{ safeRegex: { regex: '/x.*' } }, { path: '/xy' }, false],
])('%j before %j hides it: %s', (first, second, hidden) => {
  expect(shadowedRoutes([route(first), route(second)]).length > 0).toBe(hidden);
});

const path = fc.constantFrom('/', '/a', '/a/', '/a/b', '/ab', '/A', '/b');
const match = fc
  .tuple(fc.constantFrom('prefix', 'path', 'pathSeparatedPrefix'), path, fc.boolean(), fc.boolean())
  .map(([kind, text, conditional, fold]) => ({
    [kind]: text,
    ...(conditional ? header : {}),
    ...(fold ? { caseSensitive: false } : {}),
  }));

test('what is called hidden is taken by an earlier route for every request that fits it', () => {
  const regex = () => false;
  fc.assert(
    fc.property(fc.array(match, { maxLength: 6 }), path, fc.boolean(), (matches, text, withHeader) => {
      const routes = matches.map(route);
      const request = { path: text, query: '', headers: withHeader ? { x: '1' } : {} };
      for (const { route: hidden, by } of shadowedRoutes(routes)) {
        if (!routeMatches(hidden, request, regex)) continue;
        expect(routeMatches(by, request, regex)).toBe(true);
        expect(routes.indexOf(by)).toBeLessThan(routes.indexOf(hidden));
      }
    }),
    { numRuns: 2000 },
  );
});
