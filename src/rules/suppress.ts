import type { ClusterView } from '../model/cluster-view.ts';
import type { Location } from '../model/location.ts';
import { append } from '../model/once.ts';
import { type AnyResource, type Place, resourceText } from '../model/resource.ts';
import { distance, nearest } from './facts/nearest.ts';
import type { UnusedIgnore } from './rule.ts';

/** One entry of `ignores` in `.tlsgw.yaml`. */
export interface ConfigIgnore {
  readonly rule: string;
  /** Glob (`*` and `?`) over `Kind namespace/name`, or over `namespace/name`; left out: every object. */
  readonly resource?: string;
  readonly reason: string;
  /** Where it stands, for the report when it silences nothing. */
  readonly location: Location;
}

/** Why a finding is not reported. */
export interface Silenced {
  readonly reason: string;
  readonly by: 'inline' | 'annotation' | 'config';
}

/** All ignores of one run; remembers which of them silenced something. */
export interface Ignores {
  /** `locate` is asked only where a comment may stand. */
  silence(rule: string, primary: AnyResource, locate: () => Location | null): Silenced | null;
  /** What had no effect, among the ignores of rules that ran and of ids that no rule has. */
  unused(ran: ReadonlySet<string>): UnusedIgnore[];
}

/** The annotation that silences findings about its object: `rule-id[, rule-id] [reason]`. */
const ignoreAnnotation = 'tlsgw/ignore';

/** One rule id of one ignore. */
interface Entry {
  readonly rule: string;
  readonly reason: string;
  readonly by: Silenced['by'];
  readonly at: Place;
  used: boolean;
}

const comment = /#\s*tlsgw:\s*ignore(?:\[([^\]]*)\])?[ \t]*(.*?)\s*$/;

const idsIn = (list: string): string[] => {
  const ids = list
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  return ids.length > 0 ? ids : [''];
};

/** Reads the ignores of one line: null when there is none; an ignore without ids names the rule ''. */
export function parseIgnoreComment(
  line: string,
): { readonly rules: readonly string[]; readonly reason: string } | null {
  const match = comment.exec(line);
  return match ? { rules: idsIn(match[1] ?? ''), reason: match[2] ?? '' } : null;
}

/** Reads the value of the annotation: ids separated by commas, then an optional reason. */
export function parseIgnoreAnnotation(value: string): { readonly rules: readonly string[]; readonly reason: string } {
  const match = /^\s*((?:[\w-]+\s*,\s*)*[\w-]+)\s*:?\s*(.*?)\s*$/s.exec(value);
  return match ? { rules: idsIn(match[1] ?? ''), reason: match[2] ?? '' } : { rules: [''], reason: value.trim() };
}

/** Collects the ignores in the text and annotations of the input and in the configuration. */
export function collectIgnores(
  view: ClusterView,
  config: readonly ConfigIgnore[],
  known: ReadonlySet<string>,
): Ignores {
  const firstOf = new Map<string, AnyResource>();
  const annotated = new Map<AnyResource, readonly Entry[]>();
  for (const list of view.others.values()) {
    for (const resource of list) {
      const { file } = resource.origin;
      if (file !== null && !firstOf.has(file)) firstOf.set(file, resource);
      const value = resource.meta.annotations[ignoreAnnotation];
      if (value !== undefined) annotated.set(resource, annotationEntries(resource, value));
    }
  }
  const inline = inlineIgnores(firstOf, view);
  const configured = config.map((ignore) => ({
    ignore,
    matches: globOf(ignore.resource ?? '*'),
    entry: configEntry(ignore),
  }));

  const isEmpty = inline.all.length === 0 && annotated.size === 0 && configured.length === 0;

  const use = (entries: readonly Entry[], rule: string): Silenced | null => {
    const hits = entries.filter((e) => e.rule === rule);
    for (const hit of hits) hit.used = true;
    const first = hits[0];
    return first ? { reason: first.reason, by: first.by } : null;
  };
  return {
    silence(rule, primary, locate) {
      if (isEmpty) return null;
      const location = inline.isIn(primary) ? locate() : null;
      // Every ignore that would do it counts as used: none of them is to be reported.
      const results = [
        location ? use(inline.forLine(location), rule) : null,
        use(annotated.get(primary) ?? [], rule),
        use(
          configured.filter((c) => c.matches(primary)).map((c) => c.entry),
          rule,
        ),
      ];
      return results.find((r) => r !== null) ?? null;
    },
    unused(ran) {
      const entries = [...inline.all, ...[...annotated.values()].flat(), ...configured.map((c) => c.entry)];
      return entries
        .filter((e) => !e.used && e.rule !== 'unused-ignore' && (ran.has(e.rule) || !known.has(e.rule)))
        .map(({ at, by, rule }) => {
          const close = known.has(rule) ? null : nearest(rule, [...known], (id) => id);
          const isClose = close !== null && distance(rule, close) <= Math.ceil(rule.length / 3);
          return { at, by, rule, known: known.has(rule), nearest: isClose ? close : null };
        });
    },
  };
}

