import * as yaml from 'js-yaml';
import { indentContinuations } from './yaml-continuations.ts';
import { type Parsed, type ParseOptions, readDocuments, type YamlLibrary } from './yaml-documents.ts';
import { YamlSyntaxError } from './yaml-errors.ts';
import { absurdExpansion, DEEPEST } from './yaml-expansion.ts';
import type { PositionNode } from './yaml-positions.ts';
import { type NodeEvent, treeOf } from './yaml-tree.ts';
import { valuesOf } from './yaml-values.ts';

const { DOCUMENT, MAPPING, SCALAR, ALIAS, POP } = yaml.EVENT_ID;
const { PLAIN, SINGLE_QUOTED, DOUBLE_QUOTED } = yaml.SCALAR_STYLE;

/** Runs the library; its errors become ours, everything else is a bug of ours. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof yaml.YAMLException) {
      throw new YamlSyntaxError(error.reason, error.mark?.position ?? 0);
    }
    if (error instanceof RangeError) throw new YamlSyntaxError('nesting exceeded the stack', 0);
    throw error;
  }
}

const eventsIn = (text: string): yaml.Event[] => guarded(() => yaml.parseEvents(text, { maxDepth: DEEPEST }));

const loadAll = (text: string): unknown[] => valuesOf(text, eventsIn(text), { strictly: false });

const CONTINUATION = /^deficient indentation|within a (?:single quoted|double quoted|flow)/;

/** Reads one document; where the library is stricter than kubectl about continuation lines, with these indented. */
function leniently<T>(source: string, read: (text: string, original: (offset: number) => number) => T): T {
  try {
    return read(source, (offset) => offset);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError) || !CONTINUATION.test(error.reason)) throw error;
    const { text, original, unclosed } = indentContinuations(source);
    if (unclosed >= 0) throw new YamlSyntaxError(unclosedReason(source[unclosed]!), unclosed);
    if (text === source) throw error;
    try {
      return read(text, original);
    } catch (second) {
      if (!(second instanceof YamlSyntaxError)) throw second;
      throw new YamlSyntaxError(second.reason, original(second.offset));
    }
  }
}

const unclosedReason = (c: string): string =>
  `unexpected end of the stream within a ${c === '"' ? 'double quoted scalar' : c === "'" ? 'single quoted scalar' : 'flow collection'}`;

/** Offset of the first character of a scalar: its quote, or the `|` of a block scalar. */
function startOf(source: string, { style, valueStart, tagStart, anchorStart }: yaml.ScalarEvent): number {
  if (valueStart < 0) return tagStart >= 0 ? tagStart : anchorStart;
  if (style === SINGLE_QUOTED || style === DOUBLE_QUOTED) return valueStart - 1;
  if (style === PLAIN) return valueStart;
  const lineStart = source.lastIndexOf('\n', valueStart - 2) + 1;
  const header = source.slice(lineStart, valueStart).search(/[|>][-+0-9]*(?:[ \t]+#.*)?[ \t]*\r?\n?$/);
  return header < 0 ? valueStart : lineStart + header;
}

/** The events of the first document of a text, with offsets of the text as written. */
function eventsOf(source: string, original: (offset: number) => number): NodeEvent[] {
  const place = (offset: number): number => (offset < 0 ? -1 : original(offset));
  const found: NodeEvent[] = [];
  for (const event of eventsIn(source)) {
    if (event.type === DOCUMENT) {
      if (found.length > 0) return found;
    } else if (event.type === POP) found.push({ kind: 'close' });
    else {
      const anchor = event.anchorStart < 0 ? null : source.slice(event.anchorStart, event.anchorEnd);
      if (event.type === ALIAS) found.push({ kind: 'alias', anchor: anchor ?? '' });
      else if (event.type === SCALAR) {
        const text = yaml.getScalarValue(source, event);
        const quoted = event.style === SINGLE_QUOTED || event.style === DOUBLE_QUOTED;
        const end = place(event.valueEnd + (quoted ? 1 : 0));
        const plain = event.style === PLAIN && event.tagStart < 0;
        found.push({ kind: 'scalar', start: place(startOf(source, event)), end, anchor, text, plain });
      } else {
        const kind = event.type === MAPPING ? 'mapping' : 'sequence';
        found.push({ kind, start: place(event.start), anchor });
      }
    }
  }
  return found;
}

function positions(source: string): PositionNode | null {
  try {
    return treeOf(leniently(source, eventsOf));
  } catch (error) {
    if (error instanceof YamlSyntaxError) return null;
    throw error;
  }
}

const library: YamlLibrary = { loadAll, load: (source) => leniently(source, loadAll), positions };

/**
 * Reads the objects of a text: YAML documents, JSON values, lists of objects flattened. Reads what kubectl reads, with
 * the same values (spec/measurements.md 3.3); a document that cannot be read becomes a problem with its place, the others
 * are still read. Never throws, and takes time in proportion to the text.
 */
export function parseText(text: string, file: string, options: ParseOptions = {}): Parsed {
  return readDocuments(text, file, library, options);
}

/** As parseValue; a key that is given twice is an error too, but for texts with merges: what those bring may be replaced. */
export function parseStrictly(text: string): unknown {
  const value = parseValue(text);
  if (text.includes('<<')) return value;
  leniently(text, (source) => valuesOf(source, eventsIn(source), { strictly: true }));
  return value;
}

/** Returns the value of a text that holds one document, null for an empty one. Throws YamlSyntaxError. */
export function parseValue(text: string): unknown {
  const value = library.load(text)[0] ?? null;
  const absurd = text.includes('&') ? absurdExpansion(value) : null;
  if (absurd !== null) throw new YamlSyntaxError(absurd, 0);
  return value;
}
