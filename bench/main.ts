// `npm run bench` measures and writes bench/RESULTS.md; `npm run bench -- --quick` leaves the largest mesh and the file out.
// Times depend on the machine and on what else it does: only ratios of one run mean anything.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { live } from './live.ts';
import { environmentOf } from './measure.ts';
import { Page } from './page.ts';
import { certificates, scale } from './scale.ts';
import { preMerge, startUp } from './startup.ts';

const quick = process.argv.includes('--quick');
const root = resolve(dirname(process.argv[1] ?? ''), '..');
const folder = mkdtempSync(join(tmpdir(), 'tlsgw-bench-'));

const firstLine = (command: string, ...args: readonly string[]): string =>
  spawnSync(command, args, { encoding: 'utf8', cwd: root }).stdout?.split('\n')[0] ?? 'not installed';

function heading(page: Page): void {
  const bundle = statSync(join(root, 'dist/tlsgw.cjs')).size;
  page.say(
    '# Results of the last `npm run bench`',
    '',
    'Written by that command. Only ratios within one run mean anything: all programs of a table ran in turns.',
    '',
    `- ${new Date().toISOString().slice(0, 10)}, commit ${firstLine('git', 'rev-parse', '--short', 'HEAD')}, bundle ${Math.round(bundle / 1000)} kB`,
    `- Node ${process.version}, ${firstLine('kubectl', 'version', '--client')}`,
    `- ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 1e9)} GB, load ${loadavg()[0]?.toFixed(1)} at the start`,
    '',
  );
}

try {
  const page = new Page();
  const env = environmentOf(join(folder, 'cache'));
  const binary = join(root, 'bin/run.js');
  const repository = join(folder, 'repository');
  mkdirSync(repository);
  heading(page);
  startUp(page, binary, folder, env, quick ? 9 : 31);
  preMerge(page, binary, repository, env, quick ? 3 : 9);
  scale(page, root, folder, env, quick ? [100, 1000] : [100, 1000, 10_000], 7);
  certificates(page, root, folder, env, quick ? 3 : 5);
  await live(page, root, folder, env, quick ? [500, 2000] : [500, 2000, 10_000], (gateways) =>
    gateways > 2000 ? 1 : 3,
  );
  if (!quick) writeFileSync(join(root, 'bench/RESULTS.md'), page.toString());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
