// Everything that must hold besides the tests: types, lint, unused code, the package, generated files. Runs all of it
// and fails if anything fails.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => `${root}node_modules/.bin/${name}`;

const checks = [
  ['types', bin('tsc'), ['-p', '.']],
  ['biome', bin('biome'), ['check', '--error-on-warnings']],
  ['knip', bin('knip'), []],
  ['publint', bin('publint'), ['--strict']],
  ['oclif.manifest.json', process.execPath, ['tools/manifest.mjs', '--check']],
];

/** Pages that `npm run docs` writes. */
const pages = ['docs/rules/README.md', 'docs/architecture.md'];

/** Generates the pages, compares, and puts back what was there: a check changes nothing. */
function pagesAreGenerated() {
  const read = () => pages.map((page) => readFileSync(`${root}${page}`, 'utf8'));
  const before = read();
  const { status } = spawnSync(process.execPath, ['tools/run.mjs', 'tools/docs.ts'], { cwd: root, stdio: 'inherit' });
  const stale = pages.filter((_, i) => read()[i] !== before[i]);
  for (const [i, page] of pages.entries()) if (stale.includes(page)) writeFileSync(`${root}${page}`, before[i]);
  if (stale.length > 0) console.error(`not what the generator writes: ${stale.join(', ')} (npm run docs)`);
  return status === 0 && stale.length === 0;
}

let failed = 0;
const tell = (name, ok, more = '') => {
  if (!ok) failed += 1;
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name}${more}`);
};
for (const [name, command, args] of checks) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  tell(name, status === 0 && !error, error ? `: ${error.message}` : '');
}
tell('generated pages', pagesAreGenerated());
process.exitCode = failed === 0 ? 0 : 1;
