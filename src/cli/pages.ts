import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the page of a rule, which ships with the package, or null when there is none. */
export function rulePage(root: string, id: string): string | null {
  try {
    return readFileSync(join(root, 'docs', 'rules', `${id}.md`), 'utf8');
  } catch {
    return null;
  }
}
