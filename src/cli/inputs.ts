import type { Origin } from '../model/resource.ts';
import { type FileDocuments, readFiles } from '../sources/files.ts';
import { renderKustomization } from '../sources/kustomize.ts';
import { parseText } from '../sources/yaml.ts';
import { InputError } from './errors.ts';
import { wanted } from './kinds.ts';
import { standardInput } from './standard-input.ts';

/** The flags that name what is read. */
export interface PathFlags {
  readonly recursive: boolean;
  readonly kustomize?: readonly string[] | undefined;
  readonly with?: string | undefined;
}

/** Everything that was read; `background` holds what came by --with and is not itself judged. */
export interface Inputs {
  readonly documents: FileDocuments;
  /** null without --with. */
  readonly background: ReadonlySet<Origin> | null;
}

const nothing: FileDocuments = { documents: [], problems: [], files: [], notes: [], skipped: 0 };

/** Two inputs as one. */
export const joinDocuments = (a: FileDocuments, b: FileDocuments): FileDocuments => ({
  documents: [...a.documents, ...b.documents],
  problems: [...a.problems, ...b.problems],
  files: [...a.files, ...b.files],
  notes: [...a.notes, ...b.notes],
  skipped: a.skipped + b.skipped,
});

/** Renders a kustomization and reads the result; positions are those of the rendered text. */
async function readKustomization(directory: string, cwd: string): Promise<FileDocuments> {
  const rendered = await renderKustomization(directory, cwd);
  const name = `${directory} (kustomized)`;
  if ('problem' in rendered) {
    throw new InputError(`${directory}: ${rendered.problem}`, `kubectl kustomize ${directory} shows it all`);
  }
  return { ...parseText(rendered.text, name, { wanted }), files: [name] };
}

const identity = (body: Readonly<Record<string, unknown>>): string => {
  const meta = (body['metadata'] ?? {}) as { namespace?: unknown; name?: unknown };
  const group = String(body['apiVersion'] ?? '').replace(/\/?[^/]*$/, '');
  return `${group}/${String(body['kind'])}/${String(meta.namespace ?? '')}/${String(meta.name)}`;
};

/** Reads paths, kustomizations and the background; an input object stands for the one of the same name behind it. */
export async function readInputs(paths: readonly string[], flags: PathFlags, cwd: string): Promise<Inputs> {
  const read = (some: readonly string[]) =>
    readFiles(some, { recursive: flags.recursive, cwd, stdin: standardInput, wanted });
  let input = paths.length > 0 ? await read(paths) : nothing;
  for (const directory of flags.kustomize ?? []) input = joinDocuments(input, await readKustomization(directory, cwd));
  if (flags.with === undefined) return { documents: input, background: null };
  const behind = await read([flags.with]);
  const replaced = new Set(input.documents.map((d) => identity(d.body)));
  const documents = behind.documents.filter((d) => !replaced.has(identity(d.body)));
  return {
    documents: joinDocuments({ ...behind, documents }, input),
    background: new Set(documents.map((d) => d.origin)),
  };
}
