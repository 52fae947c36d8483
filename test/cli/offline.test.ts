import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binary, broken, environment, folder, root } from './run.ts';

/**
 * Measured, with a margin of a thirtieth: of every start 100 kB cost 0.4 ms, and 2 ms when they run. Raise it for a
 * feature, not for a library that could be read on first use (tools/build.mjs).
 */
const BUDGET = 900_000;

/** Notes what is read from dist/ and which parts of Node are loaded. */
const probe = join(
  folder({
    'probe.cjs': `
const fs = require('node:fs');
const { openSync } = fs;
const read = [];
fs.openSync = (path, ...rest) => {
  const name = /[/\\\\]dist[/\\\\](.+)$/.exec(String(path));
  if (name) read.push(name[1]);
  return openSync(path, ...rest);
};
process.on('exit', () => console.error('PROBE' + JSON.stringify({ read, modules: process.moduleLoadList })));
`,
  }),
  'probe.cjs',
);

interface Seen {
  readonly read: readonly string[];
  readonly modules: readonly string[];
}

function run(...args: readonly string[]): Seen {
  const { stderr } = spawnSync(process.execPath, ['--require', probe, ...args], {
    env: environment(),
    encoding: 'utf8',
  });
  return JSON.parse(/^PROBE(.*)$/m.exec(stderr)?.[1] ?? '{}') as Seen;
}

const seen = (...args: readonly string[]): Seen => run(binary, ...args);

/** What `require` can name; its inner parts differ between versions of Node. */
const publicModules = (...args: readonly string[]): readonly string[] =>
  run(...args).modules.flatMap((name) => /^NativeModule (?!internal\/)(.+)$/.exec(name)?.[1] ?? []);

const input = join(folder({ 'a.yaml': broken }), 'a.yaml');

describe('the offline path', () => {
  it('keeps the bundle within its budget', () => {
    expect(statSync(join(root, 'dist', 'tlsgw.cjs')).size).toBeLessThan(BUDGET);
  });

  it.each([
    ['--version'],
    ['rules'],
    ['lint', input],
    ['lint', input, '-o', 'json'],
    ['listeners', '-f', input],
    ['routes', '-f', input],
    ['secrets', '-f', input],
  ])('%s reads no file of a heavy library', (...args) => {
    expect(seen(...args).read).toEqual(args[0] === '--version' ? [] : ['tlsgw.cjs']);
  });

  it('of a lint without certificates loads no part of Node but vm: each takes 0.2 to 6 ms', () => {
    const bare = new Set(publicModules(join(folder({ 'empty.cjs': '' }), 'empty.cjs')));
    expect(bare).toContain('fs');
    expect(publicModules(binary, 'lint', input).filter((name) => !bare.has(name))).toEqual(['vm']);
  });
});
