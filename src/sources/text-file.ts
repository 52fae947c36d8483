import { ENDLESS, readBounded } from './bounded-file.ts';
import { reasonOf } from './file-paths.ts';

/** What is in a file that the user named, as bytes and as text, or why it cannot be read; `-` is standard input. */
export function readTextFile(
  path: string,
): { readonly text: string; readonly bytes: Uint8Array } | { readonly problem: string } {
  try {
    const bytes = readBounded(path === '-' ? 0 : path);
    return { text: bytes.toString('utf8'), bytes };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT') return { problem: 'no such file' };
    if (code === 'EISDIR') return { problem: 'is a directory' };
    return { problem: code === ENDLESS ? reasonOf(error) : 'cannot be read' };
  }
}
