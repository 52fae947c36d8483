/** What the YAML library (or our own checks) says against a document, at an offset of that document. */
export class YamlSyntaxError extends Error {
  readonly reason: string;
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.name = 'YamlSyntaxError';
    this.reason = reason;
    this.offset = offset;
  }

  /** A key stands twice in a mapping, which only parseStrictly minds. */
  get isDuplicateKey(): boolean {
    return this.reason.startsWith('duplicated');
  }
}

/** A document that cannot be read, in words for its author. */
export interface Explanation {
  readonly message: string;
  readonly hint: string;
  readonly offset: number;
}

const quoteIt = 'put the value in quotes';
const oneBlock = 'indent all lines of one block by the same number of spaces';

const tabs = {
  message: 'a tab is used for indentation; YAML allows only spaces there',
  hint: 'replace the tab by spaces',
};

/** What the library's words mean; the first pattern that matches counts. `$1` is the pattern's first group. */
const WORDS: readonly (readonly [RegExp, string, string])[] = [
  [/^tab characters/, tabs.message, tabs.hint],
  [/^bad indentation of a sequence/, 'this list item is not aligned with the items before it', oneBlock],
  [/^bad indentation|^deficient/, 'this line is not indented as the block it belongs to', oneBlock],
  [
    /^end of the stream or a document separator/,
    'this line does not fit the block above it: `- item` and `key: value` cannot stand side by side, and text cannot follow a closed value',
    oneBlock,
  ],
  [
    /^expected ':' after|^can not read a block mapping/,
    'expected `key: value`',
    'write a colon and a space after the key',
  ],
  [/^a whitespace character is expected/, 'expected a space after the colon', 'write `key: value`'],
  [/^missed comma/, 'expected `,` or the closing bracket', ''],
  [/^expected the node content/, 'expected a value before this comma', ''],
  [/within a (single|double) quoted/, 'this text in quotes is never closed', 'add the closing quote'],
  [
    /^unknown escape|^expected hexadecimal/,
    'unknown escape after `\\` in a text in double quotes',
    'write `\\\\` for a backslash, or use single quotes',
  ],
  [
    /non-printable|valid JSON character/,
    'a control character stands here; YAML allows it only escaped',
    'remove it, or write it as `"\\x.."`',
  ],
  [/^a line break is expected/, 'expected the end of the line after `|` or `>`', 'begin the text on the next line'],
  [/indentation width|chomping/, 'the block scalar header is malformed', 'write `|`, `|-`, `>` or `>-`'],
  [/^nesting exceeded/, 'nested absurdly deep', ''],
  [
    /^a key must be text/,
    'a key must be text, a number or a boolean',
    'put the key (or a value with braces) in quotes',
  ],
  [
    /^an anchor contains itself/,
    'this document is refused: an anchor contains itself',
    'put the value that is meant in the place of the alias',
  ],
  [/ explicit tag$/, 'the value does not fit its tag (`!!...`)', ''],
  [/tag /i, 'a malformed tag: a value that begins with `!` must be in quotes', quoteIt],
  [/anchor|alias node should/, 'a malformed anchor: a value that begins with `&` must be in quotes', quoteIt],
  [/directive/, 'a line that begins with `%` is a directive and needs a `---` line behind it', ''],
];

/** A value that begins with a character that YAML keeps for itself. */
const RESERVED = /^[@`%]/;

/** `key:value` on a line of its own, which YAML takes for one word; not a URL and not a time. */
const NO_SPACE = /^([ \t]*(?:- +)*)([A-Za-z_][\w.-]*):(?=[^\s/:])/;

/** Start of the last line at or above the offset that is not blank, and the line. */
function lastLine(source: string, offset: number): { readonly start: number; readonly line: string } {
  let end = source.indexOf('\n', offset);
  if (end < 0) end = source.length;
  for (;;) {
    const start = end === 0 ? 0 : source.lastIndexOf('\n', end - 1) + 1;
    const line = source.slice(start, end);
    if (start === 0 || line.trim() !== '') return { start, line };
    end = start - 1;
  }
}

/** Looks for `key:value` where the library saw no colon: on the line of the error or on the one above it. */
function missingSpace(source: string, offset: number, secret: boolean): Explanation | null {
  const here = lastLine(source, offset);
  const above = here.start === 0 ? here : lastLine(source, here.start - 1);
  for (const { start, line } of [above, here]) {
    const match = NO_SPACE.exec(line);
    if (!match) continue;
    const at = start + match[0].length;
    return {
      message: 'expected a space after the colon',
      hint: `write \`${secret ? 'key' : match[2]}: ...\``,
      offset: at,
    };
  }
  return null;
}

