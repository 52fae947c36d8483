import { writeFileSync } from 'node:fs';

/** Writes a file that the user named; returns why it cannot be written, or null. */
export function writeTextFile(path: string, text: string): string | null {
  try {
    writeFileSync(path, text);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}
