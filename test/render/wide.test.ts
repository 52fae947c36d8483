import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import type { ChainTarget, FilterChain, Route, ServerRef } from '../../src/model/envoy-config.ts';
import { serverPlace } from '../../src/model/envoy-config.ts';
import type { Server } from '../../src/model/specs.ts';
import { type CertRow, certsTable, type HostRow, hostsTable } from '../../src/render/certs-table.ts';
import type { Printed } from '../../src/render/config-json.ts';
import { grid } from '../../src/render/grid.ts';
import { listenersWide, type WideOptions } from '../../src/render/listeners-wide.ts';
import { routesWide } from '../../src/render/routes-wide.ts';
import { readConfig } from './read-config.ts';
import { judge, resource } from './values.ts';

const server = (name: string, of: Server): ServerRef => ({
  gateway: resource('Gateway', 'test', name, { servers: [of] }),
  index: 0,
  server: of,
});

const SIMPLE = server('simple', {
  tls: { mode: 'SIMPLE', credentialName: 'a' },
  port: { number: 443 },
  hosts: ['a.com'],
});
const MUTUAL = server('mutual', { tls: { mode: 'MUTUAL', credentialName: 'b' } });
const PASS = server('pass', { tls: {} });
const REDIRECT = server('redirect', { tls: { httpsRedirect: true } });

const tls = (certificates: readonly string[], validation: string | null = null): FilterChain['tls'] => ({
  certificates,
  validation,
  subjectAltNames: [],
  requireClientCertificate: validation !== null,
  alpn: [],
  minVersion: null,
  maxVersion: null,
  cipherSuites: [],
  ecdhCurves: [],
});

const chain = (ref: ServerRef, name: string, context: FilterChain['tls'], target: ChainTarget): FilterChain => ({
  serverNames: [name],
  applicationProtocols: [],
  tls: context,
  target,
  servers: [ref],
});

const http = (route: string): ChainTarget => ({ kind: 'http', route });

const CONFIG: Printed = {
  ...readConfig({}, new Map()),
  listeners: [
    {
      name: '0.0.0.0_8443',
      address: '0.0.0.0',
      port: 8443,
      pipe: null,
      chains: [
        chain(SIMPLE, 'a.com', tls(['kubernetes://gone', 'kubernetes://a']), http('4')),
        chain(SIMPLE, 'b.com', tls(['kubernetes://gone']), http('3')),
        chain(MUTUAL, 'c.com', tls(['kubernetes://a'], 'kubernetes://maybe-cacert'), http('2')),
        chain(SIMPLE, 'e.com', tls(['kubernetes://bad']), http('1')),
        chain(PASS, 'd.com', null, { kind: 'tcp', cluster: 'db', rule: null }),
      ],
    },
    {
      name: '0.0.0.0_8080',
      address: '0.0.0.0',
      port: 8080,
      pipe: null,
      chains: [{ ...chain(REDIRECT, '', null, http('http.8080')), serverNames: null, servers: [REDIRECT, REDIRECT] }],
    },
  ],
  secrets: [
    {
      name: 'kubernetes://bad',
      payload: {
        kind: 'certificate',
        certificate: null,
        from: resource('Secret', 'test', 'bad', { type: 'Opaque', data: {} }),
        certKey: 'tls.crt',
        keyKey: 'tls.key',
        judge: () => ({ ...judge(), refused: 'KEY_VALUES_MISMATCH' }),
      },
      usedBy: [],
    },
    { name: 'kubernetes://gone', payload: { kind: 'not-delivered', reason: { why: 'unknown-scheme' } }, usedBy: [] },
    {
      name: 'kubernetes://maybe-cacert',
      payload: { kind: 'not-delivered', reason: { why: 'unknown', because: 'not in the input' } },
      usedBy: [],
    },
  ],
  drops: [
    { reason: 'duplicate-host', server: SIMPLE, port: 8443, hosts: [], at: serverPlace(SIMPLE), mirrors: 'B7' },
    { reason: 'hosts-replaced-by-star', server: SIMPLE, hosts: [], at: serverPlace(SIMPLE), mirrors: 'B3' },
    { reason: 'no-target-port', server: PASS, at: serverPlace(PASS), mirrors: 'A18' },
  ],
};

