/** One document of a text: from its `---` (or the start) to the next. */
export interface Part {
  readonly start: number;
  readonly end: number;
  /** Offset of the first character that is neither marker, directive, comment nor white space. */
  readonly content: number;
  /** `%YAML` or `%TAG` lines stand before the marker. */
  readonly directives: boolean;
  /** It has proven to be JSON. */
  readonly json: boolean;
}

export interface Split {
  readonly parts: readonly Part[];
  /** Offsets of text after a `...` that no `---` introduces: kubectl ignores it. */
  readonly ignored: readonly number[];
}

/** U+2028 and U+2029 end a line for JavaScript but not for kubectl. */
const MARKER = /(?<![\u2028\u2029])^\uFEFF?(---|\.\.\.)(?=[ \t\r\n]|$)/gm;

interface Content {
  readonly at: number;
  readonly kind: 'blank' | 'directives' | 'content';
}

/** Finds the first character of content in [from, end). */
function contentOf(text: string, from: number, end: number): Content {
  let directives = false;
  for (let at = from; at < end; ) {
    const lineStart = at === 0 || '\n\r\uFEFF'.includes(text[at - 1]!);
    while (at < end && (text[at] === ' ' || text[at] === '\t' || text[at] === '\uFEFF')) at++;
    const first = text[at];
    if (at < end && first !== '#' && first !== '\r' && first !== '\n') {
      if (first !== '%' || !lineStart) return { at, kind: 'content' };
      directives = true;
    }
    while (at < end && text[at] !== '\n' && text[at] !== '\r') at++;
    at++;
  }
  return { at: end, kind: directives ? 'directives' : 'blank' };
}

/**
 * Splits a text at its document markers, so that one bad document loses only itself. A marker stands at the start of a
 * line, where no scalar can hold it (YAML 1.2, 9.1.2); an indented `---` is content. Empty documents are left out.
 */
export function splitDocuments(text: string): Split {
  const parts: Part[] = [];
  const ignored: number[] = [];
  let start = 0;
  let from = 0;
  let marker = '---';
  let pending = -1;
  const close = (end: number): void => {
    const { at, kind } = contentOf(text, from, end);
    if (kind === 'directives') pending = from;
    // Directives before an empty document are used up.
    if (kind === 'blank' && marker === '---') pending = -1;
    if (kind !== 'content') return;
    if (marker === '...') ignored.push(at);
    else parts.push({ start: pending < 0 ? start : pending, end, content: at, directives: pending >= 0, json: false });
    pending = -1;
  };
  MARKER.lastIndex = 0;
  for (let match = MARKER.exec(text); match; match = MARKER.exec(text)) {
    close(match.index);
    start = match.index;
    from = MARKER.lastIndex;
    marker = match[1]!;
  }
  close(text.length);
  return { parts, ignored };
}

const KIND = /^kind:[ \t]*(["']?)([A-Za-z][A-Za-z0-9]*)\1[ \t]*(?:[ \t]#.*)?\r?$/m;
const MAYBE_KIND = /^(?:\?[ \t]+)?["']?kind\b/gm;

/**
 * Returns the kind of a document in block style without parsing it, or null when in doubt: flow style, JSON, several
 * candidates, anchors, lists of objects.
 */
export function sniffKind(source: string, first: string): string | null {
  if (first === '{' || first === '[') return null;
  const match = KIND.exec(source);
  if (!match || match[2]!.endsWith('List')) return null;
  return source.match(MAYBE_KIND)?.length === 1 ? match[2]! : null;
}

/** How nearly every document begins. */
const AT_START = /(?:apiVersion: \S+\r?\n)?kind: ([A-Za-z]+)\r?\n/y;

/** Returns the kind that a document begins with, or null. A later key may say otherwise: for documents that are parsed anyway. */
export function kindAtStart(text: string, { content }: Part): string | null {
  AT_START.lastIndex = content;
  return AT_START.exec(text)?.[1] ?? null;
}

const WHITE = /\s/;

/** A stretch of JSON: a value, or what breaks one. */
const piece = (start: number, end: number): Part => ({ start, end, content: start, directives: false, json: false });

/** Returns the offset of the closing quote of the JSON string that opens at `at`. */
function stringEnd(text: string, at: number, end: number): number {
  let i = at + 1;
  while (i < end && text.charCodeAt(i) !== 0x22) i += text.charCodeAt(i) === 0x5c ? 2 : 1;
  return i;
}

/** Splits JSON values that stand one after the other, as Go's decoder reads them; the last one may be broken. */
export function splitJson(text: string, part: Part): Part[] {
  const pieces: Part[] = [];
  let depth = 0;
  let start = part.content;
  for (let at = start; at < part.end; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x22) at = stringEnd(text, at, part.end);
    else if (c === 0x7b || c === 0x5b) depth++;
    else if ((c === 0x7d || c === 0x5d) && --depth === 0) {
      pieces.push(piece(start, at + 1));
      start = at + 1;
      while (start < part.end && WHITE.test(text[start]!)) start++;
      at = start - 1;
    }
  }
  if (start < part.end) pieces.push(piece(start, part.end));
  return pieces;
}

/**
 * Returns where the elements of the `items` of a JSON object stand, or null when it has none. So a position in a list of
 * thousands of objects costs the parse of one of them.
 */
export function jsonItems(text: string, part: Part): Part[] | null {
  let items: Part[] | null = null;
  let depth = 0;
  let inItems = false;
  let start = -1;
  for (let at = part.content; at < part.end; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x22) {
      const close = stringEnd(text, at, part.end);
      // A key of the object itself: what follows is its value.
      if (
        depth === 1 &&
        text.slice(at, close + 1) === '"items"' &&
        /^\s*:\s*\[/.test(text.slice(close + 1, close + 200))
      ) {
        items = [];
        inItems = true;
      }
      at = close;
    } else if (c === 0x7b || c === 0x5b) {
      depth++;
      if (inItems && depth === 2) start = at + 1;
    } else if (c === 0x7d || c === 0x5d || c === 0x2c) {
      if (inItems && depth === 2) {
        while (start < at && WHITE.test(text[start]!)) start++;
        if (start < at) items!.push(piece(start, at));
        start = at + 1;
      }
      if (c !== 0x2c) depth--;
      if (depth === 1 && c !== 0x2c) inItems = false;
    }
  }
  return items;
}
