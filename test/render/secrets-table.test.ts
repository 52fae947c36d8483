import { expect, test } from 'vitest';
import type { DeliveredCertificate, SecretEntry, SecretPayload } from '../../src/model/envoy-config.ts';
import { secretsTable } from '../../src/render/secrets-table.ts';
import { judge, resource } from './values.ts';

const from = resource('Secret', 'istio-system', 'shop', { type: 'Opaque', data: {} });

const certificate = (other: Partial<DeliveredCertificate> = {}): DeliveredCertificate => ({
  serial: '2002',
  sha256: '',
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2027-01-01T00:00:00Z'),
  isCa: false,
  trustDomain: null,
  ...other,
});

const entry = (name: string, of: DeliveredCertificate | null): SecretEntry => ({
  name,
  payload: { kind: 'certificate', certificate: of, from, certKey: 'tls.crt', keyKey: 'tls.key', judge },
  usedBy: [],
});

const MISSING: SecretPayload = { kind: 'not-delivered', reason: { why: 'not-found', namespace: 'a', name: 'b' } };

const lines = (entries: readonly SecretEntry[], now = '2026-06-01T00:00:00Z'): string[] =>
  secretsTable({ secrets: entries }, { now: new Date(now) })
    .trimEnd()
    .split('\n')
    .map((line) => line.replaceAll(/ {2,}/g, '|'));

test('what is not delivered comes first, and names without :// are the mesh’s own', () => {
  const entries = [
    entry('kubernetes://z', certificate({ isCa: true })),
    entry('kubernetes://b', null),
    entry('default', certificate()),
    { name: 'kubernetes://y', payload: MISSING, usedBy: [] },
  ];
  expect(lines(entries).slice(1)).toEqual([
    'kubernetes://y|WARMING|false|',
    'kubernetes://b|ACTIVE|false|',
    'kubernetes://z|CA|ACTIVE|true|00000000000000000000000000002002|2027-01-01T00:00:00Z|2026-01-01T00:00:00Z',
  ]);
  expect(lines([entry('default', certificate())])).toEqual(['No active or warming secrets found.']);
});

test.each([
  ['2026-01-01T00:00:00Z', 'false'],
  ['2026-01-01T00:00:01Z', 'true'],
  ['2026-12-31T23:59:59Z', 'true'],
  ['2027-01-01T00:00:00Z', 'false'],
])('at %s VALID CERT is %s: strictly between both dates (H23)', (now, valid) => {
  expect(lines([entry('kubernetes://a', certificate())], now)[1]?.split('|')[3]).toBe(valid);
});

test('TRUST DOMAIN is a column only when every secret has one (H21)', () => {
  const spiffe = certificate({ trustDomain: 'cluster.local' });
  expect(lines([entry('kubernetes://a', spiffe)])).toEqual([
    'RESOURCE NAME|TYPE|STATUS|VALID CERT|SERIAL NUMBER|NOT AFTER|NOT BEFORE|TRUST DOMAIN',
    'kubernetes://a|Cert Chain|ACTIVE|true|00000000000000000000000000002002|2027-01-01T00:00:00Z|2026-01-01T00:00:00Z|cluster.local',
  ]);
  expect(lines([entry('kubernetes://a', spiffe), entry('kubernetes://b', certificate())])[0]).not.toContain('TRUST');
});
