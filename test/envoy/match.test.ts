import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findChain, findVirtualHost, hostForMatching } from '../../src/envoy/match.ts';
import type { FilterChain, Listener, RouteConfiguration } from '../../src/model/envoy-config.ts';

const chain = (serverNames: string[] | null, applicationProtocols: string[] = []): FilterChain => ({
  serverNames,
  applicationProtocols,
  tls: null,
  target: { kind: 'http', route: 'r' },
  servers: [],
});
const listener = (...chains: FilterChain[]): Listener => ({
  name: 'l',
  address: '0.0.0.0',
  port: 443,
  pipe: null,
  chains,
});
const taken = (l: Listener, sni: string | null, alpn: string[] = []) => findChain(l, { sni, alpn });

describe('which chain takes a name (symptoms.md 6)', () => {
  const names = listener(chain(['a.b.example.com']), chain(['*.b.example.com']), chain(['*.example.com']), chain(null));
  test.each([
    ['a.b.example.com', 0],
    ['A.B.example.COM', 0],
    ['x.b.example.com', 1],
    ['x.y.b.example.com', 1],
    ['b.example.com', 2],
    ['1.2.3.example.com', 2],
    ['example.com', 3],
    [null, 3],
    ['a.b.example.com.', 3],
  ])('%s -> chain %i', (sni, wanted) => expect(taken(names, sni)).toBe(wanted));

  test('without a match-all chain the rest is nobody', () => {
    expect(taken(listener(chain(['a.com'])), null)).toBeNull();
    expect(taken(listener(chain(['a.com'])), 'b.com')).toBeNull();
  });

  test('no way back to a wildcard once the exact name is found', () => {
    const picky = listener(chain(['a.com'], ['istio']), chain(null));
    expect(taken(picky, 'a.com', ['h2'])).toBeNull();
    expect(taken(picky, 'a.com', ['h2', 'istio'])).toBe(0);
  });
});

describe('which virtual host takes a Host header (symptoms.md 6)', () => {
  const configuration: RouteConfiguration = {
    name: 'r',
    virtualHosts: ['a.example.com', '*.example.com', '*-x.example.com', '*', 'a.*'].map((domain) => ({
      name: domain,
      domains: [domain],
      requireTls: false,
      routes: [],
      servers: [],
    })),
  };
  test.each([
    ['a.example.com', 'a.example.com'],
    ['A.EXAMPLE.com:8443', 'a.example.com'],
    ['b.c.example.com', '*.example.com'],
    ['q-x.example.com', '*-x.example.com'],
    ['example.com', '*'],
    ['a.example.com.', 'a.*'],
    ['a.test', 'a.*'],
  ])('%s -> %s', (host, wanted) => expect(findVirtualHost(configuration, host)?.name).toBe(wanted));

  test('a port is removed, an IPv6 address keeps its colons', () => {
    expect(hostForMatching('[fd00::1]:8443')).toBe('[fd00::1]');
    expect(hostForMatching('[fd00::1]')).toBe('[fd00::1]');
    expect(hostForMatching('a.com:')).toBe('a.com:');
  });

  test('never throws, and exact beats wildcard, for any host', () => {
    fc.assert(
      fc.property(fc.string(), (host) => {
        const found = findVirtualHost(configuration, host);
        return found !== null && (hostForMatching(host) !== 'a.example.com' || found.name === 'a.example.com');
      }),
    );
  });
});
