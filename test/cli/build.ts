import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds the binary that the tests of this folder run. */
export default function setup(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  execFileSync(process.execPath, ['tools/build.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
