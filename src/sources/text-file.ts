import { readFileSync } from 'node:fs';

/** What is in a file that the user named, as bytes and as text, or why it cannot be read; `-` is standard input. */
export function readTextFile(
  path: string,
): { readonly text: string; readonly bytes: Uint8Array } | { readonly problem: string } {
  try {
    const bytes = readFileSync(path === '-' ? 0 : path);
    return { text: bytes.toString('utf8'), bytes };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT') return { problem: 'no such file' };
    return { problem: code === 'EISDIR' ? 'is a directory' : 'cannot be read' };
  }
}