function annotationEntries(resource: AnyResource, value: string): Entry[] {
  const at: Place = { resource, path: ['metadata', 'annotations', ignoreAnnotation] };
  const { rules, reason } = parseIgnoreAnnotation(value);
  return rules.map((rule) => ({ rule, reason, by: 'annotation', at, used: false }));
}

interface InlineIgnores {
  readonly all: readonly Entry[];
  /** Tells whether the file of an object has any. */
  isIn(resource: AnyResource): boolean;
  forLine(location: Location): readonly Entry[];
}

/** Finds the comments, given an object of each file; a file without any costs one search. */
function inlineIgnores(firstOf: ReadonlyMap<string, AnyResource>, view: ClusterView): InlineIgnores {
  const linesOf = new Map<string, readonly IgnoreLine[]>();
  for (const [file, resource] of firstOf) {
    const lines = ignoreLines(resource);
    if (lines.length > 0) linesOf.set(file, lines);
  }
  const inFiles = new Map<string, AnyResource[]>();
  for (const resource of linesOf.size > 0 ? [...view.others.values()].flat() : []) {
    const { file } = resource.origin;
    if (file !== null && linesOf.has(file)) append(inFiles, file, resource);
  }
  const byLine = new Map<string, Map<number, Entry[]>>();
  for (const [file, inFile] of inFiles) {
    // The object that a comment belongs to is the last one that starts above it.
    const starts = inFile
      .map((resource) => ({ resource, line: resource.origin.locate([])?.line ?? 0 }))
      .sort((a, b) => a.line - b.line);
    const entries = new Map<number, Entry[]>();
    let last = 0;
    for (const { number, column, rules, reason } of linesOf.get(file)!) {
      while (last + 1 < starts.length && starts[last + 1]!.line <= number) last++;
      const owner = starts[last]!.resource;
      const at = placeOf(owner, { file, line: number, column });
      entries.set(
        number,
        rules.map((rule) => ({ rule, reason, by: 'inline', at, used: false })),
      );
    }
    byLine.set(file, entries);
  }
  return {
    all: [...byLine.values()].flatMap((lines) => [...lines.values()].flat()),
    isIn: ({ origin }) => origin.file !== null && byLine.has(origin.file),
    forLine({ file, line }) {
      const lines = byLine.get(file);
      if (!lines) return [];
      const found = [...(lines.get(line) ?? [])];
      // Above the line only comments that stand alone: one behind a value speaks of that value.
      for (let above = line - 1; /^\s*#/.test(firstOf.get(file)?.origin.line(above) ?? ''); above--) {
        found.push(...(lines.get(above) ?? []));
      }
      return found;
    },
  };
}

interface IgnoreLine {
  readonly number: number;
  readonly column: number;
  readonly rules: readonly string[];
  readonly reason: string;
}

const MARK = 'tlsgw:';

function* numbersOf({ origin }: AnyResource): Generator<number> {
  const known = origin.linesWith?.(MARK);
  if (known) yield* known;
  else for (let number = 1; origin.line(number) !== null; number++) yield number;
}

function ignoreLines(resource: AnyResource): IgnoreLine[] {
  const found: IgnoreLine[] = [];
  for (const number of numbersOf(resource)) {
    // As it may be shown: what stands in a Secret's values is no comment.
    const line = resource.origin.line(number) ?? '';
    const parsed = line.includes(MARK) ? parseIgnoreComment(line) : null;
    if (parsed) found.push({ number, column: line.search(comment) + 1, ...parsed });
  }
  return found;
}

/** A place in a text that is no part of the object: the object with an origin that leads there. */
const placeOf = (resource: AnyResource, location: Location): Place => ({
  resource: {
    ...resource,
    origin: { file: location.file, locate: () => location, line: (n) => resource.origin.line(n) },
  },
  path: [],
});

function configEntry(ignore: ConfigIgnore): Entry {
  const origin = { file: ignore.location.file, locate: () => ignore.location, line: () => null };
  const meta = { name: ignore.location.file, namespace: '', labels: {}, annotations: {} };
  const id = { apiVersion: 'tlsgw', kind: 'Configuration', namespace: '', name: ignore.location.file };
  const at: Place = { resource: { id, meta, spec: {}, body: {}, origin }, path: ['ignores'] };
  return { rule: ignore.rule, reason: ignore.reason, by: 'config', at, used: false };
}

function globOf(pattern: string): (resource: AnyResource) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const regex = new RegExp(`^${source}$`);
  return ({ id }) => regex.test(resourceText(id)) || regex.test(`${id.namespace}/${id.name}`);
}
