import type { InputProblem, RawDocument } from '../model/document.ts';
import type { Path } from '../model/location.ts';
import { sourceText } from './source-text.ts';
import { isMapping, type Mapping } from './yaml-dialect.ts';
import { explain, templateIn, YamlSyntaxError } from './yaml-errors.ts';
import { absurdExpansion, DEEPEST, isDeeper } from './yaml-expansion.ts';
import { originsOf } from './yaml-origins.ts';
import type { PositionNode } from './yaml-positions.ts';
import { mayHoldSecret } from './yaml-secrets.ts';
import { kindAtStart, type Part, sniffKind, splitDocuments, splitJson } from './yaml-split.ts';

/** What is needed of a YAML library. All three throw nothing but YamlSyntaxError. */
export interface YamlLibrary {
  /** The documents of a text, in order, empty ones as null. */
  loadAll(text: string): unknown[];
  /** The same for the text of one document, read as leniently as kubectl does. */
  load(source: string): unknown[];
  /** Where the nodes of the first document stand, or null when it cannot be read. */
  positions(source: string): PositionNode | null;
}

export interface ParseOptions {
  /** Tells which kinds are needed; documents of other kinds are only counted, most of them without being parsed. */
  readonly wanted?: (kind: string) => boolean;
}

export interface Parsed {
  readonly documents: readonly RawDocument[];
  readonly problems: readonly InputProblem[];
  /** Objects that were left out because their kind is not wanted, and empty lists of objects. */
  readonly skipped: number;
  /** What else was left out, one line each. */
  readonly notes: readonly string[];
}

/** js-yaml is fastest with some documents at once, and an error costs only the chunk a second pass (design.md 5). */
const CHUNK = 50;

function parseJson(source: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(source) };
  } catch {
    return null;
  }
}

/** A document, or what it holds where it is JSON: one value, or several without a marker between. */
function piecesOf(text: string, part: Part, values: Map<Part, unknown>): readonly Part[] {
  const first = text[part.content];
  if (first !== '{' && first !== '[') return [part];
  const read = (piece: Part): Part => {
    const json = parseJson(text.slice(piece.content, piece.end));
    if (!json) return piece;
    const known = { ...piece, json: true };
    values.set(known, json.value);
    return known;
  };
  const whole = read(part);
  if (whole.json) return [whole];
  const pieces = splitJson(text, part).map(read);
  return pieces.length > 1 && pieces[0]!.json ? pieces : [whole];
}

/**
 * Groups what can be read in one go: documents that begin with their own `---`. Groups grow from 2 to CHUNK: V8 decides from
 * the first objects that are made in one place whether later ones are to be allocated as long-lived, and with small groups
 * it sees the parser's events die young.
 */
function runsOf(parts: readonly Part[]): Part[][] {
  const runs: Part[][] = [];
  let open: Part[] | null = null;
  let most = 2;
  for (const part of parts) {
    const { json, directives, start, content } = part;
    if (json || directives || (start === content && start > 0)) {
      runs.push([part]);
      open = null;
    } else if (open && open.length < most) open.push(part);
    else {
      if (open) most = Math.min(2 * most, CHUNK);
      open = [part];
      runs.push(open);
    }
  }
  return runs;
}

const describe = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : typeof value === 'string' ? 'text' : `a ${typeof value}`;

const NOTHING: Mapping = {};

const ROOT: Path = [];

const isTemplated = (value: unknown): boolean => typeof value === 'string' && value.includes('{{');

