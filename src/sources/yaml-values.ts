import * as yaml from 'js-yaml';
import {
  keptValue,
  keyText,
  type Mapping,
  MERGE,
  type MergeBudget,
  plainScalar,
  setPair,
  taggedScalar,
  valueFault,
} from './yaml-dialect.ts';
import { YamlSyntaxError } from './yaml-errors.ts';
import { CYCLE } from './yaml-expansion.ts';

const { DOCUMENT, MAPPING, SEQUENCE, SCALAR, ALIAS, POP } = yaml.EVENT_ID;
const { PLAIN } = yaml.SCALAR_STYLE;

/** What js-yaml knows without a %TAG directive. */
const HANDLES: ReadonlyMap<string, string> = new Map([['!!', 'tag:yaml.org,2002:']]);

/** In place of a collection that is not closed yet: an alias to it is a cycle. */
const OPEN = Symbol('open');

/** Where an event stands: at its tag, its anchor or its value; 0 for what has no text. */
function placeOf(event: yaml.Event): number {
  if ('tagStart' in event && event.tagStart >= 0) return event.tagStart;
  if ('anchorStart' in event && event.anchorStart >= 0) return event.anchorStart;
  if ('valueStart' in event && event.valueStart >= 0) return event.valueStart;
  return 'start' in event ? event.start : 0;
}

/** A tag in full: `!!int` is `tag:yaml.org,2002:int` (YAML 1.2, 6.8.2). */
function tagName(raw: string, handles: ReadonlyMap<string, string>): string {
  const decoded = (text: string): string =>
    text.replace(/%([0-7][0-9a-fA-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (raw.startsWith('!<')) return decoded(raw.slice(2, -1));
  const end = raw.indexOf('!', 1) + 1;
  const handle = end === 0 ? '!' : raw.slice(0, end);
  return decoded((handles.get(handle) ?? handle) + raw.slice(handle.length));
}

/**
 * The values of all documents, as kubectl reads them, from the events of js-yaml's parser. Its own constructor would call
 * our dialect through tags, which takes twice as long. `strictly`: a key that is given twice is an error. Throws YamlSyntaxError.
 */
export function valuesOf(
  source: string,
  events: readonly yaml.Event[],
  { strictly }: { readonly strictly: boolean },
): unknown[] {
  const merges: MergeBudget = { left: 400_000 };
  let anchors = new Map<string, unknown>();
  let handles = HANDLES;
  let next = 0;

  const scalar = (event: yaml.ScalarEvent): unknown => {
    const text = yaml.getScalarValue(source, event);
    if (event.tagStart < 0) return event.style === PLAIN ? plainScalar(text) : text;
    const raw = source.slice(event.tagStart, event.tagEnd);
    if (raw === '!') return text;
    const tag = tagName(raw, handles);
    const value = taggedScalar(text, tag);
    if (value === undefined)
      throw new YamlSyntaxError(`cannot resolve a node with !<${tag}> explicit tag`, event.tagStart);
    return value;
  };
  const nameOf = (event: { readonly anchorStart: number; readonly anchorEnd: number }): string =>
    source.slice(event.anchorStart, event.anchorEnd);
  const isOpenAlias = (event: yaml.Event): boolean => event.type === ALIAS && anchors.get(nameOf(event)) === OPEN;
  const aliased = (event: yaml.AliasEvent): unknown => {
    const name = nameOf(event);
    const value = anchors.get(name);
    if (value === undefined) throw new YamlSyntaxError(`unidentified alias "${name}"`, event.anchorStart);
    if (value === OPEN) throw new YamlSyntaxError(CYCLE, event.anchorStart - 1);
    return value;
  };
  const mapping = (): Mapping => {
    const made: Mapping = {};
    while (events[next]!.type !== POP) {
      const at = events[next]!;
      const key = node();
      if (key === MERGE && isOpenAlias(events[next]!))
        throw new YamlSyntaxError('this `<<` merges a mapping into itself', placeOf(at));
      const value = node();
      const text = strictly ? keyText(key) : null;
      const isGiven = text !== null && Object.hasOwn(made, text);
      const fault = isGiven ? 'duplicated mapping key' : setPair(made, key, value, merges);
      if (fault !== '') throw new YamlSyntaxError(fault, placeOf(at));
    }
    return made;
  };
  const item = (): unknown => {
    const at = events[next]!;
    const value = node();
    const fault = valueFault(value);
    if (fault !== '') throw new YamlSyntaxError(fault, placeOf(at));
    return keptValue(value);
  };
  const sequence = (): unknown[] => {
    if (events[next]!.type === POP) return [];
    const list = [item()];
    if (events[next]!.type === POP) return list;
    while (events[next]!.type !== POP) list.push(item());
    // One that grew has room for 16 more items.
    return list.slice();
  };
  const node = (): unknown => {
    const event = events[next++]!;
    if (event.type === SCALAR) {
      const value = scalar(event);
      if (event.anchorStart >= 0) anchors.set(nameOf(event), value);
      return value;
    }
    if (event.type === ALIAS) return aliased(event);
    if (event.type !== MAPPING && event.type !== SEQUENCE) throw new Error(`a node begins with event ${event.type}`);
    if (event.anchorStart >= 0) anchors.set(nameOf(event), OPEN);
    const value = event.type === MAPPING ? mapping() : sequence();
    next++;
    if (event.anchorStart >= 0) anchors.set(nameOf(event), value);
    return value;
  };

  const documents: unknown[] = [];
  while (next < events.length) {
    const event = events[next++]!;
    if (event.type !== DOCUMENT) throw new Error(`a document begins with event ${event.type}`);
    anchors = new Map();
    handles = HANDLES;
    if (event.directives.length > 0) {
      const declared = event.directives.flatMap((d) => (d.kind === 'tag' ? [[d.handle, d.prefix] as const] : []));
      handles = new Map([...HANDLES, ...declared]);
    }
    const value = node();
    documents.push(keptValue(value));
    next++;
  }
  return documents;
}
