import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvoyConfig, ServerRef } from '../../src/model/envoy-config.ts';
import { mixturesOf, type Site } from '../../src/rules/facts/coalescing.ts';
import { covers } from '../../src/x509/names.ts';

const config = { routes: [] } as unknown as EnvoyConfig;

/** A server with these hosts and a certificate for these names; nothing is known of routes. */
const site = (hosts: readonly string[], names: readonly string[]): Site => ({
  server: {} as ServerRef,
  route: 'none',
  config,
  own: hosts,
  hosts,
  names: [...new Set(names)].sort(),
  isRouted: false,
});

const coversHost = (names: readonly string[], host: string): boolean =>
  covers(
    {
      dnsNames: names,
      ipAddresses: [],
      hasSubjectAltName: true,
      subject: { text: '', key: '', commonName: null, refusedByGo: false },
    },
    host,
  );

/** Sizes of the groups that pairwise comparison finds. */
function bruteForce(sites: readonly Site[]): number[] {
  const group = new Map(sites.map((one) => [one, new Set([one])]));
  for (const by of sites) {
    for (const home of sites) {
      const reaches = (host: string): boolean => !by.own.includes(host) && coversHost(by.names, host);
      // Without a host of its own that it fits, nobody is connected.
      if (!by.hosts.some((host) => coversHost(by.names, host))) continue;
      if (by === home || !home.hosts.some(reaches)) continue;
      const merged = new Set([...group.get(by)!, ...group.get(home)!]);
      for (const one of merged) group.set(one, merged);
    }
  }
  return [...new Set(group.values())]
    .map((one) => one.size)
    .filter((size) => size > 1)
    .sort();
}

describe('mixtures of connections', () => {
  it('are those that pairwise comparison finds', () => {
    const label = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const parent = fc.constantFrom('x.example', 'y.example', 'z.x.example');
    const host = fc.tuple(label, parent).map((parts) => parts.join('.'));
    const name = fc.oneof(
      host,
      parent.map((text) => `*.${text}`),
    );
    const sites = fc.array(
      fc.tuple(fc.uniqueArray(host, { minLength: 1, maxLength: 3 }), fc.array(name, { maxLength: 3 })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(sites, (list) => {
        // A host that two servers claim is dropped from one of them.
        const taken = new Set<string>();
        const own = (hosts: readonly string[]) => hosts.filter((host) => !taken.has(host) && taken.add(host));
        const all = list.map(([hosts, names]) => site(own(hosts), names)).filter(({ hosts }) => hosts.length > 0);
        const found = mixturesOf(all);
        expect(found.map((one) => one.sites).sort()).toEqual(bruteForce(all));
        for (const { strayed } of found) {
          for (const { by, host, home } of strayed) {
            expect(coversHost(by.names, host)).toBe(true);
            expect(by.own).not.toContain(host);
            expect(home.hosts).toContain(host);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are found in time among 10,000 servers with one certificate, and with as many that overlap', () => {
    const count = 10_000;
    const hosts = Array.from({ length: count }, (_, i) => `h${i}.example.com`);
    const shared = hosts.map((host) => site([host], ['*.example.com']));
    const own = hosts.map((host) => site([host], [host, '*.example.com']));
    const apart = hosts.map((host) => site([host], [host]));
    const start = performance.now();
    for (const all of [shared, own]) {
      const [mixture, ...more] = mixturesOf(all);
      expect(more).toEqual([]);
      expect(mixture!.sites).toBe(count);
      expect(mixture!.strayed.length).toBe(count - 1);
    }
    expect(mixturesOf(apart)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
