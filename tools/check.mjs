// Everything that must hold besides the tests: types, lint, unused code, the package, generated files. Runs all of it
// and fails if anything fails.
import { spawnSync } from 'node:child_process';
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

let failed = 0;
for (const [name, command, args] of checks) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  const ok = status === 0 && !error;
  if (!ok) failed += 1;
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name}${error ? `: ${error.message}` : ''}`);
}
process.exitCode = failed === 0 ? 0 : 1;
