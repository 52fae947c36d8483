import { fstatSync, writeSync } from 'node:fs';

/** Where results and notes go. Only this file writes. */
export interface Output {
  /** A result, for stdout. Resolves when the reader has taken it, so that big results do not pile up. */
  result(text: string): Promise<void>;
  /** A note for humans, for stderr; nothing under --quiet. */
  note(text: string): void;
  /** Something that stderr must say even under --quiet. */
  complaint(text: string): void;
}

type Descriptor = 1 | 2;

const lineEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

/** Readers that went away (`| head`): what is still to be written to them is dropped. */
const closed = new Set<Descriptor>();

/** Streams that were handed over to Node, because a write would have blocked. */
const handedOver = new Set<Descriptor>();

/** A reader that went away is no error; a full disk is one, and half a report must not look like a whole one. */
function lost(fd: Descriptor, code: string | undefined): void {
  if (code === 'EPIPE') return;
  process.exitCode = 3;
  if (fd === 1) void write(2, `error: the output cannot be written (${code ?? 'unknown reason'})\n`);
}

function writeStream(fd: Descriptor, text: string | Buffer): Promise<void> {
  const stream = fd === 1 ? process.stdout : process.stderr;
  if (!handedOver.has(fd)) {
    handedOver.add(fd);
    stream.on('error', (error: NodeJS.ErrnoException) => {
      lost(fd, error.code);
    });
  }
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}

/**
 * Writes without Node's streams, which take 3 ms to load; where the system cannot take it all at once, they finish it.
 */
function write(fd: Descriptor, text: string): Promise<void> {
  if (closed.has(fd)) return Promise.resolve();
  if (handedOver.has(fd) || process.platform === 'win32') return writeStream(fd, text);
  const bytes = Buffer.from(text, 'utf8');
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return writeStream(fd, bytes.subarray(written));
      closed.add(fd);
      lost(fd, code);
      break;
    }
  }
  return Promise.resolve();
}

/** Tells whether this is a terminal, and how wide; asks Node's streams only about what may be one. */
export function terminal(fd: Descriptor): { readonly columns: number } | null {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return null;
  } catch {
    return null;
  }
  const stream = fd === 1 ? process.stdout : process.stderr;
  return stream.isTTY ? { columns: stream.columns } : null;
}

/** Writes to the process's own streams. */
export function processOutput(quiet: boolean): Output {
  const toStderr = (text: string) => {
    if (text !== '') void write(2, lineEnd(text));
  };
  return {
    result: (text) => (text === '' ? Promise.resolve() : write(1, lineEnd(text))),
    note: (text) => {
      if (!quiet) toStderr(text);
    },
    complaint: toStderr,
  };
}
