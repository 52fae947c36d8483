import { countBelow } from './source-text.ts';

/** A document whose brackets and quotes all continue on lines that are indented enough. */
export interface Continued {
  readonly text: string;
  /** Leads from an offset in `text` to the offset in the text as written. */
  original(offset: number): number;
  /** Offset (as written) of a bracket or quote that is never closed, or -1. */
  readonly unclosed: number;
}

/** Blanks that come into the text, instead of `replaced` characters. */
interface Edit {
  readonly at: number;
  readonly blanks: number;
  readonly replaced: number;
}

const isBlank = (c: string | undefined): boolean => c === ' ' || c === '\t';
const isEnd = (c: string | undefined): boolean => c === undefined || c === '\n' || c === '\r';
const endsToken = (c: string | undefined): boolean => isBlank(c) || isEnd(c);

/**
 * Indents the continuation lines of flow collections and quoted scalars. libyaml, hence kubectl, lets them stand anywhere,
 * most often a `]` below its key; YAML 1.2 and our library want them deeper than the block, and no tabs before them. White
 * space there means nothing, so the values stay the same. A scanner of tokens, not a parser: what it yields is parsed like any other text.
 */
export function indentContinuations(source: string): Continued {
  const edits: Edit[] = [];
  let at = 0;
  let lineStart = 0;
  /** Columns of the block collections that are open, ascending. */
  const blocks: number[] = [-1];
  let unclosed = -1;

  const close = (column: number): void => {
    while (blocks.length > 1 && blocks.at(-1)! >= column) blocks.pop();
  };
  const openBlock = (column: number): void => {
    close(column);
    blocks.push(column);
  };
  const newLine = (): void => {
    at = source.indexOf('\n', at);
    at = at < 0 ? source.length : at + 1;
    lineStart = at;
  };
  /** Steps over the end of a line inside a bracket or quote, and indents the next line if need be. */
  const continueLine = (): void => {
    newLine();
    while (source[at] === ' ') at++;
    const missing = blocks.at(-1)! + 1 - (at - lineStart);
    if (missing > 0 && !isEnd(source[at])) edits.push({ at: lineStart, blanks: missing, replaced: 0 });
  };
  const skipToken = (inFlow: boolean): void => {
    while (!endsToken(source[at]) && !(inFlow && ',[]{}'.includes(source[at]!))) at++;
  };
  const quoted = (): void => {
    const quote = source[at]!;
    const opened = at++;
    while (at < source.length) {
      const c = source[at];
      if (c === '\n') continueLine();
      else if (c === '\\' && quote === '"') at += source[at + 1] === '\n' || source[at + 1] === '\r' ? 1 : 2;
      else if (c === quote && quote === "'" && source[at + 1] === "'") at += 2;
      else if (c === quote) {
        at++;
        return;
      } else at++;
    }
    if (unclosed < 0) unclosed = opened;
  };
  const flow = (): void => {
    const opened: number[] = [];
    let tokenStart = true;
    while (at < source.length) {
      const c = source[at]!;
      if (c === '\n') continueLine();
      else if (isBlank(c) || c === '\r') {
        if (c === '\t' && tokenStart) edits.push({ at, blanks: 1, replaced: 1 });
        at++;
      } else if (c === '#' && (at === 0 || endsToken(source[at - 1]))) {
        while (at < source.length && source[at] !== '\n') at++;
      } else if (c === '[' || c === '{') {
        opened.push(at++);
        tokenStart = true;
      } else if (c === ']' || c === '}') {
        opened.pop();
        at++;
        if (opened.length === 0) return;
        tokenStart = false;
      } else if (tokenStart && (c === '"' || c === "'")) {
        quoted();
        tokenStart = source[at] === ':';
      } else if (tokenStart && (c === '&' || c === '!' || c === '*')) skipToken(true);
      else {
        tokenStart = c === ',' || ((c === ':' || c === '?') && endsToken(source[at + 1]));
        at++;
      }
    }
    if (unclosed < 0) unclosed = opened.at(-1) ?? -1;
  };
  /** Steps over the lines of a literal or folded scalar: those that are deeper than the block, and empty ones. */
  const blockScalar = (): void => {
    newLine();
    while (at < source.length) {
      while (source[at] === ' ') at++;
      if (!isEnd(source[at]) && at - lineStart <= blocks.at(-1)!) break;
      newLine();
    }
    at = lineStart;
  };
  /** Steps over a plain scalar or key to the colon behind it, a comment, or the end of the line. */
  const plain = (): void => {
    while (!isEnd(source[at])) {
      if (source[at] === ':' && endsToken(source[at + 1])) return;
      if (source[at] === '#' && isBlank(source[at - 1])) return;
      at++;
    }
  };

  let token = -1;
  while (at < source.length) {
    const c = source[at]!;
    if (isBlank(c) || c === '\uFEFF') at++;
    else if (isEnd(c) || c === '#' || (at === lineStart && c === '%')) newLine();
    else if (at === lineStart && /^(?:---|\.\.\.)(?=\s|$)/.test(source.slice(at, at + 4))) {
      close(0);
      at += 3;
    } else if (c === ':' && endsToken(source[at + 1])) {
      if (token >= lineStart) openBlock(token - lineStart);
      at++;
    } else if ((c === '-' || c === '?') && endsToken(source[at + 1])) {
      openBlock(at - lineStart);
      at++;
    } else if (c === '&' || c === '!' || c === '*') skipToken(false);
    else {
      token = at;
      close(at - lineStart);
      if (c === '"' || c === "'") quoted();
      else if (c === '[' || c === '{') flow();
      else if (c === '|' || c === '>') blockScalar();
      else plain();
    }
  }
  return { ...edited(source, edits), unclosed };
}

function edited(source: string, edits: readonly Edit[]): Omit<Continued, 'unclosed'> {
  const pieces: string[] = [];
  /** Per edit: its place in the new text, and how much longer the text is behind it. */
  const places: number[] = [];
  const longer = [0];
  let from = 0;
  for (const { at, blanks, replaced } of edits) {
    pieces.push(source.slice(from, at), ' '.repeat(blanks));
    places.push(at + longer.at(-1)!);
    longer.push(longer.at(-1)! + blanks - replaced);
    from = at + replaced;
  }
  pieces.push(source.slice(from));
  return {
    text: pieces.join(''),
    original(offset) {
      const count = countBelow(places, offset + 1);
      // Inside inserted blanks: where they were inserted.
      return count === 0 ? offset : Math.max(offset - longer[count]!, places[count - 1]! - longer[count - 1]!);
    },
  };
}
