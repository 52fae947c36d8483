import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareSpecificity,
  compareText,
  hostSubsetOf,
  hostsForNamespace,
  hostsMatch,
  resolveGatewayName,
  resolveShortName,
} from '../../src/istio/hosts.ts';
import { rewriteHosts, sniHosts } from '../../src/istio/server-hosts.ts';
import { SuffixMap } from '../../src/istio/suffix-map.ts';
import { isIpAddress } from '../../src/model/ip-address.ts';

const label = fc.constantFrom('a', 'b', 'shop', 'x1');
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const host = fc.oneof(
  name,
  name.map((n) => `*.${n}`),
  fc.constant('*'),
  name.map((n) => `*${n}`),
);

/** A concrete name fits a host pattern (E11), written down independently of the code. */
const fits = (concrete: string, pattern: string) =>
  pattern.startsWith('*') ? concrete.endsWith(pattern.slice(1)) : concrete === pattern;

describe('host names as istiod compares them (E11)', () => {
  test.each([
    ['*.foo.com', 'a.b.foo.com', true],
    ['*.foo.com', 'foo.com', false],
    ['*foo.com', 'xfoo.com', true],
    ['*', 'anything', true],
    ['*.com', '*.foo.com', true],
    ['Example.org', 'example.org', false],
  ])('%s and %s meet: %s', (a, b, wanted) => expect(hostsMatch(a, b)).toBe(wanted));

  test('meeting is symmetric', () => {
    fc.assert(fc.property(host, host, (a, b) => hostsMatch(a, b) === hostsMatch(b, a)));
  });

  test('a subset meets its superset, and every name of it fits there', () => {
    fc.assert(
      fc.property(host, host, name, (a, b, concrete) => {
        if (!hostSubsetOf(a, b)) return true;
        return hostsMatch(a, b) && (!fits(concrete, a) || fits(concrete, b));
      }),
    );
  });

  test('two hosts that share a concrete name meet', () => {
    fc.assert(fc.property(host, host, name, (a, b, n) => !(fits(n, a) && fits(n, b)) || hostsMatch(a, b)));
  });

  test('specificity is a total order: exact names, longer text, alphabetical (E16)', () => {
    fc.assert(
      fc.property(fc.array(host, { maxLength: 8 }), (hosts) => {
        const sorted = [...hosts].sort(compareSpecificity);
        const firstWildcard = sorted.findIndex((h) => h.startsWith('*'));
        const exactAfter = firstWildcard >= 0 && sorted.slice(firstWildcard).some((h) => !h.startsWith('*'));
        expect(exactAfter).toBe(false);
        expect([...hosts].reverse().sort(compareSpecificity)).toEqual(sorted);
      }),
    );
  });
});

describe('names that are resolved', () => {
  test.each([
    ['reviews', 'reviews.prod.svc.cluster.local'],
    ['reviews.prod', 'reviews.prod'],
    ['*', '*'],
    ['', ''],
    ['10.0.0.1', '10.0.0.1'],
    ['fd00::1', 'fd00::1'],
  ])('destination %s becomes %s (E3)', (written, wanted) => {
    expect(resolveShortName(written, 'prod', 'cluster.local')).toBe(wanted);
  });

  test.each([
    ['gw', 'app/gw'],
    ['./gw', 'app/gw'],
    ['istio-system/gw', 'istio-system/gw'],
    ['gw.istio-system.svc.cluster.local', 'istio-system/gw'],
    ['mesh', 'mesh'],
  ])('gateway %s becomes %s (E4)', (written, wanted) => expect(resolveGatewayName(written, 'app')).toBe(wanted));

  test.each(['1.2.3.4', '::', '::1', 'fe80::1:2', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8'])('%s is an address', (text) =>
    expect(isIpAddress(text)).toBe(true),
  );
  test.each(['1.2.3', '256.1.1.1', '01.2.3.4', ':::', '1:2', 'a.b.c.d', '1::2::3', '12345::'])('%s is none', (text) =>
    expect(isIpAddress(text)).toBe(false),
  );
});

describe('hosts of a server (B3, B20, E12)', () => {
  test('dot and star prefixes are rewritten, the rest is kept', () => {
    expect(rewriteHosts(['./a.com', '*/b.com', 'ns/c.com', 'D.com.'], 'own')).toEqual({
      hosts: ['own/a.com', 'b.com', 'ns/c.com', 'D.com.'],
      replaced: [],
      panicsAt: null,
    });
  });

  test('*/* replaces the whole list', () => {
    expect(rewriteHosts(['a.com', '*/*'], 'own')).toEqual({ hosts: ['*'], replaced: ['a.com'], panicsAt: null });
    expect(rewriteHosts(['*/*', 'ns/x.com', 'y.com'], 'own').hosts).toEqual(['*']);
  });

  test('an entry with ./ or */ after */* makes istiod panic', () => {
    expect(rewriteHosts(['*/*', './x.com'], 'own').panicsAt).toBe(1);
    expect(rewriteHosts(['./x.com', '*/*'], 'own').panicsAt).toBeNull();
  });

  test('SNI names lose their namespace, are unique and sorted by bytes', () => {
    expect(sniHosts(['b.com', 'ns/a.com', 'a.com', '*.com', 'B.com'])).toEqual(['*.com', 'B.com', 'a.com', 'b.com']);
  });

  test('a namespace part admits only that namespace', () => {
    expect(hostsForNamespace(['ns/a.com', 'b.com', '*/c.com'], 'ns')).toEqual(['a.com', 'b.com', 'c.com']);
    expect(hostsForNamespace(['ns/a.com', 'b.com', '*/c.com'], 'other')).toEqual(['b.com', 'c.com']);
  });
});

test('texts are ordered as Go orders their bytes, whatever the characters', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 6 });
  // Also with a common beginning, so that the difference is somewhere inside.
  fc.assert(
    fc.property(text, text, text, (start, a, b) => {
      const [x, y] = [start + a, start + b];
      expect(Math.sign(compareText(x, y))).toBe(Buffer.compare(Buffer.from(x), Buffer.from(y)));
    }),
  );
  expect(compareText('\u{1f600}', '\uff5e')).toBeGreaterThan(0);
});

test('a name finds the values of all its endings, longest first', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 8 }), name, (suffixes, wanted) => {
      const map = new SuffixMap<string>();
      for (const suffix of suffixes) map.set(suffix, suffix);
      const expected = suffixes.filter((s) => wanted.endsWith(s)).sort((a, b) => b.length - a.length);
      expect(map.endingsOf(wanted)).toEqual(expected);
    }),
  );
});
