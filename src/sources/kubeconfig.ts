import { readFileSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { AccessError } from './access-error.ts';
import { parseValue } from './yaml.ts';

/** A mapping of a kubeconfig as written. */
export type Entry = Readonly<Record<string, unknown>>;

/** One or several kubeconfig files as kubectl merges them; paths in it are absolute. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  /** The files that were read. */
  readonly files: readonly string[];
}

/** Where kubectl looks for its configuration. */
export interface KubeconfigPlaces {
  /** --kubeconfig; the only file then, and it must exist. */
  readonly explicit: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Folder of a pod's service account, when it is not where the kubelet puts it. */
  readonly serviceAccount?: string;
}

export const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields that hold paths, relative to their file. */
const clusterPaths = ['certificate-authority'];
const userPaths = ['client-certificate', 'client-key', 'tokenFile'];

function absolutePaths(entry: Entry, fields: readonly string[], folder: string): Entry {
  const result: Record<string, unknown> = { ...entry };
  for (const field of fields) {
    const path = entry[field];
    if (typeof path === 'string' && path !== '' && !isAbsolute(path)) result[field] = join(folder, path);
  }
  return result;
}

/** A plugin named by a relative path lies beside its file; a bare name is looked up in PATH. */
function absoluteCommand(user: Entry, folder: string): Entry {
  const exec = user['exec'];
  if (!isEntry(exec)) return user;
  const command = exec['command'];
  if (typeof command !== 'string' || isAbsolute(command) || !/[\\/]/.test(command)) return user;
  return { ...user, exec: { ...exec, command: join(folder, command) } };
}

/** Lists of `{name, <field>: {...}}` by name; of the same name in one file the last one counts, as in kubectl. */
function named(value: unknown, field: string, change: (entry: Entry) => Entry): Map<string, Entry> {
  const result = new Map<string, Entry>();
  for (const item of Array.isArray(value) ? value : []) {
    if (!isEntry(item) || typeof item['name'] !== 'string') continue;
    const entry = item[field];
    result.set(item['name'], change(isEntry(entry) ? entry : {}));
  }
  return result;
}

function readOne(path: string): Kubeconfig | 'missing' {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    throw new AccessError(
      `the kubeconfig ${path} cannot be read: ${code === 'EACCES' ? 'permission denied' : (code ?? 'unknown reason')}`,
    );
  }
  let body: unknown;
  try {
    body = parseValue(text);
  } catch {
    // Never the parser's own words: they may quote a token.
    throw new AccessError(`the kubeconfig ${path} is no YAML`, `kubectl config view --kubeconfig ${path}`);
  }
  const config = isEntry(body) ? body : {};
  const folder = dirname(resolve(path));
  return {
    currentContext: typeof config['current-context'] === 'string' ? config['current-context'] : '',
    contexts: named(config['contexts'], 'context', (entry) => entry),
    clusters: named(config['clusters'], 'cluster', (entry) => absolutePaths(entry, clusterPaths, folder)),
    users: named(config['users'], 'user', (entry) => absoluteCommand(absolutePaths(entry, userPaths, folder), folder)),
    files: [path],
  };
}

function pathsOf({ explicit, env, cwd }: KubeconfigPlaces): string[] {
  if (explicit !== undefined && explicit !== '') return [resolve(cwd, explicit)];
  const list = env['KUBECONFIG'] ?? '';
  if (list !== '') return [...new Set(list.split(delimiter).filter((path) => path !== ''))].map((p) => resolve(cwd, p));
  const home = env['HOME'] || env['USERPROFILE'] || '';
  return home === '' ? [] : [join(home, '.kube', 'config')];
}

/**
 * Reads the kubeconfig as kubectl does: --kubeconfig alone, else the files of KUBECONFIG (missing ones ignored; of a name
 * that several define, and of current-context, the first file's counts), else ~/.kube/config.
 */
export function readKubeconfig(places: KubeconfigPlaces): Kubeconfig {
  const all: Kubeconfig[] = [];
  for (const path of pathsOf(places)) {
    const one = readOne(path);
    if (one !== 'missing') all.push(one);
    else if (places.explicit) throw new AccessError(`there is no kubeconfig ${places.explicit}`);
  }
  const firstOf = (pick: (config: Kubeconfig) => ReadonlyMap<string, Entry>): Map<string, Entry> =>
    new Map(all.toReversed().flatMap((config) => [...pick(config)]));
  return {
    currentContext: all.find((config) => config.currentContext !== '')?.currentContext ?? '',
    contexts: firstOf((config) => config.contexts),
    clusters: firstOf((config) => config.clusters),
    users: firstOf((config) => config.users),
    files: all.flatMap((config) => config.files),
  };
}
