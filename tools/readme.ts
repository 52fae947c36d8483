/** Fills the output blocks of README.md and docs/*.md from the built program: `npm run readme`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const marker = /^<!-- output of: (kubectl tlsgw .+) -->$/;
const end = '<!-- end of output -->';

/** The commands whose output the page shows. */
export const commandsIn = (page: string): string[] => page.split('\n').flatMap((line) => marker.exec(line)?.[1] ?? []);

/** The page with each block between its markers replaced by what `run` says the command prints. */
export function withOutput(page: string, run: (command: string) => string): string {
  const lines: string[] = [];
  let inside: string | null = null;
  for (const line of page.split('\n')) {
    if (inside !== null && line !== end) continue;
    if (inside !== null && line === end) inside = null;
    lines.push(line);
    const command = marker.exec(line)?.[1];
    if (command === undefined) continue;
    inside = command;
    lines.push('```console', `$ ${command}`, ...run(command).trimEnd().split('\n'), '```');
  }
  if (inside !== null) throw new Error(`"${end}" is missing after the output of ${inside}`);
  return lines.join('\n');
}

/** Runs a command of the page with the built program, without colours; `2>&1` adds what it says on stderr. */
export function printed(root: string, command: string): string {
  const both = command.endsWith(' 2>&1');
  const args = command
    .replace(/ 2>&1$/, '')
    .split(' ')
    .slice(2);
  const { PATH = '', HOME = '' } = process.env;
  const { stdout, stderr, error } = spawnSync(process.execPath, [join(root, 'bin', 'run.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH, HOME },
  });
  if (error) throw error;
  return both ? `${stdout}${stderr}` : stdout;
}

/** README.md and the pages of docs/ that show output. */
export function pagesWithOutput(root: string): string[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const pages = ['README.md', ...docs.map((name) => `docs/${name}`)];
  return pages.filter((file) => commandsIn(readFileSync(join(root, file), 'utf8')).length > 0);
}

if (process.argv[1]?.endsWith('tools/readme.ts')) {
  const root = process.cwd();
  execFileSync(process.execPath, ['tools/build.mjs'], { cwd: root, stdio: 'inherit' });
  for (const file of pagesWithOutput(root)) {
    const page = readFileSync(join(root, file), 'utf8');
    writeFileSync(
      join(root, file),
      withOutput(page, (command) => printed(root, command)),
    );
  }
}
