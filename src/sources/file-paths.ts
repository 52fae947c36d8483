import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { InputProblem } from '../model/document.ts';
import { closest, tolerance } from '../model/schema/distance.ts';
import { ENDLESS } from './bounded-file.ts';
import { isDirectory, isGlob, matchGlob } from './globs.ts';

/** A file to read: as the user named it, and where it is. */
export interface InputFile {
  readonly name: string;
  readonly path: string;
}

/** Standard input, named `-` by the user; every other path is absolute. */
export const STDIN: InputFile = { name: '<stdin>', path: '-' };

/** What paths lead to. */
export interface InputFiles {
  readonly files: readonly InputFile[];
  readonly problems: readonly InputProblem[];
  /** Directories that hold a kustomization, as the user named them. */
  readonly kustomizations: readonly string[];
  /** Directories that are Helm charts. */
  readonly charts: readonly string[];
}

/** A problem with a path as a whole. */
export const pathProblem = (file: string, message: string, hint = ''): InputProblem => {
  return { file, line: null, column: null, message, hint, excerpt: null };
};

const MISSING = 'no such file or directory';

/** Says why the system refused to read something. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return MISSING;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ELOOP') return 'a symbolic link that leads to itself';
  if (code === ENDLESS) return 'a device, which has no end; expected a file, a directory or a pipe';
  if (code === 'ERR_STRING_TOO_LONG' || code === 'ERR_FS_FILE_TOO_LARGE') return 'larger than 512 MB';
  return `cannot be read (${code === '' ? String(error) : code})`;
}

/** Returns the text as one word of a shell command. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const READ = /\.(?:ya?ml|json)$/i;
const KUSTOMIZATION = /^(?:kustomization\.ya?ml|Kustomization)$/;
const CHART_FILES = /^(?:Chart\.ya?ml|values.*\.ya?ml)$/;

/** Why a path leads to nothing that can be read, or null. */
export function refusal(path: string): string | null {
  try {
    statSync(path);
    return null;
  } catch (error) {
    const reason = reasonOf(error);
    return reason === MISSING && isLink(path) ? 'a symbolic link that leads nowhere' : reason;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** True for what must not be opened because it happens to lie in a directory: a pipe would wait for a writer for ever. */
function isNoFile(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return !entry.isFile();
  try {
    return !statSync(path).isFile();
  } catch {
    return false;
  }
}

/** True for directories that hold no input of their own: hidden ones (`.git`, `.terraform`) and installed packages. */
const isLeftOut = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

/** Names the existing path that was probably meant, or null. */
function nearestPath(named: string, cwd: string): string | null {
  const parts = named.split('/');
  for (let i = 0; i < parts.length; i++) {
    const above = parts.slice(0, i).join('/') || (named.startsWith('/') ? '/' : '.');
    const part = parts[i]!;
    if (part === '' || refusal(resolve(cwd, above, part)) === null) continue;
    const names = namesIn(resolve(cwd, above)).filter((name) => !name.startsWith('.') || part.startsWith('.'));
    const near = closest(part, names, tolerance(part));
    if (near === null) return null;
    const path = [...parts.slice(0, i), near, ...parts.slice(i + 1)].join('/');
    return refusal(resolve(cwd, path)) === null ? path : [...parts.slice(0, i), near].join('/');
  }
  return null;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** The real path, so that one file is read once whatever leads to it; pipes (`<(command)`) have none. */
function identityOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Returns the files that paths, directories and globs lead to, in the order of the arguments and ascending within them;
 * each file once. What leads nowhere becomes a problem.
 */
export function findFiles(paths: readonly string[], cwd: string, recursive: boolean): InputFiles {
  const files = new Map<string, InputFile>();
  const problems: InputProblem[] = [];
  const kustomizations: string[] = [];
  const charts: string[] = [];
  const add = (name: string, path: string): void => {
    const identity = identityOf(path);
    if (!files.has(identity)) files.set(identity, { name, path });
  };

  /** Reads a directory as `kubectl apply -f` does: no links to directories. Returns whether it holds any input. */
  const addDirectory = (shown: string, directory: string): boolean => {
    let entries: Dirent[];
    try {
      entries = readdirSync(directory, { withFileTypes: true });
    } catch (error) {
      problems.push(pathProblem(shown, reasonOf(error)));
      return true;
    }
    const names = entries.map((entry) => entry.name);
    const chart = names.includes('Chart.yaml') && names.includes('templates');
    if (chart) charts.push(shown);
    if (names.some((name) => KUSTOMIZATION.test(name))) kustomizations.push(shown);
    let holdsInput = false;
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const { name } = entry;
      const path = resolve(directory, name);
      const below = shown === '.' ? name : `${shown.replace(/\/+$/, '')}/${name}`;
      if (entry.isDirectory()) {
        if (recursive && !isLeftOut(name)) holdsInput = addDirectory(below, path) || holdsInput;
      } else if (READ.test(name) && !name.startsWith('.') && !KUSTOMIZATION.test(name)) {
        if ((chart && CHART_FILES.test(name)) || isNoFile(entry, path)) continue;
        holdsInput = true;
        add(below, path);
      }
    }
    return holdsInput;
  };
  const addExisting = (name: string): void => {
    const path = resolve(cwd, name);
    if (!isDirectory(path)) add(name, path);
    else if (!addDirectory(name, path)) {
      const hint = recursive ? '' : 'its directories are left out by --recursive=false';
      problems.push(pathProblem(name, 'this directory holds no .yaml, .yml or .json file', hint));
    }
  };
  const addGlob = (pattern: string): void => {
    // `dir/*` means the inputs in it, as naming the directory would; `dir/*.txt` means just these.
    const anyFile = (pattern.split('/').at(-1) ?? '').includes('.');
    const matches = matchGlob(pattern, cwd).filter((p) => anyFile || READ.test(p) || isDirectory(resolve(cwd, p)));
    for (const match of matches) addExisting(match);
    if (matches.length === 0)
      problems.push(pathProblem(pattern, 'this pattern matches no file', suggestion(globRoot(pattern))));
  };
  const suggestion = (name: string): string => {
    const near = nearestPath(name, cwd);
    return near === null ? '' : `did you mean ${near}?`;
  };

  for (const name of paths) {
    if (name === STDIN.path) {
      files.set(name, STDIN);
      continue;
    }
    if (name === '') {
      problems.push(pathProblem("''", 'this path is empty', 'is it a variable of the shell that is not set?'));
      continue;
    }
    const refused = refusal(resolve(cwd, name));
    if (refused === null) addExisting(name);
    else if (isGlob(name)) addGlob(name);
    else problems.push(pathProblem(name, refused, refused === MISSING ? suggestion(name) : ''));
  }
  return { files: [...files.values()], problems, kustomizations, charts };
}

/** The part of a glob that is no pattern: its misspelling is the likeliest reason for no match. */
function globRoot(pattern: string): string {
  let root = pattern;
  while (isGlob(root)) root = dirname(root);
  return root;
}
