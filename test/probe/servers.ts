import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { afterAll } from 'vitest';

const open: { server: Server; sockets: Set<Socket> }[] = [];

afterAll(() => {
  for (const { server, sockets } of open) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

/** Listens on a free loopback port until the tests of the file end. */
function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  open.push({ server, sockets });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A TLS server that answers every request with 200. */
export const tlsServer = (options: TlsOptions): Promise<number> => {
  const server = createTls(options, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.end(answer));
  });
  server.on('tlsClientError', () => {});
  return listen(server);
};

/** A plain HTTP server that redirects to https, as httpsRedirect does. */
export const plainServer = (): Promise<number> =>
  listen(
    createHttp((request, response) => {
      response.writeHead(301, { location: `https://${request.headers.host}${request.url}` }).end();
    }),
  );

/** Takes connections and never says anything. */
export const silentServer = (): Promise<number> => listen(createTcp(() => {}));

/** Cuts every connection at once, as Envoy does without a filter chain. */
export const resettingServer = (): Promise<number> =>
  listen(createTcp((socket) => socket.once('data', () => socket.resetAndDestroy())));
