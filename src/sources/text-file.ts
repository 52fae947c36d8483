import { ENDLESS, readBounded } from './bounded-file.ts';
import { reasonOf } from './file-paths.ts';

/** The text of a file that the user named, or why it cannot be read; `-` is standard input. */
export function readTextFile(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readBounded(path === '-' ? 0 : path).toString('utf8') };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT') return { problem: 'no such file' };
    return { problem: code === ENDLESS ? reasonOf(error) : 'cannot be read' };
  }
}
