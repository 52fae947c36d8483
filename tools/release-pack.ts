/** Makes everything that a release consists of: `npm run release:pack [-- --out DIR]`. The same commit gives the same bytes. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { billOfMaterials, checksums, krewManifest, notices, type Release } from './release/papers.ts';
import { bundledParts, checkLicences } from './release/parts.ts';
import { type Entry, tarGz } from './release/tar.ts';

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly homepage?: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

/** What a package needs while it is developed, and nobody who installs it. */
const developmentKeys = ['scripts', 'devDependencies', 'overrides'];

/** Until the repository has an address, `homepage` in package.json decides. */
const nowhere = 'https://github.com/OWNER/kubectl-tlsgw';

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** Seconds since 1970: SOURCE_DATE_EPOCH, or the time of the commit. */
export function releaseTime(root: string): number {
  const { SOURCE_DATE_EPOCH } = process.env;
  if (SOURCE_DATE_EPOCH !== undefined && /^\d+$/.test(SOURCE_DATE_EPOCH)) return Number(SOURCE_DATE_EPOCH);
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim());
}

function filesBelow(root: string, path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesBelow(root, `${path}/${name}`));
}

/** Files of the package, as `files` in package.json names them; of dist/ only what runs. */
function packagePaths(root: string, json: PackageJson): string[] {
  const bundles = Object.keys(readJson(join(root, 'dist', 'packages.json')) as object).map((file) => `dist/${file}`);
  const named = json.files.flatMap((path) => (path === 'dist' ? bundles : filesBelow(root, path)));
  return [...new Set([...named, 'README.md', 'LICENSE'])];
}

/** The content of the npm package, without the folder that all of it is in. */
function packageEntries(root: string, json: PackageJson, thirdParty: string): Entry[] {
  const published = Object.fromEntries(Object.entries(json).filter(([key]) => !developmentKeys.includes(key)));
  const programs = Object.values(json.bin);
  return [
    ...packagePaths(root, json).map((path) => ({
      path,
      content: readFileSync(join(root, path)),
      executable: programs.includes(path),
    })),
    { path: 'package.json', content: Buffer.from(`${JSON.stringify(published, null, 2)}\n`), executable: false },
    { path: 'THIRD_PARTY_NOTICES', content: Buffer.from(thirdParty), executable: false },
  ];
}

/** What people without npm need besides: programs that find Node. */
function launcherEntries(root: string): Entry[] {
  const read = (name: string) => readFileSync(join(root, 'tools', 'release', 'launcher', name));
  return [
    { path: 'kubectl-tlsgw', content: read('kubectl-tlsgw'), executable: true },
    { path: 'kubectl_complete-tlsgw', content: read('kubectl_complete-tlsgw'), executable: true },
  ];
}

/** The portable archive, file by file: the package, and the programs that find Node. */
export function portableEntries(root: string): Entry[] {
  const json = readJson(join(root, 'package.json')) as PackageJson;
  return [...packageEntries(root, json, notices(bundledParts(root))), ...launcherEntries(root)];
}

const below = (folder: string, entries: readonly Entry[]): Entry[] =>
  entries.map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }));

/** Packs the built program in `root`; returns the files of the release by name. */
export function pack(root: string): Record<string, Buffer> {
  const json = readJson(join(root, 'package.json')) as PackageJson;
  const { name, version, description } = json;
  const release: Release = { name, version, description, time: releaseTime(root), homepage: json.homepage ?? nowhere };
  const parts = bundledParts(root);
  checkLicences(parts);
  const entries = packageEntries(root, json, notices(parts));
  const folder = `${name}-${version}`;
  const portable = `${folder}-portable.tar.gz`;
  const archives = {
    [`${folder}.tgz`]: tarGz(below('package', entries), release.time),
    [portable]: tarGz(below(folder, [...entries, ...launcherEntries(root)]), release.time),
  };
  const papers = {
    [`${folder}.cdx.json`]: billOfMaterials(release, parts, archives),
    '.krew.yaml': krewManifest(release, portable, archives[portable]!, folder),
  };
  const files = { ...archives, ...papers };
  const all = { ...files, SHA256SUMS: checksums(files) };
  return Object.fromEntries(Object.entries(all).map(([file, content]) => [file, Buffer.from(content)]));
}

/** Writes the files of a release into an empty folder. */
export function writeRelease(root: string, out: string): readonly string[] {
  const files = pack(root);
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(out))
    if (/^(kubectl-tlsgw-.*|\.krew\.yaml|SHA256SUMS)$/.test(name)) rmSync(join(out, name));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(out, name), content);
  return Object.entries(files).map(([name, content]) => `${name} ${Math.ceil(content.length / 1024)} KB`);
}

if (process.argv[1]?.endsWith('tools/release-pack.ts')) {
  const root = process.cwd();
  const at = process.argv.indexOf('--out');
  const out = resolve(at === -1 ? 'release' : (process.argv[at + 1] ?? 'release'));
  execFileSync(process.execPath, ['tools/build.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  console.log([`in ${out}:`, ...writeRelease(root, out)].join('\n  '));
}
