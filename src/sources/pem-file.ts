import { readFileSync } from 'node:fs';

/** The text of a PEM file, or null when it cannot be read. The content is for node:tls and nothing else. */
export function readPem(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
