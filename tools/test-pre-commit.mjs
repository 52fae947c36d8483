// Runs the hook of .pre-commit-hooks.yaml with the real pre-commit: `npm run test:pre-commit`. Needs git, Python and the
// registries of npm and PyPI, so it is no part of `npm test`. PRE_COMMIT names a pre-commit that is installed already.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'tlsgw-pre-commit-'));
const env = { ...process.env, PRE_COMMIT_HOME: join(place, 'home'), PRE_COMMIT_COLOR: 'never' };

function run(command, args, cwd = place) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (error) throw error;
  return { status, text: `${stdout}${stderr}` };
}

function must(command, args, cwd) {
  const done = run(command, args, cwd);
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${done.text}`);
  return done.text;
}

function preCommit() {
  if (process.env.PRE_COMMIT) return process.env.PRE_COMMIT;
  must('python3', ['-m', 'venv', join(place, 'venv')]);
  must(join(place, 'venv/bin/pip'), ['install', '--quiet', '--disable-pip-version-check', 'pre-commit']);
  return join(place, 'venv/bin/pre-commit');
}

/** The checkout as a repository of its own: pre-commit clones a commit, and this one may not be committed yet. */
function hookRepository() {
  const target = join(place, 'hooks');
  must('git', ['clone', '--quiet', root, target]);
  for (const path of must('git', ['ls-files', '--cached', '--others', '--exclude-standard'], root).trim().split('\n')) {
    try {
      cpSync(join(root, path), join(target, path));
    } catch {
      rmSync(join(target, path), { force: true });
    }
  }
  must('git', ['add', '-A'], target);
  must('git', [...me, 'commit', '--quiet', '--allow-empty', '-m', 'as it is'], target);
  return target;
}

const me = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: shop, image: shop}]}
`;
const gateway = (second) => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [a.example.com]
    tls: {mode: SIMPLE, credentialName: a}
  - port: {number: 8443, name: ${second}, protocol: HTTPS}
    hosts: [b.example.com]
    tls: {mode: SIMPLE, credentialName: b}
`;

let failed = 0;
let passed = 0;
function expect(name, { status, text }, wanted, ...patterns) {
  const missing = patterns.filter((pattern) => !pattern.test(text));
  const ok = (status === 0) === (wanted !== 'Failed') && text.includes(wanted) && missing.length === 0;
  if (ok) passed += 1;
  else failed += 1;
  console.log(
    `${ok ? 'ok  ' : 'FAIL'}  ${name}${ok ? '' : `: wanted ${wanted} ${missing.join(' ')}, got ${status}\n${text}`}`,
  );
}

try {
  const tool = preCommit();
  console.log(run(tool, ['--version']).text.trim());
  const hooks = hookRepository();
  const repository = join(place, 'repository');
  mkdirSync(repository);
  must('git', ['init', '--quiet'], repository);

  const commit = (files) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(repository, name), text);
    must('git', ['add', '-A'], repository);
    return run('git', [...me, 'commit', '-m', 'change'], repository);
  };
  const attempt = (files) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(repository, name), text);
    must('git', ['add', '-A'], repository);
    return run(tool, ['try-repo', hooks, 'tlsgw', '--verbose', '--all-files'], repository);
  };
  const started = Date.now();
  expect('try-repo: a plain Deployment is no error', attempt({ 'deployment.yaml': deployment }), 'Passed');
  console.log(`      the first run, which installs, took ${Math.round((Date.now() - started) / 1000)} s`);
  expect('try-repo: a good Gateway passes', attempt({ 'gateway.yaml': gateway('https-b') }), 'Passed');
  expect(
    'try-repo: a defect is refused, with its place',
    attempt({ 'gateway.yaml': gateway('https') }),
    'Failed',
    /error\[duplicate-port-name\]/,
    /gateway\.yaml:\d+:\d+/,
  );
  expect(
    'try-repo: YAML that cannot be read is refused, with its place',
    attempt({ 'gateway.yaml': 'kind: [Gateway\n' }),
    'Failed',
    /gateway\.yaml:1:7: this `\[` is never closed/,
  );

  // As an installed hook: one file is bad only beside another that does not change.
  writeFileSync(join(repository, 'gateway.yaml'), gateway('https-b'));
  const head = must('git', ['rev-parse', 'HEAD'], hooks).trim();
  writeFileSync(
    join(repository, '.pre-commit-config.yaml'),
    `repos:\n- repo: ${hooks}\n  rev: ${head}\n  hooks:\n  - id: tlsgw\n`,
  );
  must(tool, ['install'], repository);
  expect('commit: good YAML passes', commit({}), 'Passed');
  const second = gateway('https-b').replace('name: shop', 'name: other').replace('istio-system', 'other');
  expect(
    'commit: a conflict with a file that did not change is refused',
    commit({ 'other.yaml': second }),
    'Failed',
    /error\[server-dropped-duplicate-host\]/,
  );
  rmSync(join(repository, 'other.yaml'));
  const skipped = commit({ 'README.md': 'text\n' });
  expect('commit: without YAML the hook does not run', skipped, 'Skipped');
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