const OPTIONS: WideOptions = { now: new Date(0), color: 0 };

const lines = (table: string): string[] => table.split('\n').map((line) => line.trimEnd());

describe('listeners -o wide', () => {
  test('TLS, credentials, Gateways, what is missing, and what istiod drops', async () => {
    const options = { ...OPTIONS, rejected: (name: string) => (name === '0.0.0.0_8080' ? 'same-match' : null) };
    const rows = lines(await listenersWide(CONFIG, options)).map((line) => line.replaceAll(/ {2,}/g, ' | '));
    expect(rows).toEqual([
      'ADDRESSES | PORT | MATCH | DESTINATION | TLS | CREDENTIAL | GATEWAY | STATE',
      '0.0.0.0 | 8080 | ALL | Route: http.8080 | - | - | test/redirect | rejected by Envoy: same-match',
      '0.0.0.0 | 8443 | SNI: a.com | Route: 4 | SIMPLE | kubernetes://gone,kubernetes://a | test/simple | active',
      '0.0.0.0 | 8443 | SNI: b.com | Route: 3 | SIMPLE | kubernetes://gone | test/simple | no secret',
      '0.0.0.0 | 8443 | SNI: c.com | Route: 2 | MUTUAL | kubernetes://a,kubernetes://maybe-cacert | test/mutual | undecided: secret',
      '0.0.0.0 | 8443 | SNI: e.com | Route: 1 | SIMPLE | kubernetes://bad | test/simple | secret refused by Envoy',
      '0.0.0.0 | 8443 | SNI: d.com | Cluster: db | PASSTHROUGH | - | test/pass | active',
      '0.0.0.0 | 15021 | ALL | Inline Route: /healthz/ready* | - | - | - | active',
      '0.0.0.0 | 15090 | ALL | Inline Route: /stats/prometheus* | - | - | - | active',
      '- | 0 | ALL | - | PASSTHROUGH | - | test/pass | dropped: no-target-port',
      '- | 8443 | SNI: a.com | - | SIMPLE | a | test/simple | dropped: duplicate-host',
      '',
    ]);
  });

  test('filters hold for dropped servers too', async () => {
    expect(
      lines(await listenersWide(CONFIG, { ...OPTIONS, port: 8443 })).filter((l) => l.includes('dropped')),
    ).toHaveLength(1);
    expect(await listenersWide(CONFIG, { ...OPTIONS, type: 'HTTP' })).not.toContain('dropped');
  });
});

const route = (action: Route['action']): Route => ({
  name: '',
  match: { prefix: '/' },
  virtualService: resource('VirtualService', 'web', 'shop', {}),
  action,
  origin: { virtualService: resource('VirtualService', 'web', 'shop', {}), block: 'http', index: 0, match: null },
});

test('routes -o wide: redirect of the host, destination and weights', async () => {
  const weighted = [
    { cluster: 'v1', weight: 90 },
    { cluster: 'v2', weight: 10 },
  ];
  const redirect = {
    schemeRedirect: 'https',
    portRedirect: 8443,
    responseCode: 'PERMANENT_REDIRECT',
    pathRedirect: '/x',
  };
  const routes = [
    route({ kind: 'weighted', weighted }),
    route({ kind: 'cluster', cluster: 'v1' }),
    route({ kind: 'redirect', redirect }),
    route({ kind: 'redirect', redirect: { hostRedirect: 'b.com', pathRedirect: '' } }),
    route({ kind: 'direct-response', status: 403 }),
    route({ kind: 'none' }),
    route({ kind: 'weighted', weighted: [] }),
  ];
  const hosts = [
    { name: 'a.com:80', domains: ['a.com'], requireTls: false, routes, servers: [] },
    { name: 'b.com:80', domains: ['b.com'], requireTls: true, routes: [], servers: [] },
  ];
  const config = { routes: [{ name: 'http.80', virtualHosts: hosts }] };
  const cells = lines(await routesWide(config, OPTIONS)).map((line) => line.split(/ {2,}/).slice(3).join(' | '));
  expect(cells).toEqual([
    'MATCH | VIRTUAL SERVICE | HOST REDIRECT | DESTINATION | WEIGHT',
    '/* | shop.web | - | v1,v2 | 90,10',
    '/* | shop.web | - | v1 | -',
    '/* | shop.web | - | redirect 308 https://<host>:8443/x | -',
    '/* | shop.web | - | redirect 301 b.com | -',
    '/* | shop.web | - | answer 403 | -',
    '/* | shop.web | - | no action: Envoy refuses the routes | -',
    '/* | shop.web | - | no action: Envoy refuses the routes | -',
    '/* | 404 | https | - | -',
    '/stats/prometheus* | - | - | - | -',
    '/healthz/ready* | - | - | - | -',
    '',
  ]);
});