/** Blanks that look like a space and are none; they come from web pages and word processors. */
const NO_BLANK = /[\u00a0\u2000-\u200b\u202f\u3000\ufeff]/;

/** Names the character at fault where the library only saw that the line does not fit. */
function misplaced(source: string, offset: number): Explanation | null {
  const { start, line } = lastLine(source, offset);
  const blank = line.search(NO_BLANK);
  if (blank >= 0 && start + blank > 0) {
    const code = line.charCodeAt(blank).toString(16).toUpperCase().padStart(4, '0');
    const message = `a special blank (U+${code}) stands here where YAML expects a space`;
    return { message, hint: 'replace it by an ordinary space', offset: start + blank };
  }
  const tab = /^[ -]*\t/.exec(line);
  if (tab) return { ...tabs, offset: start + tab[0].length - 1 };
  const c = source[offset] ?? '';
  if (RESERVED.test(c)) return { message: `a value must not begin with "${c}"`, hint: quoteIt, offset };
  const before = source.slice(start, offset);
  if (/["']\s*$/.test(before) && !/[:,[{-]\s*["']\s*$/.test(before)) {
    return {
      message: 'expected the end of the line behind this text in quotes',
      hint: 'put the whole value in one pair of quotes',
      offset,
    };
  }
  if (c === ':' && /: /.test(before)) return { message: 'a second `: ` in one line', hint: quoteIt, offset };
  return null;
}

/** An alias that no anchor explains is most often a host pattern without quotes. */
function alias(name: string, offset: number, secret: boolean): Explanation {
  const pattern = name === '' || name.startsWith('.');
  const shown = secret || !/^[\w.*-]{0,80}$/.test(name) ? '' : ` \`*${name}\``;
  const hint = shown === '' ? quoteIt : `write "*${name}"`;
  if (pattern) return { message: 'a value that begins with `*` must be in quotes', hint, offset };
  return { message: `the alias${shown} refers to an anchor that is not defined above it`, hint, offset };
}

/**
 * Says in plain words what is wrong with a document and what to do. Nothing of the document is quoted when `secret`.
 * Reasons that are not the library's come back as they are.
 */
export function explain(source: string, error: YamlSyntaxError, secret: boolean): Explanation {
  const { reason } = error;
  const offset = lineEndAt(source, error.offset);
  const unknown = /^unidentified alias "(.*)"$/s.exec(reason);
  if (unknown || reason.startsWith('name of an alias')) {
    const star = source.lastIndexOf('*', offset);
    return alias(unknown?.[1] ?? '', star < 0 ? offset : star, secret);
  }
  if (reason.endsWith('within a flow collection')) {
    const [open, close] = source[offset] === '{' ? ['{', '}'] : ['[', ']'];
    return { message: `this \`${open}\` is never closed`, hint: `add the closing \`${close}\``, offset };
  }
  if (/^expected ':'|^can not read a block mapping|^end of the stream|^bad indentation/.test(reason)) {
    const found = misplaced(source, offset) ?? missingSpace(source, offset, secret);
    if (found) return found;
  }
  for (const [pattern, message, hint] of WORDS) if (pattern.test(reason)) return { message, hint, offset };
  return { message: reason, hint: '', offset };
}

/** The library often notices on the next line, or at the end: the last place with text says more. */
function lineEndAt(source: string, offset: number): number {
  const at = Math.min(offset, source.length);
  const { start, line } = lastLine(source, at);
  return at <= start + line.length ? at : start + line.trimEnd().length;
}

/** Where only a template has two braces: plain text may hold them, but YAML cannot begin a value with them. */
const TEMPLATE = /^[ \t]*(?:- +)*(\{\{|\{%)|(?:: +|- +)(\{\{|\{%)/m;

export interface Template {
  /** Offset of the first expression. */
  readonly at: number;
  /** What it looks like. */
  readonly mark: string;
  /** What renders it. */
  readonly hint: string;
}

/**
 * Returns the template expression that keeps a document from being YAML, or null; with `quoted` also one that is only
 * text to YAML.
 */
export function templateIn(source: string, quoted: boolean): Template | null {
  const match = TEMPLATE.exec(source);
  const at = match ? match.index + match[0].length - 2 : quoted ? source.indexOf('{{') : -1;
  if (at < 0) return null;
  if (/\{%-?\s*\w|\{#/.test(source)) {
    const hint = 'render the template first, for example with jinja2: jinja2 FILE | kubectl tlsgw lint -';
    return { at, mark: '{% %}', hint };
  }
  return { at, mark: '{{ }}', hint: 'helm template <chart> | kubectl tlsgw lint -' };
}
