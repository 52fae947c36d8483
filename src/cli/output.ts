/** Where results and notes go. Only this file writes. */
export interface Output {
  /** A result, for stdout. Resolves when the reader has taken it, so that big results do not pile up. */
  result(text: string): Promise<void>;
  /** A note for humans, for stderr; nothing under --quiet. */
  note(text: string): void;
  /** Something that stderr must say even under --quiet. */
  complaint(text: string): void;
}

const lineEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  // An error here is a reader that went away (`| head`); guardStreams() has dealt with it.
  return new Promise((resolve) => stream.write(text, 'utf8', () => resolve()));
}

/** Writes to the process's own streams. */
export function processOutput(quiet: boolean): Output {
  const toStderr = (text: string) => {
    if (text !== '') void write(process.stderr, lineEnd(text));
  };
  return {
    result: (text) => (text === '' ? Promise.resolve() : write(process.stdout, lineEnd(text))),
    note: (text) => {
      if (!quiet) toStderr(text);
    },
    complaint: toStderr,
  };
}

/**
 * A reader that has seen enough (`| head -1`) closes the pipe: that is no error, and what is still to be written is
 * dropped. Everything else that goes wrong with a stream cannot be reported anywhere.
 */
export function guardStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exitCode = 70;
    });
  }
}
