import { describe, expect, it } from 'vitest';
import { type Made, makeCa, makeCrl, makeLeaf } from '../../src/pages/certificates.ts';
import { readChain } from '../../src/x509/bundle.ts';
import { judgeCa } from '../../src/x509/ca.ts';
import { readCertificate } from '../../src/x509/certificate.ts';
import { judgeChain, missingIssuer } from '../../src/x509/chain.ts';
import { judgeCrl } from '../../src/x509/revocation.ts';
import { daysLeft, validityAt } from '../../src/x509/validity.ts';

const NOW = new Date('2026-06-01');
const root = makeCa();
const middle = makeCa({ cn: 'middle', ca: root });
const lower = makeCa({ cn: 'lower', ca: middle });
const leaf = makeLeaf({ ca: lower, sans: ['a.test'] });
const other = makeCa({ cn: 'other root' });
const of = (made: Made) => readCertificate(made.der)!;
const chainOf = (...made: readonly [Made, ...Made[]]) => {
  const [first, ...rest] = made.map(of);
  return [first!, ...rest] as const;
};

describe('judgeChain', () => {
  it.each([
    ['leaf alone', [leaf], [0], true, [], []],
    ['in order', [leaf, lower, middle], [0, 1, 2], true, [], []],
    ['with the root', [leaf, lower, middle, root], [0, 1, 2, 3], true, [], []],
    ['swapped', [leaf, middle, lower], [0, 2, 1], false, [], []],
    ['root before intermediates', [leaf, root, lower, middle], [0, 2, 3, 1], false, [], []],
    ['a gap', [leaf, middle, root], [0], true, [], [1, 2]],
    ['a stranger', [leaf, other, lower], [0, 2], true, [], [1]],
    ['twice', [leaf, leaf, lower], [0, 2], true, [1], []],
    ['root first', [root, lower, leaf], [0], true, [], [1, 2]],
  ] as const)('%s', (_name, made, path, inOrder, duplicates, unrelated) => {
    expect(judgeChain(chainOf(...(made as readonly [Made, ...Made[]])), NOW)).toMatchObject({
      path,
      inOrder,
      duplicates,
      unrelated,
    });
  });

  it('says which expired certificates clients need', () => {
    const old = makeCa({ cn: 'old', ca: root, notBefore: '2020-01-01', notAfter: '2021-01-01' });
    const below = makeLeaf({ ca: old });
    expect(judgeChain(chainOf(below, old), NOW).outOfDate).toEqual([{ index: 1, validity: 'expired', needed: true }]);
    expect(judgeChain(chainOf(leaf, lower, old), NOW).outOfDate).toEqual([
      { index: 2, validity: 'expired', needed: false },
    ]);
    const renewed = makeCa({ cn: 'kept', ca: root, slot: 'kept' });
    const former = makeCa({ cn: 'kept', ca: root, slot: 'kept', notBefore: '2020-01-01', notAfter: '2021-01-01' });
    const child = makeLeaf({ ca: renewed });
    expect(judgeChain(chainOf(child, former, renewed), NOW)).toMatchObject({
      path: [0, 2],
      outOfDate: [{ index: 1, validity: 'expired', needed: false }],
    });
    const oldRoot = makeCa({ cn: 'old root', notBefore: '2020-01-01', notAfter: '2021-01-01' });
    expect(judgeChain(chainOf(makeLeaf({ ca: oldRoot }), oldRoot), NOW).outOfDate).toEqual([
      { index: 1, validity: 'expired', needed: false },
    ]);
    const expired = makeLeaf({ notBefore: '2020-01-01', notAfter: '2021-01-01' });
    expect(judgeChain(chainOf(expired), NOW).outOfDate).toEqual([{ index: 0, validity: 'expired', needed: true }]);
    const future = makeLeaf({ notBefore: '2027-01-01' });
    expect(judgeChain(chainOf(future), NOW).outOfDate).toEqual([{ index: 0, validity: 'not-yet-valid', needed: true }]);
  });

  it('knows that an expired cross-sign is dispensable when the input has the root', () => {
    const newRoot = makeCa({ cn: 'new root', slot: 'new root' });
    const crossSigned = makeCa({
      cn: 'new root',
      slot: 'new root',
      ca: other,
      notBefore: '2020-01-01',
      notAfter: '2021-01-01',
    });
    const below = makeLeaf({ ca: newRoot });
    const needed = (known: readonly Made[]) =>
      judgeChain(chainOf(below, crossSigned), NOW, known.map(of)).outOfDate.map((member) => member.needed);
    expect(needed([])).toEqual([true]);
    expect(needed([other, newRoot])).toEqual([false]);
  });

  it('survives certificates that issue each other', () => {
    const one = makeCa({ cn: 'one', slot: 'one' });
    const two = makeCa({ cn: 'two', slot: 'two', ca: one });
    const back = makeCa({ cn: 'one', slot: 'one', ca: two });
    expect(judgeChain(chainOf(makeLeaf({ ca: two }), two, back), NOW).path).toEqual([0, 1, 2]);
  });

  it('tells a self-signed leaf and a CA as a leaf', () => {
    expect(judgeChain(chainOf(root), NOW)).toMatchObject({ leafIsSelfSigned: true, leafIsCa: true });
    expect(judgeChain(chainOf(leaf), NOW)).toMatchObject({ leafIsSelfSigned: false, leafIsCa: false });
  });
});

