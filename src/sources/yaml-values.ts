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

/** What a name stands for from its anchor on, until the next anchor of this name. */
interface Anchor {
  value: unknown;
  /** The collection is not closed yet: an alias to it is a cycle. */
  open: 'mapping' | 'list' | null;
}

/** Where an event stands: at its tag, its anchor or its value; -1 for what has no text. */
function placeOf(event: yaml.Event): number {
  if ('tagStart' in event && event.tagStart >= 0) return event.tagStart;
  if ('anchorStart' in event && event.anchorStart >= 0) return event.anchorStart;
  if ('valueStart' in event && event.valueStart >= 0) return event.valueStart;
  return 'start' in event ? event.start : -1;
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
 * Returns the values of all documents, as kubectl reads them, from the events of js-yaml's parser (decision 14). `strictly`: a
 * key that is given twice is an error. Throws YamlSyntaxError.
 */
export function valuesOf(
  source: string,
  events: readonly yaml.Event[],
  { strictly }: { readonly strictly: boolean },
): unknown[] {
  const merges: MergeBudget = { left: 400_000 };
  let anchors = new Map<string, Anchor>();
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
  const mergesItself = (event: yaml.Event): boolean =>
    event.type === ALIAS && anchors.get(nameOf(event))?.open === 'mapping';
  const aliased = (event: yaml.AliasEvent): unknown => {
    const name = nameOf(event);
    const anchor = anchors.get(name);
    if (anchor === undefined) throw new YamlSyntaxError(`unidentified alias "${name}"`, event.anchorStart);
    if (anchor.open !== null) throw new YamlSyntaxError(CYCLE, event.anchorStart - 1);
    return anchor.value;
  };
  /** A fault of the node that begins with an event; an empty one stands before what follows it. */
  const faultAt = (index: number, reason: string): YamlSyntaxError => {
    const place = events.find((event, i) => i >= index && placeOf(event) >= 0);
    return new YamlSyntaxError(reason, place ? placeOf(place) : 0);
  };
  const mapping = (): Mapping => {
    const made: Mapping = {};
    while (events[next]!.type !== POP) {
      const at = next;
      const key = node();
      if (key === MERGE && mergesItself(events[next]!)) throw faultAt(at, 'this `<<` merges a mapping into itself');
      const value = node();
      const text = strictly ? keyText(key) : null;
      const isGiven = text !== null && Object.hasOwn(made, text);
      const fault = isGiven ? 'duplicated mapping key' : setPair(made, key, value, merges);
      if (fault !== '') throw faultAt(at, fault);
    }
    return made;
  };
  const item = (): unknown => {
    const at = next;
    const value = node();
    const fault = valueFault(value);
    if (fault !== '') throw faultAt(at, fault);
    return keptValue(value);
  };
  const sequence = (): unknown[] => {
    const list = events[next]!.type === POP ? [] : [item()];
    while (events[next]!.type !== POP) list.push(item());
    // One that grew has room for 16 more items.
    return list.length > 1 ? list.slice() : list;
  };
  const node = (): unknown => {
    const event = events[next++]!;
    if (event.type === SCALAR) {
      const value = scalar(event);
      // An alias to a `<<` merges nothing.
      if (event.anchorStart >= 0) anchors.set(nameOf(event), { value: keptValue(value), open: null });
      return value;
    }
    if (event.type === ALIAS) return aliased(event);
    if (event.type !== MAPPING && event.type !== SEQUENCE) throw new Error(`a node begins with event ${event.type}`);
    const isMapping = event.type === MAPPING;
    const anchor: Anchor | null = event.anchorStart < 0 ? null : { value: null, open: isMapping ? 'mapping' : 'list' };
    if (anchor !== null) anchors.set(nameOf(event), anchor);
    const value = isMapping ? mapping() : sequence();
    next++;
    if (anchor !== null) Object.assign(anchor, { value, open: null });
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
