// Checks the files for other systems against their public schemas: `npm run test:schemas`. Needs Python and PyPI
// (check-jsonschema brings the schemas with it), so it is no part of `npm test`. CHECK_JSONSCHEMA names an installed one.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'tlsgw-schemas-'));

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: place, encoding: 'utf8' });
  if (error) throw error;
  return { ok: status === 0, text: `${stdout}${stderr}` };
}

function checker() {
  if (process.env.CHECK_JSONSCHEMA) return process.env.CHECK_JSONSCHEMA;
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', 'venv'],
    ['venv/bin/pip', 'install', '--quiet', '--disable-pip-version-check', 'check-jsonschema'],
  ]) {
    const { ok, text } = run(command.includes('/') ? join(place, command) : command, args);
    if (!ok) throw new Error(text);
  }
  return join(place, 'venv/bin/check-jsonschema');
}

const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');
const blocks = (name) =>
  [...page.matchAll(new RegExp(`^\`\`\`yaml ${name}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((m) => m[1]);

const files = [
  ['vendor.github-actions', readFileSync(join(root, 'action.yml'), 'utf8')],
  ['vendor.gitlab-ci', readFileSync(join(root, 'ci/gitlab.yml'), 'utf8')],
  ...blocks('github-workflow').map((text) => ['vendor.github-workflows', text]),
  ...blocks('gitlab-ci').map((text) => ['vendor.gitlab-ci', text]),
];

let failed = 0;
try {
  const command = checker();
  for (const [i, [schema, text]] of files.entries()) {
    const file = join(place, `${i}.yml`);
    writeFileSync(file, text);
    const { ok, text: said } = run(command, ['--builtin-schema', schema, file]);
    if (!ok) failed += 1;
    console.log(
      `${ok ? 'ok  ' : 'FAIL'}  ${schema}: ${text.split('\n').find((line) => line.trim() !== '')}${ok ? '' : `\n${said}`}`,
    );
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