const CERT: CertRow = {
  credential: 'kubernetes://shop-tls',
  lookedUp: 'Secret istio-system/shop-tls',
  state: 'delivered',
  verdict: 'warning',
  names: ['a.com', 'b.com', 'c.com', 'd.com', 'e.com'],
  issuers: ['CN=Intermediate', 'CN=Root'],
  key: 'matches',
  algorithm: 'ECDSA P-256',
  daysLeft: 9,
};

test('certs', async () => {
  const missing = {
    ...CERT,
    state: 'not found',
    verdict: 'error',
    names: [],
    issuers: [],
    key: '',
    algorithm: '',
    daysLeft: null,
  } as const;
  expect(lines(await certsTable([CERT, missing], { color: 0 }))).toEqual([
    'CREDENTIAL             LOOKED UP                     STATE      NAMES                       ISSUED BY                  KEY      ALGORITHM    DAYS LEFT',
    'kubernetes://shop-tls  Secret istio-system/shop-tls  delivered  a.com,b.com,c.com + 2 more  CN=Intermediate < CN=Root  matches  ECDSA P-256  9',
    'kubernetes://shop-tls  Secret istio-system/shop-tls  not found  -                           -                          -        -            -',
    '',
  ]);
});

const HOST: HostRow = {
  host: 'a.com',
  port: 443,
  tls: 'SIMPLE',
  certificate: 'shop-tls',
  routes: 2,
  verdict: 'ok',
  because: '',
};

test('hosts', async () => {
  const rows: HostRow[] = [
    HOST,
    {
      ...HOST,
      host: 'pass.com',
      tls: 'PASSTHROUGH',
      certificate: '',
      routes: null,
      verdict: 'error',
      because: 'sni-collision',
    },
  ];
  expect(lines(await hostsTable(rows, { color: 0 }))).toEqual([
    'HOST      PORT  TLS          CERTIFICATE  ROUTES  VERDICT',
    'a.com     443   SIMPLE       shop-tls     2       ok',
    'pass.com  443   PASSTHROUGH  -            -       error: sni-collision',
    '',
  ]);
});

describe('colour', () => {
  test('changes nothing but the colour', async () => {
    const colored = await certsTable([CERT], { color: 1 });
    expect(colored).toContain('\u001b[33mdelivered\u001b[39m');
    expect(lines(stripVTControlCharacters(colored))).toEqual(lines(await certsTable([CERT], { color: 0 })));
  });

  test('is left out of tables that nobody reads, because the library would need minutes', async () => {
    const table = await grid(
      ['A'],
      Array.from({ length: 50_000 }, () => [{ text: 'x', tone: 'bad' } as const]),
      1,
    );
    expect(table).not.toContain('\u001b');
  });

  test('does not let names colour', async () => {
    const table = await grid(['A'], [[{ text: '\u001b[32mok', tone: 'bad' }], ['\u001b[32mok']], 1);
    expect(table).not.toContain('\u001b[32m');
  });

  test('is what loads cli-table3 and chalk, nothing else does', async () => {
    const loaded = vi.fn();
    vi.doMock('cli-table3', () => {
      loaded();
      return vi.importActual('cli-table3');
    });
    await hostsTable([HOST], { color: 0 });
    expect(loaded).not.toHaveBeenCalled();
    await hostsTable([HOST], { color: 1 });
    expect(loaded).toHaveBeenCalled();
    vi.doUnmock('cli-table3');
  });
});
