import { hash } from 'node:crypto';

/** Returns the SHA-256 of the bytes in lower-case hexadecimal. */
export const sha256Hex = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** How many distinct contents one reader remembers: more than the Secrets of a large cluster, and a few 10 MB at most. */
const REMEMBERED = 20_000;

/**
 * Returns `read` with a memory: the same content is read once. The memory is keyed by SHA-256, so that it never holds
 * the bytes (they may be a private key), and bounded; the oldest content is forgotten first.
 */
export function oncePerContent<T>(read: (bytes: Uint8Array, sha256: string) => T): (bytes: Uint8Array) => T {
  const known = new Map<string, T>();
  return (bytes) => {
    const key = sha256Hex(bytes);
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = read(bytes, key);
    if (known.size >= REMEMBERED) {
      const oldest = known.keys().next();
      if (oldest.done !== true) known.delete(oldest.value);
    }
    known.set(key, value);
    return value;
  };
}
