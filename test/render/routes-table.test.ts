import { expect, test } from 'vitest';
import type { Route, RouteAction, VirtualHost } from '../../src/model/envoy-config.ts';
import { virtualServiceText } from '../../src/render/config-path.ts';
import { domainsText, matchText, routesTable } from '../../src/render/routes-table.ts';
import { resource } from './values.ts';

const now = new Date(0);
const virtualService = resource('VirtualService', 'web', 'shop', {});

const route = (match: Route['match'], action: RouteAction = { kind: 'none' }): Route => ({
  name: '',
  match,
  virtualService,
  action,
  origin: { virtualService, block: 'http', index: 0, match: null },
});

const host = (name: string, routes: readonly Route[]): VirtualHost => ({
  name,
  domains: [name.replace(/:.*/, '')],
  requireTls: false,
  routes,
  servers: [],
});

test.each([
  [[], ''],
  [['a.com:80'], 'a.com:80'],
  [['a.com', 'a.com:80'], 'a.com'],
  [['a.com', 'fd00::1'], 'a.com'],
  [['a.com', '[fd00::1:2]'], 'a.com, [fd00::1:2]'],
  [['a.com', '[fd00::1:2]:80'], 'a.com'],
  [['a.com', 'b.com', 'c.com'], 'a.com, b.com + 1 more...'],
  [['web.app', 'web.app.svc', 'web.app.svc.cluster.local'], 'web.app'],
  [['web.app.svc', 'web.app.svc.cluster.local'], 'web.app.svc, web.app.svc.cluster.local'],
] as const)('the domains %j print as %j (H15)', (domains, text) => {
  expect(domainsText(domains)).toBe(text);
});

test.each([
  [{ prefix: '/api' }, '/api*'],
  [{ prefix: '' }, ''],
  [{ path: '/x', caseSensitive: true, headers: [{ name: 'a' }] }, '/x'],
  [{ pathSeparatedPrefix: '/get' }, 'PathPrefix:/get'],
  [{ safeRegex: { regex: '/v[0-9]+' } }, 'regex /v[0-9]+'],
])('the match %j prints as %j (H16)', (match, text) => {
  expect(matchText(match)).toBe(text);
});

test.each([
  ['/apis/networking.istio.io/v1/namespaces/web/virtual-service/shop', 'shop.web'],
  ['/apis/networking.istio.io/v1/namespaces/web/shop', ''],
  ['/apis/other.io/v1/namespaces/web/virtual-service/shop', '<unknown>'],
  ['', ''],
])('the metadata %j names the VirtualService %j (H17)', (config, text) => {
  expect(virtualServiceText(config)).toBe(text);
});

const CONFIG = {
  routes: [
    { name: 'https.443', virtualHosts: [host('b.com:443', [])] },
    { name: 'empty', virtualHosts: [] },
    {
      name: 'http.8080',
      virtualHosts: [
        host('a.com:80', [
          route({ prefix: '/' }, { kind: 'cluster', cluster: 'PassthroughCluster' }),
          route({ path: '/x' }),
        ]),
      ],
    },
  ],
};

test('configurations by name, then the static ones; passthrough routes are left out (H14, H19)', () => {
  expect(routesTable(CONFIG, { now })).toBe(
    [
      'NAME          VHOST NAME     DOMAINS     MATCH                  VIRTUAL SERVICE',
      'http.8080     a.com:80       a.com       /x                     shop.web',
      'https.443     b.com:443      b.com       /*                     404',
      '              backend        *           /stats/prometheus*     ',
      '              backend        *           /healthz/ready*        ',
      '',
    ].join('\n'),
  );
});

test('--name leaves one configuration, without the static ones', () => {
  expect(routesTable(CONFIG, { now, name: 'https.443' })).toBe(
    'NAME          VHOST NAME     DOMAINS     MATCH     VIRTUAL SERVICE\nhttps.443     b.com:443      b.com       /*        404\n',
  );
  expect(routesTable(CONFIG, { now, name: 'https' })).toBe(
    'NAME     VHOST NAME     DOMAINS     MATCH     VIRTUAL SERVICE\n',
  );
});