describe('missingIssuer', () => {
  const missing = (made: readonly [Made, ...Made[]], caCrt: readonly Made[] | null, elsewhere: readonly Made[] = []) =>
    missingIssuer(chainOf(...made), caCrt?.map(of) ?? null, elsewhere.map(of))?.evidence ?? null;

  it('wants evidence', () => {
    const aia = makeLeaf({ ca: lower, aia: 'http://ca.test/lower.crt' });
    const ofRoot = makeLeaf({ ca: root, aia: 'http://ca.test/root.crt' });
    expect(missing([leaf], null)).toBeNull();
    expect(missing([leaf], [])).toBeNull();
    expect(missing([leaf], [root])).toBe('ca-crt');
    expect(missing([leaf], [lower])).toBe('elsewhere');
    expect(missing([leaf], null, [middle, lower])).toBe('elsewhere');
    expect(missing([leaf], null, [root])).toBeNull();
    expect(missing([aia], null)).toBe('caIssuers');
    expect(missing([aia, aia], null)).toBe('caIssuers');
    expect(missing([aia, lower], null)).toBeNull();
    expect(missing([ofRoot], [root])).toBeNull();
    expect(missing([ofRoot], null, [root])).toBeNull();
    expect(missing([root], [other])).toBeNull();
  });

  it('names what is missing', () => {
    expect(missingIssuer(chainOf(leaf), [of(root)], [])).toEqual({ evidence: 'ca-crt', issuer: 'CN=lower' });
  });
});

describe('validity', () => {
  it('includes both ends', () => {
    const certificate = of(leaf);
    expect(validityAt(certificate, certificate.notBefore)).toBe('valid');
    expect(validityAt(certificate, certificate.notAfter)).toBe('valid');
    expect(validityAt(certificate, new Date(certificate.notAfter.getTime() + 1))).toBe('expired');
    expect(validityAt(certificate, new Date(certificate.notBefore.getTime() - 1))).toBe('not-yet-valid');
    expect(daysLeft(certificate, new Date('2027-12-01'))).toBe(31);
    expect(daysLeft(certificate, new Date('2028-01-02'))).toBe(-1);
  });
});

describe('judgeCa', () => {
  const bundle = (...made: readonly Made[]) => Buffer.from(made.map(({ pem }) => pem).join(''));
  const old = makeCa({ cn: 'old', notBefore: '2020-01-01', notAfter: '2021-01-01' });

  it('takes a bundle as it is and says what is special', () => {
    const future = makeCa({ cn: 'future', notBefore: '2027-01-01' });
    const v1 = makeCa({ cn: 'v1', version: 1 });
    expect(judgeCa(bundle(root, old, leaf, future, v1), NOW)).toMatchObject({
      kind: 'accepted',
      expired: [1],
      notYetValid: [3],
      notCa: [2],
      crls: [],
    });
  });

  it.each([
    ['', 'DataSource cannot be empty', { kind: 'empty' }],
    ['garbage', 'Failed to load trusted CA certificates from <inline>', { kind: 'no-block' }],
    [
      `${root.pem}-----BEGIN CERTIFICATE-----\n`,
      'Failed to load trusted CA certificates from <inline>',
      { kind: 'truncated', block: 2 },
    ],
    [makeCrl({ ca: root }).toString(), 'Failed to load trusted CA certificates from <inline>', undefined],
  ] as const)('refuses %j', (text, envoy, defect) => {
    const verdict = judgeCa(Buffer.from(text), NOW);
    expect(verdict).toMatchObject({ kind: 'refused', text: envoy, ...(defect && { defect }) });
  });
});

