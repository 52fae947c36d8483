import { afterEach, beforeEach } from 'vitest';

/** What a command that runs inside the test has written so far, by file descriptor. */
export const written = { 1: '', 2: '' };

beforeEach(() => {
  written[1] = '';
  written[2] = '';
});

afterEach(() => {
  process.exitCode = 0;
});

/** `node:fs`, of which writing goes to `written`: for `vi.mock('node:fs', ...)`. */
export const capturing = (fs: typeof import('node:fs')): typeof import('node:fs') => ({
  ...fs,
  writeSync: ((fd: 1 | 2, bytes: Buffer) => {
    written[fd] += bytes.toString();
    return bytes.length;
  }) as typeof fs.writeSync,
});
