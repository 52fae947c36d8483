import { isUtf8 } from 'node:buffer';
import type { Documents, InputProblem, RawDocument } from '../model/document.ts';
import { readBounded } from './bounded-file.ts';
import { findFiles, type InputFile, pathProblem, reasonOf, refusal, STDIN, shellWord } from './file-paths.ts';
import { parseText } from './yaml.ts';
import type { ParseOptions } from './yaml-documents.ts';

export interface FileOptions extends ParseOptions {
  /** What relative paths start from. */
  readonly cwd: string;
  /** Reads directories with all below them; default true. */
  readonly recursive?: boolean;
  /** Returns the text of standard input, for the path `-`. */
  readonly stdin?: () => Promise<string>;
}

export interface FileDocuments extends Documents {
  /** Objects that were left out because their kind is not wanted. */
  readonly skipped: number;
}

/** Reads a file as text; a problem says why it cannot. */
function textOf({ name, path }: InputFile): string | InputProblem {
  try {
    const bytes = readBounded(path);
    const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
    if (mark === 0xfeff || mark === 0xfffe) {
      return pathProblem(name, 'this is UTF-16; expected UTF-8', `iconv -f UTF-16 -t UTF-8 ${shellWord(name)}`);
    }
    if (!isUtf8(bytes)) {
      return pathProblem(name, 'this is no UTF-8 text', `iconv -f LATIN1 -t UTF-8 ${shellWord(name)}`);
    }
    return bytes.toString('utf8');
  } catch (error) {
    return pathProblem(name, refusal(path) ?? reasonOf(error));
  }
}

/** `a, b and 3 more`. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function kustomizationNotes(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const [verb, it, which] = names.length === 1 ? ['holds', 'it', shellWord(names[0]!)] : ['hold', 'one', 'DIR'];
  return [`${some(names)} ${verb} a kustomization: read here as plain files; \`-k ${which}\` renders ${it}`];
}

function chartNotes(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const [is, which] = names.length === 1 ? ['is a Helm chart', shellWord(names[0]!)] : ['are Helm charts', 'CHART'];
  return [`${some(names)} ${is}: read here as plain files; helm template ${which} | kubectl tlsgw lint -`];
}

/** A repository may hold hundreds of YAML files that are none of ours. */
const MOST_NOTES = 5;

function shortened(notes: readonly string[]): string[] {
  const more = notes.length - MOST_NOTES;
  return more <= 1
    ? [...notes]
    : [...notes.slice(0, MOST_NOTES), `${more} more documents are no Kubernetes objects, left out`];
}

const isUrl = (path: string): boolean => /^https?:\/\//i.test(path);

/**
 * Reads files, directories, globs and standard input (`-`) into objects. What cannot be read becomes a problem and the
 * rest is read all the same; so does an input without any object, since a wrong path must not look like a clean one.
 * Rejects only with bugs of ours and with what `stdin` rejects with.
 */
export async function readFiles(paths: readonly string[], options: FileOptions): Promise<FileDocuments> {
  const documents: RawDocument[] = [];
  const problems: InputProblem[] = [];
  const files: string[] = [];
  const notes: string[] = [];
  let skipped = 0;
  const parse = (text: string, name: string): void => {
    const parsed = parseText(text, name, options);
    files.push(name);
    for (const document of parsed.documents) documents.push(document);
    for (const problem of parsed.problems) problems.push(problem);
    for (const note of parsed.notes) notes.push(note);
    skipped += parsed.skipped;
  };

  for (const url of paths.filter(isUrl)) {
    problems.push(pathProblem(url, 'URLs are not read', `curl -fsSL ${shellWord(url)} | kubectl tlsgw lint -`));
  }
  const local = paths.filter((path) => !isUrl(path));
  const found = findFiles(local, options.cwd, options.recursive ?? true);
  problems.push(...found.problems);
  for (const file of found.files) {
    const text = file === STDIN ? await options.stdin?.() : textOf(file);
    if (text === undefined) problems.push(pathProblem(file.name, 'there is no standard input to read'));
    else if (typeof text === 'string') parse(text, file.name);
    else problems.push(text);
  }

  if (documents.length === 0 && skipped === 0 && problems.length === 0) {
    const message = `no Kubernetes object in ${files.length === 1 ? 'this file' : `these ${files.length} files`}`;
    // A note that says why must not say it twice.
    const hint = files.includes(STDIN.name) ? 'did the command before the pipe print anything?' : (notes.shift() ?? '');
    problems.push(pathProblem(some(files), message, hint));
  }
  const hints = [...kustomizationNotes(found.kustomizations), ...chartNotes(found.charts)];
  return { documents, problems, files, notes: [...hints, ...shortened(notes)], skipped };
}
