import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { binary, broken, environment, folder, oracleInput, shell, tlsgw } from './run.ts';

const input = oracleInput('tutorial-all-three-at-once');
const escapes = /\u001b\[/;

/** More than the 64 KB that a pipe holds. */
const many = Array.from({ length: 2000 }, (_, i) =>
  broken.replace('name: shop', `name: shop-${i}`).replaceAll('example.com', `x${i}.example.com`),
).join('---\n');

describe('streams', () => {
  it('prints results on stdout and notes on stderr', async () => {
    const { stdout, stderr } = await tlsgw(['listeners', '-f', input]);
    expect(stdout).toMatch(/^ADDRESSES PORT/);
    expect(stdout).not.toContain('note:');
    expect(stderr).toContain('note: not in this table, because istiod drops it:\n');
    expect(stderr).toContain('server-dropped-duplicate-host');
  });

  it('is silent on stderr under --quiet', async () => {
    const { stderr } = await tlsgw(['listeners', '-q', '-f', input]);
    expect(stderr).toBe('');
  });

  it('writes big results in full into a pipe', async () => {
    const path = folder({ 'many.yaml': many });
    const { code, stdout } = await tlsgw(['doctor', '-f', path, '-o', 'json']);
    expect(code).toBe(1);
    expect(stdout.length).toBeGreaterThan(500_000);
    expect(JSON.parse(stdout)).toMatchObject({ summary: { objects: 2000 } });
  });

  it('writes them in full to a slow reader', async () => {
    const path = folder({ 'many.yaml': many });
    const { stdout } = await shell(`tlsgw doctor -f ${path} -o json | (sleep 1; tail -c 3)`);
    expect(stdout).toBe('\n}\n');
  });

  it.each(['doctor', 'lint', 'all -o json', 'rules', '--help', 'lint --help'])(
    '%s | head -1 prints one line and no stack trace',
    async (command) => {
      const path = folder({ 'many.yaml': many });
      const reads = ['doctor', 'lint', 'all -o json'].includes(command);
      const { code, stdout, stderr } = await shell(`tlsgw ${command} ${reads ? `-f ${path}` : ''} | head -1`);
      expect({ code, lines: stdout.split('\n').length, trace: stderr.includes('    at ') }).toEqual({
        code: 0,
        lines: 2,
        trace: false,
      });
      expect(stderr).not.toMatch(/EPIPE|error/i);
    },
  );

  it('ends with 130 on Ctrl-C while it waits for input', async () => {
    const child = spawn(process.execPath, [binary, 'lint', '-'], {
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(130);
  });
});

describe('colour', () => {
  const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    tlsgw(['doctor', '-f', input, ...args], { env }).then(({ stdout }) => escapes.test(stdout));

  it.each<readonly [string, readonly string[], Readonly<Record<string, string>>, boolean]>([
    ['none in a pipe', [], {}, false],
    ['none in a pipe of a CI system', [], { CI: 'true', GITHUB_ACTIONS: 'true' }, false],
    ['--color always', ['--color', 'always'], {}, true],
    ['--color always beats NO_COLOR', ['--color=always'], { NO_COLOR: '1' }, true],
    ['--color never beats FORCE_COLOR', ['--color=never'], { FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, false],
    ['NO_COLOR', [], { NO_COLOR: '1' }, false],
  ])('%s', async (_, args, env, colored) => {
    expect(await run(args, env)).toBe(colored);
  });

  it('never reaches JSON', async () => {
    const { stdout } = await tlsgw(['doctor', '-f', input, '-o', 'json', '--color', 'always']);
    expect(escapes.test(stdout)).toBe(false);
  });
});
