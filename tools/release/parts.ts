/** The packages inside the bundle, and whether their licences allow that. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One bundled package. */
export interface Part {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author: string;
  /** Files of dist/ that hold code of it. */
  readonly files: readonly string[];
  /** What its licence and notice files say, in order of their names. */
  readonly texts: readonly string[];
}

const allowed = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
]);

/** Whether an SPDX expression can be met with permissive licences: one side of OR, both of AND. */
export function isAllowed(expression: string): boolean {
  const inner = expression.trim().replace(/^\(([^()]*)\)$/, '$1');
  if (/[()]/.test(inner)) return false;
  return inner.split(/ OR /).some((choice) => choice.split(/ AND /).every((id) => allowed.has(id.trim())));
}

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type?: string };
  readonly author?: string | { readonly name?: string };
}

function readPart(root: string, folder: string, files: readonly string[]): Part {
  const json = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as PackageJson;
  const license = typeof json.license === 'string' ? json.license : (json.license?.type ?? '');
  const author = typeof json.author === 'string' ? json.author : (json.author?.name ?? '');
  const texts = readdirSync(join(root, folder))
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name) && !/\.(c|m)?[jt]s$/.test(name))
    .sort()
    .map((name) =>
      readFileSync(join(root, folder, name), 'utf8')
        .replaceAll('\r\n', '\n')
        .trim(),
    );
  return { name: json.name, version: json.version, license, author, files, texts };
}

/** Reads dist/packages.json and the packages that it names; one part per name and version, sorted. */
export function bundledParts(root: string): Part[] {
  const listed = JSON.parse(readFileSync(join(root, 'dist', 'packages.json'), 'utf8')) as Record<string, string[]>;
  const filesOf = new Map<string, string[]>();
  for (const [file, folders] of Object.entries(listed)) {
    for (const folder of folders) filesOf.set(folder, [...(filesOf.get(folder) ?? []), file]);
  }
  const parts = new Map<string, Part>();
  for (const [folder, files] of filesOf) {
    const part = readPart(root, folder, files);
    const key = `${part.name}@${part.version}`;
    const same = parts.get(key);
    parts.set(key, same ? { ...same, files: [...new Set([...same.files, ...files])] } : part);
  }
  return [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

/** Throws with the names of all packages that must not be in the bundle. */
export function checkLicences(parts: readonly Part[]): void {
  const refused = parts.filter(({ license }) => !isAllowed(license));
  if (refused.length === 0) return;
  const list = refused.map(({ name, version, license }) => `${name}@${version} (${license || 'no licence'})`);
  throw new Error(`licences that the bundle must not hold: ${list.join(', ')}`);
}
