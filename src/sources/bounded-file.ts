import { closeSync, fstatSync, openSync, readFileSync, readSync, type Stats } from 'node:fs';

/** No text can be longer in V8; what has no end (`cat /dev/zero |`) must not fill the memory first. */
export const MOST_BYTES = 0x1fffffe8;

/** Code of the refusal to read what has no end. */
export const ENDLESS = 'ENDLESS';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** Disks, /dev/zero, sockets: they have no content to read, or no end. /dev/null and terminals have one. */
function isEndless(stats: Stats, path: string): boolean {
  if (stats.isBlockDevice() || stats.isSocket()) return true;
  return stats.isCharacterDevice() && !/^\/dev\/(?:null|tty\w*|stdin|std\w+|fd\/\d+|pts\/\d+)$|^\/proc\//.test(path);
}

/** Reads a file or a pipe, and refuses what would never end. Throws as node:fs does. */
export function readBounded(path: string | 0): Buffer {
  const fd = path === 0 ? 0 : openSync(path, 'r');
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw failure('EISDIR');
    if (typeof path === 'string' && isEndless(stats, path)) throw failure(ENDLESS);
    if (stats.size > MOST_BYTES) throw failure('ERR_FS_FILE_TOO_LARGE');
    if (stats.isFile() && stats.size > 0) return readFileSync(fd);
    return readParts(fd);
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

function readParts(fd: number): Buffer {
  const parts: Buffer[] = [];
  let total = 0;
  for (;;) {
    const part = Buffer.allocUnsafe(1 << 16);
    const length = readSync(fd, part, 0, part.length, null);
    if (length === 0) return Buffer.concat(parts);
    total += length;
    if (total > MOST_BYTES) throw failure('ERR_FS_FILE_TOO_LARGE');
    parts.push(part.subarray(0, length));
  }
}
