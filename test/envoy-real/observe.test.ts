import { expect, test } from 'vitest';
import type { Trace } from '../../src/model/trace.ts';
import { differences } from './agree.ts';
import { batchesOf } from './batches.ts';
import type { LogLine } from './envoy.ts';
import { observe } from './observe.ts';
import { casePods, type Pod } from './recorded.ts';
import { routeName } from './resources.ts';
import type { Call } from './versions.ts';

/** What a real Envoy is asked for is tested without one: `npm run test:envoy` must be able to find a difference. */
const call: Call = {
  address: '0.0.0.0',
  port: 8443,
  tls: { sni: 'a.com' },
  host: 'a.com',
  path: '/',
  method: 'GET',
  headers: {},
  observed: {},
};
const nothing = { chain: null, route: null, cluster: null, status: null, details: null, flags: null };
const line = (more: Partial<LogLine>): LogLine => ({
  ...{ kind: 'http', peer: '', local: '', transport: null, location: null },
  ...nothing,
  ...more,
});

test.each([
  ['an answer', [line({ status: 404, chain: '1', details: 'route_not_found' })], 'response'],
  ['TLS to a plain port', [line({ status: 400, chain: '0', details: 'http1.codec_error' })], 'plain-answer'],
  ['no chain', [line({ kind: 'listener', details: 'filter_chain_not_found' })], 'reset'],
  ['no Secret', [line({ kind: 'listener', transport: 'TLS_error:_Secret_is_not_supplied_by_SDS' })], 'reset'],
  [
    'no client certificate',
    [line({ kind: 'listener', transport: 'x:PEER_DID_NOT_RETURN_A_CERTIFICATE' })],
    'tls-error',
  ],
  ['bytes passed on', [line({ kind: 'tcp', chain: '0', cluster: '3/outbound|80||a', flags: '-' })], 'forwarded'],
  ['bytes for a cluster that is none', [line({ kind: 'tcp', chain: '0', flags: 'NC' })], 'reset'],
  [
    'the same behind TLS, which has no time to shake hands',
    [line({ kind: 'tcp', chain: '0', flags: 'NC', transport: 'TLS_error:|1:SSL_routines:x:CONNECTION_REJECTED' })],
    'reset',
  ],
  [
    'plain text to a chain without TLS, beside one with it',
    [line({ kind: 'tcp', chain: '1', cluster: '3/a', flags: '-', transport: 'TLS_error|error:1:SSL:x:HTTP_REQUEST' })],
    'forwarded',
  ],
  [
    'a failed handshake of a TCP chain, whose cluster was chosen before',
    [line({ kind: 'tcp', cluster: '3/a', transport: 'x:NO_SHARED_CIPHER' })],
    'tls-error',
  ],
])('%s', (_, lines, outcome) => expect(observe(call, lines)?.outcome).toBe(outcome));

test('a connection without a line in the log is no agreement', () => {
  expect(observe(call, [])).toBeNull();
});

test('what names an object carries no mark of the pod that it belongs to', () => {
  const route = routeName('https.443', 'a.com:443', 2);
  const observed = observe(call, [line({ status: 200, chain: '0', route, cluster: '17/outbound|80||a/b' })]);
  expect(observed).toMatchObject({
    cluster: 'outbound|80||a/b',
    route: { config: 'https.443', virtualHost: 'a.com:443', index: 2 },
  });
});

const predicted: Trace = { outcome: 'response', status: 200, details: 'via_upstream', cluster: 'a' };

test.each([
  [{ outcome: 'response', status: 200, cluster: 'a', why: '' }, []],
  [{ outcome: 'response', status: 200, why: '' }, []],
  [{ outcome: 'response', status: 503, cluster: 'a', why: '' }, ['status: trace says 200, Envoy 503']],
  [{ outcome: 'response', status: 200, cluster: 'b', why: '' }, ['cluster: trace says "a", Envoy "b"']],
  [{ outcome: 'response', status: 200, chain: 1, why: '' }, ['chain: trace says none, Envoy 1']],
  [
    { outcome: 'response', status: 200, redirect: 'https://a.com/', why: '' },
    ['redirect: trace says none, Envoy "https://a.com/"'],
  ],
])('%j beside the prediction', (observed, found) => expect(differences(predicted, observed)).toEqual(found));

test('the reason of a failed handshake counts', () => {
  const failed: Trace = { outcome: 'tls-error', details: 'NO_SHARED_CIPHER' };
  expect(differences(failed, { outcome: 'tls-error', why: 'x:NO_SHARED_CIPHER:y' })).toEqual([]);
  expect(differences(failed, { outcome: 'tls-error', why: 'x:UNSUPPORTED_PROTOCOL' })).toEqual([
    'reason: trace says NO_SHARED_CIPHER, Envoy x:UNSUPPORTED_PROTOCOL',
  ]);
});

test('chance excuses which cluster was taken, and a missing one its 503', () => {
  const weighted = (missing: boolean): Trace => ({
    ...{ outcome: 'response', status: 200, details: '' },
    weighted: [
      { cluster: 'a', weight: 1 },
      { cluster: 'b', weight: 1, ...(missing ? { missing: true as const } : {}) },
    ],
  });
  expect(differences(weighted(false), { outcome: 'response', status: 200, cluster: 'b', why: '' })).toEqual([]);
  expect(differences(weighted(false), { outcome: 'response', status: 503, why: '' })).toHaveLength(1);
  expect(differences(weighted(true), { outcome: 'response', status: 503, why: '' })).toEqual([]);
});

test('pods are spread over as many runs of Envoy as its watched files need', () => {
  const [pod] = casePods(['tutorial-sni']);
  const many: Pod[] = Array.from({ length: 40 }, (_, index) => ({ ...pod!, index }));
  const batches = batchesOf(many);
  expect(batches.flat()).toHaveLength(40);
  expect(batches.length).toBeGreaterThan(1);
});
