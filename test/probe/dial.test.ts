import { describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '../../src/pages/certificates.ts';
import { type Attempt, type Dialled, dial } from '../../src/probe/dial.ts';
import { plainServer, resettingServer, silentServer, tlsServer } from './servers.ts';

const ca = makeCa({ cn: 'probe ca' });
const leaf = makeLeaf({ ca, cn: 'shop.example.com', sans: ['shop.example.com'] });
const client = makeLeaf({ ca, cn: 'client', sans: ['client.example.com'], eku: ['clientAuth'] });
const server = { cert: leaf.pem, key: leaf.key().toString() };

const offer = (
  port: number,
  more: Partial<NonNullable<Attempt['tls']>> = {},
  attempt: Partial<Attempt> = {},
): Attempt => ({
  host: '127.0.0.1',
  port,
  request: null,
  timeout: 3000,
  tls: {
    servername: 'shop.example.com',
    alpn: ['http/1.1'],
    maxVersion: 'TLSv1.3',
    cert: null,
    key: null,
    ca: ca.pem,
    ...more,
  },
  ...attempt,
});

const ended = (d: Dialled) => `${d.outcome} ${d.code}`.trim();

describe('how a connection ends', () => {
  test('a good server: protocol, certificate, trust', async () => {
    const found = await dial(offer(await tlsServer(server)));
    expect(found).toMatchObject({ outcome: 'connected', protocol: 'TLSv1.3', trust: '' });
    expect(found.certificate?.names).toEqual(['shop.example.com']);
  });

  test('TLS 1.2 is offered when asked for', async () => {
    expect((await dial(offer(await tlsServer(server), { maxVersion: 'TLSv1.2' }))).protocol).toBe('TLSv1.2');
  });

  test('an unknown authority is named, not fatal', async () => {
    const found = await dial(offer(await tlsServer(server), { ca: null }));
    expect(found).toMatchObject({ outcome: 'connected', trust: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  test('no certificate for the name: reset', async () => {
    expect(ended(await dial(offer(await resettingServer())))).toBe('reset ECONNRESET');
  });

  test('mutual TLS without a client certificate shows in TLS 1.2 and in 1.3', async () => {
    const port = await tlsServer({ ...server, ca: ca.pem, requestCert: true, rejectUnauthorized: true });
    expect((await dial(offer(port, { maxVersion: 'TLSv1.3' }))).outcome).toMatch(/^(alert|reset|closed)$/);
    expect((await dial(offer(port, { maxVersion: 'TLSv1.2' }))).outcome).toMatch(/^(alert|reset|closed)$/);
    const known = { cert: client.pem, key: client.key().toString() };
    expect((await dial(offer(port, known))).outcome).toBe('connected');
  });

  test('plain HTTP behind a TLS port', async () => {
    expect(ended(await dial(offer(await plainServer())))).toMatch(/^(plain-answer|closed|reset)/);
  });

  test('a server that never answers ends with the timeout', async () => {
    const before = Date.now();
    expect((await dial(offer(await silentServer(), {}, { timeout: 300 }))).outcome).toBe('timeout');
    expect(Date.now() - before).toBeLessThan(2000);
  });

  test('nobody listens; nobody is there', async () => {
    expect((await dial(offer(1))).outcome).toBe('refused');
    expect((await dial({ ...offer(443), host: 'no-such-host.invalid' })).outcome).toBe('no-address');
  });
});

describe('one request', () => {
  const request = 'GET /x HTTP/1.1\r\nhost: shop.example.com\r\nconnection: close\r\n\r\n';

  test('over TLS', async () => {
    const found = await dial(offer(await tlsServer(server), {}, { request }));
    expect(found).toMatchObject({ outcome: 'connected', status: 200 });
  });

  test('a redirect is reported, never followed', async () => {
    const found = await dial({ ...offer(await plainServer(), {}, { request }), tls: null });
    expect(found).toMatchObject({ status: 301, location: 'https://shop.example.com/x' });
  });
});
