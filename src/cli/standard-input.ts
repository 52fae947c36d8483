import { MOST_BYTES } from '../sources/bounded-file.ts';
import { InputError } from './errors.ts';

/**
 * Waits for the outside world in a way that Ctrl-C ends with exit code 130. Nothing has been written by then, so leaving
 * at once cuts no output. Between two waits the default action ends the process, which no busy loop can delay.
 */
export async function interruptible<T>(work: () => Promise<T>): Promise<T> {
  const leave = () => process.exit(130);
  process.once('SIGINT', leave);
  try {
    return await work();
  } finally {
    process.off('SIGINT', leave);
  }
}

/** Returns all of standard input; at a terminal it says so first, since nothing else would show that it waits. */
export async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Reading YAML from the terminal; end it with Ctrl-D.\n');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    length += (chunk as Buffer).length;
    if (length > MOST_BYTES) throw new InputError('standard input: larger than 512 MB');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