/** Reads a text into objects; see parseText in yaml.ts, which brings the library. */
export function readDocuments(text: string, file: string, library: YamlLibrary, options: ParseOptions): Parsed {
  const documents: RawDocument[] = [];
  const problems: InputProblem[] = [];
  const notes: string[] = [];
  let skipped = 0;
  let templated = false;
  const source = sourceText(text, file);
  if (text.includes('\0')) {
    const message = 'this is no UTF-8 text: it contains NUL characters (a binary file, or UTF-16?)';
    problems.push({ file, line: null, column: null, message, hint: utf16Hint(file), excerpt: null });
    return { documents, problems, skipped, notes };
  }
  const mayAlias = text.includes('&');
  const { parts: split, ignored } = splitDocuments(text);
  /** What JSON.parse has read already. */
  const values = new Map<Part, unknown>();
  const parts = split.flatMap((part) => piecesOf(text, part, values));
  const origins = originsOf(source, parts, library.positions);
  const textOf = ({ start, end }: Part): string => text.slice(start, end);

  const refuse = (part: Part, offset: number, message: string, hint: string): void => {
    const { line, column } = source.locationOf(offset);
    problems.push({ file, line, column, message, hint, excerpt: origins.excerpt(part, offset) });
  };
  const refuseTemplate = (part: Part, quoted: boolean): boolean => {
    const template = templateIn(textOf(part), quoted);
    if (!template) return false;
    const message = `this is a template that has not been rendered: \`${template.mark}\` is not YAML`;
    // A template is a matter of the file: its other documents would only repeat it.
    if (!templated) refuse(part, part.start + template.at, message, template.hint);
    templated = true;
    return true;
  };
  const note = (part: Part, path: Path, what: string): void => {
    notes.push(`${file}:${origins.locate(part, path).line}: ${what}`);
  };

  const addObject = (part: Part, path: Path, body: Mapping): void => {
    const { kind, apiVersion, metadata } = body;
    const { name, namespace } = isMapping(metadata) ? metadata : NOTHING;
    if ((isTemplated(kind) || isTemplated(name) || isTemplated(namespace)) && refuseTemplate(part, true)) return;
    if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
      const lacks = Object.entries({ kind, apiVersion }).filter(([, value]) => typeof value !== 'string');
      note(part, path, `no Kubernetes object (it has no ${lacks.map(([field]) => field).join(' and no ')}), left out`);
    } else if (options.wanted && !options.wanted(kind)) skipped++;
    else documents.push({ body, origin: origins.of(part, path) });
  };
  const add = (part: Part, path: Path, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (!isMapping(value)) {
      note(part, path, `no Kubernetes object but ${describe(value)}, left out`);
      return;
    }
    const { kind, apiVersion, items } = value;
    if (typeof kind !== 'string' || !kind.endsWith('List') || !(Array.isArray(items) || items === null)) {
      addObject(part, path, value);
      return;
    }
    const objects: readonly unknown[] = items ?? [];
    if (objects.length === 0) skipped++;
    for (const [i, item] of objects.entries()) {
      // As kubectl does: what a typed list says once need not be said by its items.
      const bare = isMapping(item) && item.kind === undefined && item.apiVersion === undefined && kind !== 'List';
      add(part, [...path, 'items', i], bare ? { apiVersion, kind: kind.slice(0, -'List'.length), ...item } : item);
    }
  };
  const accept = (part: Part, value: unknown): void => {
    const deep = part.json && isDeeper(value, DEEPEST) ? `nested more than ${DEEPEST} levels deep` : null;
    const absurd = deep ?? (mayAlias && textOf(part).includes('&') ? absurdExpansion(value) : null);
    if (absurd === null) add(part, ROOT, value);
    else refuse(part, part.content, `this document is refused: ${absurd}`, '');
  };
  const loadAlone = (part: Part): void => {
    try {
      accept(part, part.json ? values.get(part) : library.load(textOf(part))[0]);
    } catch (error) {
      if (!(error instanceof YamlSyntaxError)) throw error;
      if (refuseTemplate(part, false)) return;
      const { message, hint, offset } = explain(textOf(part), error, mayHoldSecret(textOf(part)));
      refuse(part, part.start + offset, message, hint);
    }
  };
  /** A piece of the text where nothing was left out: strings of V8 that are parts of it need no copy of it. */
  const textOfAll = (run: readonly Part[]): string => {
    const isWhole = run.every((part, i) => i === 0 || part.start === run[i - 1]!.end);
    return isWhole ? text.slice(run[0]!.start, run.at(-1)!.end) : run.map(textOf).join('');
  };
  const loadTogether = (run: readonly Part[]): unknown[] | null => {
    try {
      const loaded = library.loadAll(textOfAll(run));
      return loaded.length === run.length ? loaded : null;
    } catch {
      return null;
    }
  };

  const { wanted } = options;
  const needed = parts.filter((part) => {
    const first = wanted ? kindAtStart(text, part) : null;
    if (!wanted || (first !== null && wanted(first))) return true;
    const kind = sniffKind(textOf(part), text[part.content] ?? '');
    return kind === null || wanted(kind);
  });
  skipped += parts.length - needed.length;
  for (const run of runsOf(needed)) {
    const loaded = run.length > 1 ? loadTogether(run) : null;
    for (const [i, part] of run.entries()) {
      if (loaded) accept(part, loaded[i]);
      else loadAlone(part);
    }
  }
  for (const at of ignored) {
    const { line } = source.locationOf(at);
    notes.push(`${file}:${line}: kubectl ignores what follows \`...\` without a \`---\` line, left out`);
  }
  return { documents, problems, skipped, notes };
}

const utf16Hint = (file: string): string =>
  /^[\w./-]+$/.test(file) ? `iconv -f UTF-16 -t UTF-8 ${file}` : 'iconv -f UTF-16 -t UTF-8';
