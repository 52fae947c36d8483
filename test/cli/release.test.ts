import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../tools/release/papers.ts';
import { bundledParts, checkLicences, isAllowed, type Part } from '../../tools/release/parts.ts';
import { tarGz } from '../../tools/release/tar.ts';
import { releaseTime, writeRelease } from '../../tools/release-pack.ts';
import { broken, emptyFolder, folder, root, shell } from './run.ts';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const name = `kubectl-tlsgw-${version}`;
const portable = `${name}-portable.tar.gz`;

const out = emptyFolder();
const unpacked = emptyFolder();
const input = folder({ 'a.yaml': broken });
const home = join(unpacked, name);

const filesBelow = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const at = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(at) : [at];
  });

beforeAll(() => {
  writeRelease(root, out);
  execFileSync('tar', ['xzf', join(out, portable), '-C', unpacked]);
}, 60_000);

describe('npm run release:pack', () => {
  it('gives the same bytes again, in another time zone, with another umask, after another build', () => {
    const again = emptyFolder();
    const line = `umask 077; TZ=Asia/Tokyo LANG=C "${process.execPath}" tools/run.mjs tools/release-pack.ts --out ${again}`;
    execFileSync('bash', ['-c', line], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    expect(readdirSync(again).sort()).toEqual(readdirSync(out).sort());
    for (const file of readdirSync(out))
      expect({ file, sha: sha256(readFileSync(join(again, file))) }).toEqual({
        file,
        sha: sha256(readFileSync(join(out, file))),
      });
  });

  it('follows SOURCE_DATE_EPOCH', () => {
    const before = process.env.SOURCE_DATE_EPOCH;
    process.env.SOURCE_DATE_EPOCH = '1000000000';
    try {
      expect(releaseTime(root)).toBe(1_000_000_000);
    } finally {
      if (before === undefined) delete process.env.SOURCE_DATE_EPOCH;
      else process.env.SOURCE_DATE_EPOCH = before;
    }
  });

  it('packs what runs and what explains it, and nothing of the machine it was made on', () => {
    const packed = filesBelow(home).map((file) => file.slice(home.length + 1));
    for (const file of [
      'LICENSE',
      'THIRD_PARTY_NOTICES',
      'bin/kubectl_complete-tlsgw.js',
      'bin/run.js',
      'dist/pages.cjs',
      'dist/tlsgw.cjs',
      'docs/rules/key-cert-mismatch.md',
      'docs/rules/preludes/ingress-gateway.yaml',
      'oclif.manifest.json',
      'schemas/report.v1.json',
    ])
      expect(packed).toContain(file);
    expect(packed.filter((file) => /\.map$|\.ts$|inputs\.json|node_modules|\.tgz$/.test(file))).toEqual([]);
    for (const file of filesBelow(home)) {
      const text = readFileSync(file, 'latin1');
      expect({ file, map: text.includes('sourceMappingURL') }).toEqual({ file, map: false });
      for (const place of [root, `${homedir()}/`])
        expect({ file, has: text.includes(place) }).toEqual({ file, has: false });
    }
    const json = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(Object.keys(json)).not.toContain('devDependencies');
    expect(Object.keys(json)).not.toContain('scripts');
  });

  it('tells the digests of its files', () => {
    const lines = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    const others = readdirSync(out).filter((file) => file !== 'SHA256SUMS');
    expect(lines.sort()).toEqual(others.map((file) => `${sha256(readFileSync(join(out, file)))}  ${file}`).sort());
    const krew = readFileSync(join(out, '.krew.yaml'), 'utf8');
    expect(krew).toContain(`sha256: ${sha256(readFileSync(join(out, portable)))}\n`);
    expect(krew).toContain(`/v${version}/${portable}\n`);
    expect(krew).toContain('Node.js 20.19 or newer');
  });

  it('lists every bundled package with its version and licence', () => {
    const bom = JSON.parse(readFileSync(join(out, `${name}.cdx.json`), 'utf8')) as {
      specVersion: string;
      components: { group?: string; name: string; version: string; licenses: object[]; purl: string }[];
      dependencies: { ref: string; dependsOn?: string[] }[];
    };
    expect(bom.specVersion).toBe('1.5');
    const listed = bom.components.map((c) => `${c.group === undefined ? '' : `${c.group}/`}${c.name}@${c.version}`);
    const folders = JSON.parse(readFileSync(join(root, 'dist/packages.json'), 'utf8')) as Record<string, string[]>;
    const bundled = Object.values(folders)
      .flat()
      .map((path) => {
        const json = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as {
          name: string;
          version: string;
        };
        return `${json.name}@${json.version}`;
      });
    expect(listed).toEqual([...new Set(bundled)].sort());
    expect(listed.length).toBeGreaterThan(20);
    const inputs = Object.keys(JSON.parse(readFileSync(join(root, 'dist/inputs.json'), 'utf8')) as object);
    const names = listed.map((entry) => entry.slice(0, entry.lastIndexOf('@')));
    const sources = /^(src\/|package\.json$|oclif\.manifest\.json$|.*:)/;
    expect(inputs.filter((input_) => !sources.test(input_) && !names.includes(input_))).toEqual([]);
    const notices = readFileSync(join(home, 'THIRD_PARTY_NOTICES'), 'utf8');
    for (const entry of listed) expect(notices).toContain(`\n${entry.replace(/@([^@]*)$/, ' $1')} (`);
  });
});

describe('licences', () => {
  it('are permissive', () => {
    for (const good of ['MIT', '(MIT OR CC0-1.0)', 'GPL-3.0 OR ISC', 'MIT AND BSD-2-Clause', '(Apache-2.0)'])
      expect({ good, is: isAllowed(good) }).toEqual({ good, is: true });
    for (const bad of [
      '',
      'GPL-3.0',
      'MIT AND GPL-3.0',
      'UNLICENSED',
      'SEE LICENSE IN X',
      '((MIT OR GPL-2.0) AND GPL-3.0)',
    ])
      expect({ bad, is: isAllowed(bad) }).toEqual({ bad, is: false });
    expect(() => checkLicences(bundledParts(root))).not.toThrow();
  });

  it('stop the release where one is not', () => {
    const part: Part = { name: 'x', version: '1.0.0', license: 'GPL-3.0', author: '', files: [], texts: [] };
    expect(() => checkLicences([part])).toThrow('x@1.0.0 (GPL-3.0)');
  });
});

describe('an archive', () => {
  it('takes long paths, and says when one is too long', () => {
    const long = `${'a'.repeat(90)}/${'b'.repeat(90)}`;
    const target = emptyFolder();
    const entry = (path: string) => ({ path, content: Buffer.from('x'), executable: false });
    writeFileSync(join(target, 'a.tgz'), tarGz([entry(long)], 0));
    expect(execFileSync('tar', ['tzf', join(target, 'a.tgz')], { encoding: 'utf8' })).toBe(`${long}\n`);
    expect(() => tarGz([entry('c'.repeat(101))], 0)).toThrow('too long');
  });
});

describe('the portable archive', () => {
  const env = { PATH: [home, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter) };
  const lint = `lint ${input}/a.yaml`;

  it('runs where it was unpacked, alone and through a link', async () => {
    const alone = await shell(`kubectl-tlsgw ${lint}`, { env });
    expect(alone.code).toBe(1);
    expect(alone.stdout).toContain('duplicate-port-name');
    const links = emptyFolder();
    symlinkSync(join(home, 'kubectl-tlsgw'), join(links, 'first'));
    symlinkSync('first', join(links, 'kubectl-tlsgw'));
    expect((await shell(`${links}/kubectl-tlsgw ${lint}`, { env })).stdout).toBe(alone.stdout);
    const completed = await shell("kubectl_complete-tlsgw li ''", { env });
    expect(completed.stdout).toMatch(/:4\n$/);
  });

  it('says what is missing when there is no Node', async () => {
    const tools = emptyFolder();
    for (const tool of ['dirname', 'readlink', 'sh']) {
      const at = execFileSync('bash', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
      symlinkSync(at, join(tools, tool));
    }
    const run = (more: Record<string, string>) =>
      spawnSync(join(tools, 'sh'), [join(home, 'kubectl-tlsgw'), 'lint', input], {
        encoding: 'utf8',
        env: { PATH: tools, ...more },
      });
    const without = run({});
    expect(without.status).toBe(127);
    expect(without.stderr).toMatch(
      /^error: kubectl tlsgw needs Node\.js 20\.19 or newer, and there is no node on the PATH\n/,
    );
    expect(run({ TLSGW_NODE: '/no/such/node' }).stderr).toContain('TLSGW_NODE is /no/such/node');
    expect(run({ TLSGW_NODE: process.execPath }).stdout).toContain('duplicate-port-name');
  });

  it('says what is missing when Node is too old', () => {
    const old = join(
      folder({ 'old.cjs': "Object.defineProperty(process.versions, 'node', { value: '18.20.4' });" }),
      'old.cjs',
    );
    const { status, stderr } = spawnSync(process.execPath, ['-r', old, join(home, 'bin/launch.js'), 'lint', input], {
      encoding: 'utf8',
    });
    expect({ status, first: stderr.split('\n')[0] }).toMatchObject({
      status: 127,
      first: expect.stringMatching(/needs Node\.js 20\.19/),
    });
  });
});

describe('the npm tarball', () => {
  it('installs without network into an empty prefix and runs, alone and through kubectl', async () => {
    const prefix = join(emptyFolder(), 'prefix');
    const args = ['install', '--global', '--offline', '--prefix', prefix, join(out, `${name}.tgz`), '--loglevel=error'];
    execFileSync('npm', args, { stdio: 'ignore' });
    expect(readdirSync(join(prefix, 'lib', 'node_modules'))).toEqual(['kubectl-tlsgw']);
    expect(readdirSync(join(prefix, 'bin')).sort()).toEqual(['kubectl-tlsgw', 'kubectl_complete-tlsgw']);
    const env = { PATH: `${join(prefix, 'bin')}${delimiter}${process.env.PATH ?? ''}` };
    const alone = await shell(`kubectl-tlsgw lint ${input}`, { env });
    expect(alone.code).toBe(1);
    expect(alone.stdout).toContain('duplicate-port-name');
    expect((await shell('kubectl-tlsgw explain duplicate-port-name', { env })).stdout).toContain('# ');
    const example = await shell('kubectl-tlsgw explain cert-expired --example', { env });
    expect(example.stderr).toBe('');
    expect(example.stdout).toContain('=> the client refuses the certificate: curl: (60)');
    if ((await shell('command -v kubectl', { env })).code !== 0) return;
    const through = await shell(`kubectl tlsgw lint ${input}`, { env });
    expect({ code: through.code, stdout: through.stdout }).toEqual({ code: 1, stdout: alone.stdout });
    expect((await shell("kubectl __complete tlsgw li ''", { env })).stdout).toContain(':4');
  });
});
