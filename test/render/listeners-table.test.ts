import { describe, expect, test } from 'vitest';
import type { ChainTarget, FilterChain, Listener } from '../../src/model/envoy-config.ts';
import { listenersTable } from '../../src/render/listeners-table.ts';

const now = new Date(0);

const chain = (target: ChainTarget, match: Partial<FilterChain> = {}): FilterChain => ({
  serverNames: null,
  applicationProtocols: [],
  tls: null,
  servers: [],
  ...match,
  target,
});

const listener = (port: number, chains: readonly FilterChain[], other: Partial<Listener> = {}): Listener => ({
  name: `0.0.0.0_${port}`,
  address: '0.0.0.0',
  port,
  pipe: null,
  ...other,
  chains,
});

const tcp = (cluster: string): ChainTarget => ({ kind: 'tcp', cluster, rule: null });
const http = (route: string): ChainTarget => ({ kind: 'http', route });

const CONFIG = {
  listeners: [
    listener(9000, [chain(tcp('outbound|1||dbCluster.example.com')), chain(tcp('outbound|1||BlackHoleCluster'))]),
    listener(8080, [chain(http('http.8080'))], { address: '10.0.0.2' }),
    listener(8080, [chain(http(''))], { address: '10.0.0.1' }),
    listener(8443, [
      chain(tcp('a'), { serverNames: ['one.com'] }),
      chain(http('https.443'), { serverNames: ['two.com', 'three.com'] }),
      chain(tcp('a'), { serverNames: ['four.com'], applicationProtocols: ['istio-peer-exchange', 'istio'] }),
      chain({ kind: 'tcp-weighted', weighted: [{ cluster: 'a', weight: 1 }], rule: null }),
    ]),
    listener(0, [chain(http('r'))], { address: '', pipe: '/var/run/gw.sock' }),
  ],
};

test('rows are sorted by port and address, inside a listener by destination downwards with ties in chain order', () => {
  expect(listenersTable(CONFIG, { now })).toBe(
    [
      'ADDRESSES        PORT  MATCH                       DESTINATION',
      '/var/run/gw.sock 0     ALL                         Route: r',
      '10.0.0.1         8080  ALL                         HTTP',
      '10.0.0.2         8080  ALL                         Route: http.8080',
      '0.0.0.0          8443  SNI: two.com,three.com      Route: https.443',
      '0.0.0.0          8443  SNI: one.com                Cluster: a',
      '0.0.0.0          8443  SNI: four.com; App: TCP TLS Cluster: a',
      '0.0.0.0          8443  ALL                         Cluster: ',
      '0.0.0.0          9000  ALL                         outbound|1||dbCluster.example.com',
      '0.0.0.0          9000  ALL                         Non-HTTP/Non-TCP',
      '0.0.0.0          15021 ALL                         Inline Route: /healthz/ready*',
      '0.0.0.0          15090 ALL                         Inline Route: /stats/prometheus*',
      '',
    ].join('\n'),
  );
});

describe('filters', () => {
  const ports = (options: object): string[] =>
    listenersTable(CONFIG, { now, ...options })
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(/ +/).slice(0, 2).join(' '));

  test.each([
    [{ port: 8443 }, ['0.0.0.0 8443', '0.0.0.0 8443', '0.0.0.0 8443', '0.0.0.0 8443']],
    [{ port: 15090 }, ['0.0.0.0 15090']],
    [{ port: 1 }, []],
    [{ address: '/VAR/run/gw.sock' }, ['/var/run/gw.sock 0']],
    [{ address: '10.0.0.1' }, ['10.0.0.1 8080']],
    // A tcp_proxy to BlackHoleCluster does not count, but the other chain does (H2).
    [{ type: 'tcp' }, ['0.0.0.0 9000', '0.0.0.0 9000']],
    [{ type: 'HTTP', port: 8080 }, ['10.0.0.1 8080', '10.0.0.2 8080']],
    [{ type: 'http+tcp', address: '0.0.0.0', port: 8443 }, Array(4).fill('0.0.0.0 8443')],
    [{ type: 'unknown' }, []],
    [{ port: 0, address: '', type: '' }, ports({})],
  ] as const)('%o', (options, expected) => {
    expect(ports(options)).toEqual(expected);
  });
});

test('a listener whose only target is the black hole is of type UNKNOWN', () => {
  const listeners = [listener(7000, [chain(tcp('BlackHoleCluster'))])];
  expect(listenersTable({ listeners }, { now, type: 'unknown' })).toContain('7000 ALL   Non-HTTP/Non-TCP\n');
});

test('names with control characters cannot steer the terminal', () => {
  const listeners = [listener(1, [chain(http('r'), { serverNames: ['a\u001b[31m\n.com'] })])];
  expect(listenersTable({ listeners }, { now })).toContain('SNI: a\\x1b[31m\\n.com Route: r\n');
});
