import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { clients } from './authorities.ts';
import type { Call } from './versions.ts';

/** What the client knows afterwards. */
export interface Sent {
  /** Both ends of the connection, by which Envoy's log knows the call; null when nobody listened. */
  readonly connection: string | null;
}

/** How calls and log lines name a connection. */
export const connectionOf = (peer: string, local: string): string => `${peer} ${local}`;

/** Time for a body of two bytes behind its head. */
const READ_MS = 20;

/** Time for one call. */
const CALL_MS = 5000;

/** As Node names the versions. */
const NODE_VERSIONS = { TLSv1_0: 'TLSv1', TLSv1_1: 'TLSv1.1', TLSv1_2: 'TLSv1.2', TLSv1_3: 'TLSv1.3' } as const;

function requestText({ host, path, method, headers }: Call): string {
  const all = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const authority = host === null ? [] : [`host: ${host}`];
  return [`${method} ${path} HTTP/1.1`, ...authority, ...all, 'connection: close', '', ''].join('\r\n');
}

function open(port: number, { tls, maxVersion = 'TLSv1_3' }: Call): Socket {
  if (tls === null) return connectTcp({ host: '127.0.0.1', port });
  const pair = tls.clientCert === undefined ? undefined : clients[tls.clientCert];
  return connectTls({
    host: '127.0.0.1',
    port,
    servername: tls.sni ?? '',
    rejectUnauthorized: false,
    // OpenSSL's own limits must not decide: old ciphers and short keys are Envoy's business here.
    ciphers: 'DEFAULT@SECLEVEL=0',
    minVersion: maxVersion < 'TLSv1_2' ? 'TLSv1' : 'TLSv1.2',
    maxVersion: NODE_VERSIONS[maxVersion],
    ...(tls.alpn ? { ALPNProtocols: [...tls.alpn] } : {}),
    ...(pair ? { cert: pair.cert, key: pair.key() } : {}),
  });
}

/** Over HTTP/2 the Host header is the pseudo header :authority. */
function askHttp2(socket: Socket, { host, path, method, headers }: Call, end: () => void): void {
  const session = connectHttp2('https://localhost', { createConnection: () => socket });
  session.on('error', end);
  const stream = session.request({ ...headers, ':authority': host ?? '', ':path': path, ':method': method });
  stream.on('error', end);
  stream.on('response', () => {
    stream.close();
    session.close(end);
  });
  stream.end();
}

/** Makes one recorded call, on a connection of its own; it ends when Envoy has answered or hung up. */
export function send(port: number, call: Call): Promise<Sent> {
  return new Promise((resolve) => {
    let connection: string | null = null;
    let head = '';
    const socket = open(port, call);
    const end = () => {
      clearTimeout(deadline);
      socket.destroy();
      resolve({ connection });
    };
    const deadline = setTimeout(end, CALL_MS);
    // A TLS socket connects first and shakes hands then: the address is known as soon as it stands.
    socket.once('connect', () => {
      connection = connectionOf(`127.0.0.1:${socket.localPort}`, `127.0.0.1:${port}`);
      if (call.tls === null) socket.write(requestText(call));
    });
    socket.once('secureConnect', () => {
      if ((socket as TLSSocket).alpnProtocol === 'h2') askHttp2(socket, call, end);
      else socket.write(requestText(call));
    });
    // Envoy holds an answered connection open for a second, to let the client read.
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) setTimeout(end, READ_MS);
    });
    for (const event of ['error', 'end', 'close']) socket.once(event, end);
  });
}
