import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as connectTo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/sources/api-connection.ts';
import { selfSigned } from './certificates.ts';
import { accessTo, connection, read } from './cluster.ts';
import { type FakeApi, type FakeOptions, fakeApi } from './fake-api.ts';

const open: { close(): unknown }[] = [];
const serve = async (options: FakeOptions = {}): Promise<FakeApi> => {
  const api = await fakeApi([], options);
  open.push(api);
  return api;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

const host = selfSigned('localhost', 'DNS:localhost,IP:127.0.0.1');
const other = selfSigned('other', 'DNS:api.internal');
const client = selfSigned('anna', 'DNS:anna');
const ca = Buffer.from(host.cert);

const get = (server: string, more: Parameters<typeof accessTo>[1] = {}, timeout = 2000) =>
  connect(accessTo(server, more), connection({ timeout })).json('/version');

describe('a server that does not answer properly', () => {
  it.each(['before', 'within'] as const)('is slow %s its answer', async (where) => {
    const api = await serve({
      fault: (_, response) => {
        if (where === 'within') response.write('{"kind":');
        return true;
      },
    });
    const started = Date.now();
    await expect(get(api.url, {}, 300)).rejects.toThrow('does not answer within 0.3 s');
    expect(Date.now() - started).toBeLessThan(1500);
  });

  it('hangs up now and then', async () => {
    const api = await serve({
      fault: (_, response, count) => {
        if (count < 3) response.destroy();
        return count < 3;
      },
    });
    expect(await get(api.url)).toMatchObject({ major: '1' });
  });

  it('hangs up within every answer', async () => {
    const api = await serve({
      fault: (_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"kind"', () => response.destroy());
        return true;
      },
    });
    await expect(get(api.url)).rejects.toThrow(
      /cannot be reached: (it closed the connection|its answer ends too early)/,
    );
    expect(api.requests).toHaveLength(4);
  });

  it('is not there', async () => {
    const api = await serve();
    await api.close();
    await expect(get(api.url)).rejects.toThrow(
      `the API server ${api.url} (context dev) cannot be reached: connection refused`,
    );
  });

  it('in the middle of reading ends everything in one line', async () => {
    const api = await serve({
      fault: (url, response) => {
        if (!url.pathname.endsWith('/services')) return false;
        response.destroy();
        return true;
      },
    });
    await expect(read(accessTo(api.url))).rejects.toThrow('it closed the connection');
  });

  it('fails for one kind only: the rest is read', async () => {
    const api = await serve({
      fault: (url, response) => {
        if (!url.pathname.endsWith('/services')) return false;
        response
          .writeHead(500, { 'content-type': 'application/json' })
          .end('{"kind":"Status","message":"etcd is slow"}');
        return true;
      },
    });
    const { gaps } = await read(accessTo(api.url));
    expect(gaps).toEqual([
      {
        kinds: 'services',
        namespace: null,
        because: 'services: the API server answers 500 etcd is slow',
        decides: 'kubectl auth can-i list services -A',
      },
    ]);
  });
});

describe('TLS', () => {
  it('is trusted by the authority of the kubeconfig, over one pool of connections', async () => {
    const api = await serve({ tls: host });
    const pool = connect(accessTo(api.url, { ca }), connection());
    for (let i = 0; i < 20; i++) await pool.json('/version');
    expect(api.connections()).toBeLessThanOrEqual(2);
  });

  it.each([
    ['by nobody', () => ({}), 'is not trusted: its certificate is self-signed'],
    ['by another', () => ({ ca: Buffer.from(other.cert) }), 'is not trusted: its certificate'],
  ])('is refused when signed %s', async (_, access, text) => {
    const api = await serve({ tls: host });
    await expect(get(api.url, access())).rejects.toThrow(text);
  });

  it('is refused for another name, which --tls-server-name sets right', async () => {
    const api = await serve({ tls: other });
    const own = { ca: Buffer.from(other.cert) };
    await expect(get(api.url, own)).rejects.toThrow('its certificate is for other names');
    expect(await get(api.url, { ...own, serverName: 'api.internal' })).toBeTruthy();
    expect(await get(api.url, { insecure: true })).toBeTruthy();
  });

  it('is not spoken at all', async () => {
    const api = await serve();
    await expect(get(api.url.replace('http:', 'https:'))).rejects.toThrow('cannot be reached: it does not speak TLS');
  });

  it('carries client certificates', async () => {
    const api = await serve({ tls: { ...host, ca: client.cert } });
    const credentials = {
      ...accessTo('').credentials,
      token: null,
      certificate: Buffer.from(client.cert),
      key: Buffer.from(client.key),
    };
    await get(api.url, { ca, credentials });
    const { subject } = (api.heads[0]!.socket as TLSSocket).getPeerCertificate();
    expect(subject.CN).toBe('anna');
  });

  it('says that a client key is unusable without showing it', async () => {
    const credentials = {
      ...accessTo('').credentials,
      certificate: Buffer.from(client.cert),
      key: Buffer.from('geheim'),
    };
    const api = await serve({ tls: host });
    const error = await get(api.url, { ca, credentials }).catch((e: Error) => e.message);
    expect(error).toMatch(/^(no connection can be made|the API server .* cannot be reached)/);
    expect(error).not.toContain('geheim');
  });
});

/** A proxy that remembers what it was asked for. */
async function proxy(answer = 200): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"through": "proxy"}');
  });
  server.on('connect', (request, socket, head) => {
    asked.push(`CONNECT ${request.url}`);
    if (answer !== 200) {
      socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
      return;
    }
    const [name, port] = (request.url ?? '').split(':');
    const target = connectTo(Number(port), name, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { url: `http://user:geheim@127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('a proxy', () => {
  it('is asked for a tunnel to an https server', async () => {
    const [api, by] = [await serve({ tls: host }), await proxy()];
    expect(await get(api.url, { ca, proxy: by.url })).toMatchObject({ major: '1' });
    expect(by.asked).toEqual([`CONNECT 127.0.0.1:${api.port}`]);
  });

  it('is asked directly for an http server', async () => {
    const [api, by] = [await serve(), await proxy()];
    expect(await get(api.url, { proxy: by.url })).toEqual({ through: 'proxy' });
    expect(by.asked).toEqual([`GET ${api.url}/version`]);
  });

  it('that refuses is named without its password', async () => {
    const [api, by] = [await serve({ tls: host }), await proxy(407)];
    const error = await get(api.url, { ca, proxy: by.url }).catch((e: Error) => e.message);
    expect(error).toContain('through the proxy http://***@127.0.0.1:');
    expect(error).toContain('the proxy answers 407');
    expect(error).not.toContain('geheim');
  });
});
