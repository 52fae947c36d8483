import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { portableEntries } from '../../tools/release-pack.ts';
import { emptyFolder, environment, folder, root } from './run.ts';

/** Fails the moment anything touches the network, another program, or a file that is not the code cache. */
const guard = `
const cache = require('node:path').join(process.env.XDG_CACHE_HOME, 'kubectl-tlsgw');
const fs = require('node:fs');
const tell = (what) => { process._rawDebug('FORBIDDEN ' + what); };
const forbid = (module, names) => {
  const object = require(module);
  for (const name of names) object[name] = () => { tell(module + '.' + name); throw new Error('forbidden'); };
};
require('node:net').Socket.prototype.connect = () => { tell('net connect'); throw new Error('forbidden'); };
forbid('node:net', ['connect', 'createConnection', 'createServer']);
forbid('node:tls', ['connect']);
forbid('node:http', ['request', 'get']);
forbid('node:https', ['request', 'get']);
forbid('node:http2', ['connect']);
forbid('node:dgram', ['createSocket']);
forbid('node:dns', ['lookup', 'resolve', 'resolve4', 'resolve6']);
forbid('node:child_process', ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']);
globalThis.fetch = () => { tell('fetch'); throw new Error('forbidden'); };
for (const name of ['writeFileSync', 'writeFile', 'appendFileSync', 'mkdirSync', 'renameSync', 'unlinkSync', 'rmSync', 'symlinkSync', 'createWriteStream']) {
  const real = fs[name];
  fs[name] = (path, ...rest) => {
    if (!String(path).startsWith(cache)) tell(name + ' ' + path);
    return real(path, ...rest);
  };
}
`;

const place = emptyFolder();
const hook = join(folder({ 'guard.cjs': guard }), 'guard.cjs');
let program = '';

beforeAll(() => {
  for (const { path, content } of portableEntries(root)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), content);
  }
  program = join(place, 'bin', 'run.js');
}, 60_000);

const files = ['-f', join(root, 'examples/tls-gateway')];
const commands: readonly (readonly string[])[] = [
  ['lint', join(root, 'examples/tls-gateway')],
  ['doctor', ...files],
  ['doctor', 'remark.example.com', ...files, '-o', 'sarif'],
  ...['listeners', 'routes', 'certs', 'hosts'].map((command) => [command, ...files]),
  ['all', '-o', 'json', ...files],
  ['trace', 'https://httpbin.example.com/status/200', ...files],
  ['explain', 'key-cert-mismatch'],
];

/** Runs a program to its end. */
const run = (command: string, args: readonly string[], cache: string) =>
  new Promise<{ stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(command, args, { cwd: place, env: environment({ XDG_CACHE_HOME: cache }) });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve({ stdout, stderr }));
  });

const canTrace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;

describe('the packed program, reading files', () => {
  it('asks Node for no connection, no other program and no file but its code cache', async () => {
    const cache = emptyFolder();
    const outcomes = await Promise.all(
      commands.map(async (args) => ({ args, ...(await run(process.execPath, ['-r', hook, program, ...args], cache)) })),
    );
    for (const { args, stdout, stderr } of outcomes) {
      expect({ args, said: stderr.match(/^FORBIDDEN.*/gm) }).toEqual({ args, said: null });
      expect({ args, empty: stdout === '' }).toEqual({ args, empty: false });
    }
    expect(readdirSync(join(cache, 'kubectl-tlsgw')).length).toBeGreaterThan(5);
    // The guard itself works: a probe is made of connections.
    const probe = await run(process.execPath, ['-r', hook, program, 'probe', 'https://127.0.0.1:1/', ...files], cache);
    expect(probe.stderr).toMatch(/^FORBIDDEN n/m);
  });

  it.skipIf(!canTrace)('asks Linux for none of that either', async () => {
    const calls =
      'socket,connect,bind,listen,sendto,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,truncate,execve';
    const cache = emptyFolder();
    const own = join(cache, 'kubectl-tlsgw');
    const reports = emptyFolder();
    await Promise.all(
      commands.slice(0, 3).map((args, i) => {
        const trace = ['-f', '-qq', '-y', '-o', join(reports, `${i}`), '-e', `trace=${calls}`];
        return run('strace', [...trace, process.execPath, program, ...args], cache);
      }),
    );
    for (const name of readdirSync(reports)) {
      const lines = readFileSync(join(reports, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const [start, ...rest] = lines;
      expect(start).toContain('execve(');
      const suspicious = rest.filter(
        (line) =>
          !/\bopen(?:at)?\(.*\bO_RDONLY\b(?!.*O_CREAT)/.test(line) &&
          !line.includes(`"${own}`) &&
          !/resumed>|^\d+ [+-]{3}/.test(line),
      );
      expect(suspicious).toEqual([]);
    }
  });

  it('changes nothing beside its input, with a code cache or without', async () => {
    const input = folder({ 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n' });
    const home = emptyFolder();
    const { status } = spawnSync(process.execPath, [program, 'lint', input], {
      cwd: input,
      env: { PATH: process.env.PATH, HOME: home, TLSGW_NO_CODE_CACHE: '1' },
    });
    expect(status).toBe(0);
    expect(readdirSync(input)).toEqual(['a.yaml']);
    expect(readdirSync(home)).toEqual([]);
    expect(existsSync(join(place, 'tlsgw.sarif'))).toBe(false);
  });
});
