import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the page of a rule, which ships with the package, or null when there is none. */
export const rulePage = (root: string, id: string): string | null => shipped(root, `${id}.md`);

/** Returns the YAML that examples share under this name, which ships with the pages. */
export const prelude = (root: string, name: string): string | null => shipped(root, 'preludes', `${name}.yaml`);

function shipped(root: string, ...path: readonly string[]): string | null {
  try {
    return readFileSync(join(root, 'docs', 'rules', ...path), 'utf8');
  } catch {
    return null;
  }
}
