import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** One binary message of a server: never masked. */
function frame(payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x82, length]), payload]);
  if (length < 65_536) {
    const head = Buffer.from([0x82, 126, 0, 0]);
    head.writeUInt16BE(length, 2);
    return Buffer.concat([head, payload]);
  }
  const head = Buffer.alloc(10);
  head.set([0x82, 127]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** The messages of a client in one piece of data: short ones, masked. */
function messages(data: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 6 <= data.length; ) {
    const code = data[at]! & 0x0f;
    let length = data[at + 1]! & 0x7f;
    let start = at + 2;
    if (length === 126) {
      length = data.readUInt16BE(start);
      start += 2;
    }
    const mask = data.subarray(start, start + 4);
    const body = Buffer.from(data.subarray(start + 4, start + 4 + length)).map((byte, i) => byte ^ mask[i % 4]!);
    if (code === 2) found.push(Buffer.from(body));
    at = start + 4 + length;
  }
  return found;
}

export interface Forwarded {
  /** `GET /config_dump HTTP/1.1` as it arrived in the pod. */
  readonly asked: string[];
  readonly upgrades: IncomingMessage[];
}

/**
 * Makes the server forward ports as the API server does: channel 0 carries data, channel 1 errors, both begin with the
 * number of the port. `answer` is what the pod says; a text beginning with `error:` comes on the channel of errors.
 */
export function forwardPorts(server: Server, answer: string): Forwarded {
  const asked: string[] = [];
  const upgrades: IncomingMessage[] = [];
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    upgrades.push(request);
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const protocol =
      String(request.headers['sec-websocket-protocol'])
        .split(/, */)
        .find((p) => p.startsWith('v4')) ?? '';
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    const port = Buffer.from([15_000 & 0xff, 15_000 >> 8]);
    socket.write(
      Buffer.concat([frame(Buffer.concat([Buffer.from([0]), port])), frame(Buffer.concat([Buffer.from([1]), port]))]),
    );
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('data', (data: Buffer) => {
      for (const message of messages(data)) {
        if (message[0] !== 0 || message.length < 2) continue;
        asked.push(message.subarray(1).toString().split('\r\n')[0] ?? '');
        const failed = answer.startsWith('error:');
        const text = failed
          ? answer.slice(6)
          : `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${Buffer.byteLength(answer).toString(16)}\r\n${answer}\r\n0\r\n\r\n`;
        const body = Buffer.from(text);
        for (let i = 0; i < body.length; i += 30_000) {
          socket.write(frame(Buffer.concat([Buffer.from([failed ? 1 : 0]), body.subarray(i, i + 30_000)])));
        }
      }
    });
  });
  return { asked, upgrades };
}
