import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeLeaf } from '../../src/pages/certificates.ts';
import { readCertificate } from '../../src/x509/certificate.ts';
import { coverageOf, covers, isCommonNameOnly } from '../../src/x509/names.ts';

const certificateOf = (...options: Parameters<typeof makeLeaf>) => readCertificate(makeLeaf(...options).der)!;
const named = (...sans: readonly string[]) => certificateOf({ cn: 'cn.example.com', sans });

describe('coverageOf', () => {
  const sans = [
    'shop.example.com',
    '*.example.com',
    '*.Wild.Example.com',
    'xn--bcher-kva.example',
    '*.xn--bcher-kva.de',
  ];
  const certificate = certificateOf({ cn: 'other.test', sans, ips: ['10.0.0.1', '2001:db8::1', '::ffff:1.2.3.4'] });

  it.each([
    ['shop.example.com', 'covered'],
    ['SHOP.Example.COM', 'covered'],
    ['shop.example.com.', 'covered'],
    ['a.example.com', 'covered'],
    ['*.example.com', 'covered'],
    ['x.wild.example.com', 'covered'],
    ['*.wild.example.com', 'covered'],
    ['bücher.example', 'covered'],
    ['BÜCHER.example', 'covered'],
    ['www.bücher.de', 'covered'],
    ['*.bücher.de', 'covered'],
    ['10.0.0.1', 'covered'],
    ['010.0.0.1', 'covered'],
    ['2001:db8::1', 'covered'],
    ['2001:DB8:0:0::1', 'covered'],
    ['[2001:db8::1]', 'covered'],
    ['example.com', 'not-covered'],
    ['.example.com', 'not-covered'],
    ['shop.example.com..', 'not-covered'],
    ['10.0.0.2', 'not-covered'],
    ['2001:db8::2', 'not-covered'],
    ['other.test', 'not-covered'],
    ['*', 'not-covered'],
    ['', 'not-covered'],
    ['.', 'not-covered'],
    ['*.other.com', 'not-covered'],
    ['a b.example.com', 'not-covered'],
    ['a.b.example.com', 'deeper'],
    ['*.b.example.com', 'deeper'],
    ['a.b.wild.example.com', 'deeper'],
  ])('%s is %s', (host, kind) => {
    expect(coverageOf(certificate, host).kind).toBe(kind);
  });

  it('names the entry that decides', () => {
    expect(coverageOf(certificate, 'A.example.com')).toEqual({ kind: 'covered', by: '*.example.com' });
    expect(coverageOf(certificate, 'a.b.example.com')).toEqual({ kind: 'deeper', by: '*.example.com' });
    expect(coverageOf(certificate, 'a.example.com').kind).toBe('covered');
  });

  it.each([
    '*',
    '*.com',
    'f*.example.com',
    '*f.example.com',
    'a.*.example.com',
    '*.*.example.com',
    '**.example.com',
    '*.example..com',
    '*.example.com.',
  ])('honours no wildcard like %s', (san) => {
    for (const host of ['foo.example.com', 'a.b.example.com', 'x.com', 'localhost', '*', 'foo.example.com.']) {
      expect(covers(named(san), host)).toBe(false);
    }
  });

  it('takes an IP address only from IP entries', () => {
    expect(covers(named('10.0.0.1'), '10.0.0.1')).toBe(false);
    expect(covers(named('*.0.0.1'), '10.0.0.1')).toBe(false);
    expect(coverageOf(named('*.0.0.1'), 'x.10.0.0.1').kind).toBe('deeper');
  });

  it('reports a common name that alone fits', () => {
    const old = certificateOf({ cn: 'Old.example.com' });
    expect(coverageOf(old, 'old.example.com')).toEqual({ kind: 'common-name-only', commonName: 'Old.example.com' });
    expect(coverageOf(old, 'new.example.com')).toEqual({ kind: 'not-covered' });
    expect(isCommonNameOnly(old)).toBe(true);
    expect(coverageOf(named('x.test'), 'cn.example.com')).toEqual({ kind: 'not-covered' });
    expect(isCommonNameOnly(named('x.test'))).toBe(false);
    expect(coverageOf(certificateOf({ cn: '*.example.com' }), 'a.example.com').kind).toBe('common-name-only');
    expect(coverageOf(certificateOf({ cn: null }), 'a.example.com').kind).toBe('not-covered');
  });
});

describe('coverageOf against node:tls', () => {
  const label = fc.constantFrom('a', 'b', 'shop', 'example', 'com', 'A', 'xn--p1ai', '*', 'f*', '');
  const dns = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

  it('covers nothing that Node refuses, and all that Node accepts but partial wildcards and empty labels', () => {
    fc.assert(
      fc.property(dns, dns, (san, host) => {
        fc.pre(san !== '' && !host.includes('*') && !/(^|\.)(\.|$)/.test(host));
        const accepted =
          checkServerIdentity(host, { subjectaltname: `DNS:${san}`, subject: { CN: 'x' } } as PeerCertificate) ===
          undefined;
        const subject = { text: '', key: '', commonName: 'x', refusedByGo: false };
        const ours = covers({ dnsNames: [san], ipAddresses: [], hasSubjectAltName: true, subject }, host);
        if (ours) expect(accepted).toBe(true);
        else if (!/[^.]\*|\*[^.]|(^|\.)(\.|$)/.test(san)) expect(accepted).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