/** Measured with Envoy 1.38.3 and curl: which clients get in with which lists. */
describe('judgeCrl', () => {
  const current = makeCrl({ ca: root });
  const expired = makeCrl({ ca: root, thisUpdate: '2020-01-01', nextUpdate: '2021-01-01' });
  const early = makeCrl({ ca: root, thisUpdate: '2027-01-01' });
  const endless = makeCrl({ ca: root, thisUpdate: '2020-01-01', nextUpdate: null, revoked: ['1', '2'] });
  const foreign = makeCrl({ ca: other });
  const judge = (made: readonly Made[], ...lists: readonly Buffer[]) =>
    judgeCrl(Buffer.concat(lists), made.map(of), NOW);

  it.each([
    ['current', [current], []],
    ['expired', [expired], [{ index: 0, text: 'CRL_has_expired' }]],
    ['not yet valid', [early], [{ index: 0, text: 'CRL_is_not_yet_valid' }]],
    ['without a next update', [endless], []],
    ['of another issuer', [foreign], [{ index: 0, text: 'unable_to_get_certificate_CRL' }]],
    ['expired and current', [expired, current], []],
    ['current and expired', [current, expired], []],
  ] as const)('%s', (_name, lists, uncovered) => {
    expect(judge([root], ...lists)).toMatchObject({ kind: 'lists', uncovered });
  });

  it('wants a list of every CA', () => {
    expect(judge([root, middle], current)).toMatchObject({
      uncovered: [{ index: 1, text: 'unable_to_get_certificate_CRL' }],
    });
    expect(judge([root, middle], current, makeCrl({ ca: middle }))).toMatchObject({ uncovered: [] });
  });

  it('gives the facts of a list', () => {
    const [list] = (judge([other, root], endless) as Extract<ReturnType<typeof judge>, { kind: 'lists' }>).lists;
    expect(list).toMatchObject({ issuedBy: 1, state: 'current', crl: { revoked: 2, nextUpdate: null } });
    expect(list!.crl.issuer.text).toBe('CN=test root');
    expect(list!.crl.thisUpdate).toEqual(new Date('2020-01-01'));
  });

  it('finds garbage, nothing, and lists in the bundle', () => {
    expect(judge([root], Buffer.from('garbage'))).toMatchObject({ kind: 'no-list', defect: { kind: 'no-block' } });
    expect(judge([root], root.bytes)).toMatchObject({ kind: 'no-list', defect: null });
    expect(judge([root], current.subarray(0, 100))).toMatchObject({ kind: 'refused', defect: { kind: 'truncated' } });
    expect(judgeCrl(null, [of(root)], NOW)).toEqual({ kind: 'unchecked' });
    const file = judgeCa(Buffer.concat([root.bytes, expired]), NOW);
    const bundled = file.kind === 'accepted' ? file.crls : [];
    expect(judgeCrl(null, [of(root)], NOW, bundled)).toMatchObject({ kind: 'lists', uncovered: [{ index: 0 }] });
  });
});

describe('readChain', () => {
  it('keeps the order and says what Envoy overlooks', () => {
    const reading = readChain(Buffer.from(leaf.pem + lower.pem));
    expect(reading.certificates.map(({ subject }) => subject.text)).toEqual(['CN=leaf.example.com', 'CN=lower']);
    const hidden = readChain(Buffer.from(`\ufeff${leaf.pem}${lower.pem}`));
    expect(hidden).toMatchObject({ kind: 'chain', overlooked: { kind: 'bom', block: 1 } });
    expect(hidden.certificates.map(({ subject }) => subject.text)).toEqual(['CN=lower']);
  });
});
