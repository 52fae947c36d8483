import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { broken, emptyFolder, folder, oracleInput, root, tlsgw } from './run.ts';

const small = folder({ 'a.yaml': broken });
const folderOf = (cache: string) => join(cache, 'kubectl-tlsgw');
const newCache = emptyFolder;
const lintWith = (cache: string, env: Readonly<Record<string, string>> = {}) =>
  tlsgw(['lint', small], { env: { XDG_CACHE_HOME: cache, ...env } });
const filesIn = (cache: string) => {
  try {
    return readdirSync(folderOf(cache));
  } catch {
    return [];
  }
};

describe('the offline bundle', () => {
  const inputs = JSON.parse(readFileSync(join(root, 'dist', 'inputs.json'), 'utf8')) as Record<string, number>;

  it('holds none of the heavy libraries', () => {
    for (const name of [
      '@kubernetes/client-node',
      'undici',
      '@peculiar/x509',
      'reflect-metadata',
      're2js',
      'cli-table3',
    ]) {
      expect(Object.keys(inputs)).not.toContain(name);
    }
  });

  it('needs nothing of node_modules', async () => {
    const copy = folder({});
    for (const name of ['bin', 'dist', 'docs', 'package.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    const { code, stdout } = await tlsgw(['lint', small], { file: join(copy, 'bin', 'run.js') });
    expect(code).toBe(1);
    expect(stdout).toContain('duplicate-port-name');
  });
});

describe('the code cache', () => {
  it('is written once, for this user alone, and changes nothing', async () => {
    const cache = newCache();
    const first = await lintWith(cache);
    const [file, ...others] = filesIn(cache);
    expect(others).toEqual([]);
    expect(file).toContain(process.version);
    const path = join(folderOf(cache), file ?? '');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(folderOf(cache)).mode & 0o777).toBe(0o700);
    const { mtimeMs } = statSync(path);
    expect(await lintWith(cache)).toEqual(first);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
  });

  it('holds only what has run: 100 kB of it cost 0.4 ms of every start', async () => {
    const cache = newCache();
    await lintWith(cache);
    const [file = ''] = filesIn(cache);
    // Two copies; Node 26 needs a tenth more than Node 20.
    expect(statSync(join(folderOf(cache), file)).size).toBeLessThan(2 * 1_250_000);
  });

  it('learns what the first run did not do', async () => {
    const cache = newCache();
    const clean = folder({ 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n' });
    await tlsgw(['lint', clean], { env: { XDG_CACHE_HOME: cache } });
    const path = join(folderOf(cache), filesIn(cache)[0] ?? '');
    const { size } = statSync(path);
    await lintWith(cache);
    expect(statSync(path).size).toBeGreaterThan(size);
  });

  it('can be switched off', async () => {
    const cache = newCache();
    await lintWith(cache, { TLSGW_NO_CODE_CACHE: '1' });
    expect(filesIn(cache)).toEqual([]);
  });

  it('is not written for wrong usage', async () => {
    const cache = newCache();
    await tlsgw(['lint', '--rul'], { env: { XDG_CACHE_HOME: cache } });
    expect(filesIn(cache)).toEqual([]);
  });

  it('is harmless when corrupted, whatever the byte', async () => {
    const cache = newCache();
    const first = await lintWith(cache);
    const path = join(folderOf(cache), filesIn(cache)[0] ?? '');
    const good = readFileSync(path);
    const broken_: Buffer[] = [
      Buffer.alloc(0),
      Buffer.alloc(100),
      good.subarray(0, good.length - 1),
      good.subarray(0, 5000),
    ];
    for (let i = 0; i < 24; i++) {
      const copy = Buffer.from(good);
      const at = Math.floor((i * good.length) / 24);
      copy[at] = (copy[at] ?? 0) ^ 0xff;
      broken_.push(copy);
    }
    for (const bytes of broken_) {
      writeFileSync(path, bytes);
      expect(await lintWith(cache)).toEqual(first);
    }
  });

  it('of another version of the program is not used', async () => {
    const cache = newCache();
    await lintWith(cache);
    const [file = ''] = filesIn(cache);
    const other = file.replace(/-[0-9a-f]{24}-/, '-0123456789abcdef01234567-');
    rmSync(join(folderOf(cache), file));
    writeFileSync(join(folderOf(cache), other), 'x');
    expect((await lintWith(cache)).code).toBe(1);
    expect(filesIn(cache).sort()).toEqual([file, other].sort());
  });

  it('is ignored where it cannot be written', async () => {
    const cache = newCache();
    const outcomes = [];
    writeFileSync(folderOf(cache), 'a file where the directory should be');
    outcomes.push(await lintWith(cache));
    const readOnly = newCache();
    chmodSync(readOnly, 0o500);
    outcomes.push(await lintWith(readOnly));
    const loop = newCache();
    symlinkSync(folderOf(loop), folderOf(loop));
    outcomes.push(await lintWith(loop));
    outcomes.push(await lintWith('relative/path', { HOME: '' }));
    outcomes.push(await lintWith('/dev/null'));
    for (const { code, stderr } of outcomes)
      expect({ code, trace: stderr.includes('    at ') }).toEqual({ code: 1, trace: false });
  });

  it('survives runs in parallel', async () => {
    const cache = newCache();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => lintWith(cache)));
    for (const { code, stdout } of outcomes) expect({ code, stdout }).toEqual({ code: 1, stdout: outcomes[0]?.stdout });
    expect(filesIn(cache)).toHaveLength(1);
    expect((await lintWith(cache)).code).toBe(1);
  });
});

describe('our own bugs', () => {
  /** The program with a mistake in it. */
  function flawed(place: RegExp, mistake: string): string {
    const copy = folder({});
    for (const name of ['bin', 'dist', 'package.json']) cpSync(join(root, name), join(copy, name), { recursive: true });
    const bundle = join(copy, 'dist', 'tlsgw.cjs');
    const text = readFileSync(bundle, 'utf8');
    expect(place.test(text)).toBe(true);
    writeFileSync(
      bundle,
      text.replace(place, (found) => `${found}${mistake}`),
    );
    mkdirSync(join(copy, 'cache'));
    return copy;
  }
  const key = '-----BEGIN PRIVATE KEY----- MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg';

  it('exit 70, name the stage, ask for a report and show no stack', async () => {
    const copy = flawed(/"compiling",\(\)=>/, `(()=>{throw new Error("boom ${key}")})()||`);
    const run = (env: Readonly<Record<string, string>>) =>
      tlsgw(['lint', small], {
        file: join(copy, 'bin', 'run.js'),
        env: { XDG_CACHE_HOME: join(copy, 'cache'), ...env },
      });
    const { code, stdout, stderr } = await run({});
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
    expect(stderr).toMatch(/^error: internal error in compiling: boom \(PEM\)\n.*please report it.*\n/);
    expect(stderr).not.toContain('    at ');
    const debug = await run({ TLSGW_DEBUG: '1' });
    expect(debug.stderr).toMatch(/^ {4}at .*tlsgw\.cjs:/m);
    expect(debug.stderr).not.toContain('MIGHAgEAMBMGByqGSM49');
    expect(readdirSync(join(copy, 'cache'))).toEqual([]);
  });

  it('in a rule exit 70 with the name of the rule, and the other findings are printed', async () => {
    const copy = flawed(/id:"server-dropped-duplicate-host"[\s\S]*?\*check\([^)]*\)\{/, 'throw new Error("boom");');
    const { code, stdout, stderr } = await tlsgw(['lint', oracleInput('tutorial-all-three-at-once')], {
      file: join(copy, 'bin', 'run.js'),
    });
    expect(code).toBe(70);
    expect(stdout).toContain('cert-cn-only');
    expect(stderr).toContain('error: internal error in rule server-dropped-duplicate-host: boom');
  });
});
