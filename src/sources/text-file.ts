import { readFileSync } from 'node:fs';

/** The text of a file that the user named, or why it cannot be read; `-` is standard input. */
export function readTextFile(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readFileSync(path === '-' ? 0 : path, 'utf8') };
  } catch (error) {
    return { problem: (error as { code?: string }).code === 'ENOENT' ? 'no such file' : 'cannot be read' };
  }
}
