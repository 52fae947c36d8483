/** Texts of RE2's own errors, as Envoy prints them (symptoms.md 6). */
const texts = {
  escape: 'invalid escape sequence',
  range: 'invalid character class range',
  bracket: 'missing ]',
  paren: 'missing )',
  extraParen: 'unexpected )',
  backslash: 'trailing \\',
  argument: 'no argument for repetition operator',
  size: 'invalid repetition size',
  nested: 'bad repetition operator',
  perl: 'invalid perl operator',
  name: 'invalid named capture group',
} as const;

class SyntaxProblem {
  readonly text: string;
  constructor(kind: keyof typeof texts, argument: string) {
    this.text = `${texts[kind]}${argument === '' ? '' : `: ${argument}`}`;
  }
}

const categories = new Set(
  'Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs'.split(' '),
);

const posixClasses = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
);

/** Names of scripts are those of Unicode, which JavaScript knows too. */
function isScript(name: string): boolean {
  if (!/^[A-Z][A-Za-z_]+$/.test(name)) return false;
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u').source !== '';
  } catch {
    return false;
  }
}

/**
 * Returns why RE2, the dialect of Envoy, refuses a regular expression, or null when it takes it. Judges the syntax only; nested
 * repetitions that multiply to more than 1000 are let through. Held against re2js in its test.
 */
export function re2Error(pattern: string): string | null {
  try {
    new Parser(pattern).parse();
    return null;
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.text;
    throw error;
  }
}

/** Walks over a pattern once; the position is the only state that its parts share. */
class Parser {
  private readonly chars: readonly string[];
  private readonly names = new Set<string>();
  private at = 0;

  constructor(pattern: string) {
    this.chars = [...pattern];
  }

  parse(): void {
    let depth = 0;
    /** Something stands before that a repetition can take. */
    let operand = false;
    const outer: boolean[] = [];
    /** Where the repetition begins that ends right here, or -1. */
    let repeated = -1;
    while (this.at < this.chars.length) {
      const from = this.at;
      const char = this.chars[this.at]!;
      let repeats = false;
      if (char === '(') {
        if (this.chars[this.at + 1] === '?' && this.flagsOnly()) {
          repeated = -1;
          continue;
        }
        this.at = Math.max(this.at, from + 1);
        outer.push(operand);
        depth++;
        operand = false;
      } else if (char === ')') {
        if (depth === 0) throw new SyntaxProblem('extraParen', this.chars.join(''));
        depth--;
        outer.pop();
        this.at++;
        operand = true;
      } else if (char === '|') {
        this.at++;
        operand = false;
      } else if ('*+?'.includes(char) || (char === '{' && this.countEnd(this.at) !== null)) {
        this.at = char === '{' ? this.countEnd(this.at)! : this.at + 1;
        if (!operand) throw new SyntaxProblem('argument', this.text(from));
        if (this.chars[this.at] === '?') this.at++;
        if (repeated >= 0) throw new SyntaxProblem('nested', this.text(repeated));
        repeats = true;
        repeated = from;
      } else {
        if (char === '[') this.characterClass();
        else if (char === '\\') operand = this.escapeOutside() || operand;
        else this.at++;
        if (char !== '\\') operand = true;
      }
      if (!repeats) repeated = -1;
    }
    if (depth > 0) throw new SyntaxProblem('paren', this.chars.join(''));
  }

  private text(from: number): string {
    return this.chars.slice(from, this.at).join('');
  }

  /** The end of `{2}`, `{2,}` or `{2,5}`, or null: then the brace is a letter like any other. */
  private countEnd(from: number): number | null {
    const found = /^\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/.exec(this.chars.slice(from, from + 40).join(''));
    if (!found) return null;
    const [least, most] = [Number(found[1]), found[3] === undefined ? null : Number(found[3])];
    if (least > 1000 || (most ?? 0) > 1000 || (most !== null && least > most))
      throw new SyntaxProblem('size', found[0]);
    return from + found[0].length;
  }

  /** Reads `(?...`: true for flags alone, `(?i)`; false for the beginning of a group. */
  private flagsOnly(): boolean {
    const from = this.at;
    const rest = this.chars.slice(from + 2, from + 4).join('');
    if (rest === 'P<' || (rest.startsWith('<') && rest !== '<=' && rest !== '<!')) {
      const begin = from + (rest.startsWith('P') ? 4 : 3);
      const end = this.chars.indexOf('>', begin);
      const name = end < 0 ? '' : this.chars.slice(begin, end).join('');
      this.at = end < 0 ? this.chars.length : end + 1;
      if (!/^[\w\u0080-\u{10ffff}]+$/u.test(name) || this.names.has(name))
        throw new SyntaxProblem('name', this.text(from));
      this.names.add(name);
      return false;
    }
    let negated = false;
    let flags = 0;
    for (this.at += 2; this.at < this.chars.length; ) {
      const char = this.chars[this.at++]!;
      if ('imsU'.includes(char)) flags++;
      else if (char === '-' && !negated) {
        negated = true;
        flags = 0;
      } else if ((char === ':' || char === ')') && !(negated && flags === 0)) return char === ')';
      else throw new SyntaxProblem('perl', this.text(from));
    }
    throw new SyntaxProblem('paren', this.chars.join(''));
  }

  /** Reads an escape that may stand outside of brackets; false when it stands for nothing (`\Q\E`). */
  private escapeOutside(): boolean {
    const next = this.chars[this.at + 1];
    if (next === 'Q') {
      const end = this.chars.findIndex((c, i) => i > this.at + 1 && c === '\\' && this.chars[i + 1] === 'E');
      const from = this.at + 2;
      this.at = end < 0 ? this.chars.length : end + 2;
      return (end < 0 ? this.chars.length : end) > from;
    }
    if (next !== undefined && 'AbBCzdDsSwW'.includes(next)) this.at += 2;
    else if (next === 'p' || next === 'P') this.property();
    else this.escape();
    return true;
  }

  /** `\pL`, `\p{Greek}`, `\P{^Lu}`. */
  private property(): void {
    const from = this.at;
    const open = this.chars[from + 2] === '{';
    const end = open ? this.chars.indexOf('}', from) : from + 2;
    this.at = end < 0 || end >= this.chars.length ? this.chars.length : end + 1;
    if (this.at === this.chars.length && end !== this.chars.length - 1)
      throw new SyntaxProblem('range', this.text(from));
    const name = this.chars
      .slice(open ? from + 3 : from + 2, open ? end : end + 1)
      .join('')
      .replace(/^\^/, '');
    if (!categories.has(name) && !isScript(name)) throw new SyntaxProblem('range', this.text(from));
  }

  /** An escape for one character; returns it. */
  private escape(): number {
    const from = this.at;
    const next = this.chars[from + 1];
    if (next === undefined) throw new SyntaxProblem('backslash', '');
    const rest = this.chars.slice(from + 1, from + 14).join('');
    const octal = /^(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
    const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\})/.exec(rest);
    const hexValue = hex ? Number.parseInt(hex[1] ?? hex[2]!, 16) : 0;
    const known = octal?.[0] ?? (hex && hexValue <= 0x10ffff ? hex[0] : null) ?? (/^[afnrtv]/.test(rest) ? next : null);
    const literal = /^[\x00-\x7f]$/.test(next) && !/[A-Za-z0-9]/.test(next);
    this.at += 1 + (known?.length ?? 1);
    if (known === null && !literal) throw new SyntaxProblem('escape', this.text(from));
    if (octal) return Number.parseInt(octal[0], 8);
    if (hex && known === hex[0]) return hexValue;
    return known === null ? next.codePointAt(0)! : '\x07\f\n\r\t\v'.charCodeAt('afnrtv'.indexOf(next));
  }

  /** Reads `[...]`. */
  private characterClass(): void {
    const from = this.at++;
    if (this.chars[this.at] === '^') this.at++;
    for (let first = true; first || this.chars[this.at] !== ']'; first = false) {
      if (this.at >= this.chars.length) this.unclosed(from);
      if (this.posixClass() || this.classEscape()) continue;
      const begin = this.at;
      const low = this.classChar(from);
      if (this.chars[this.at] !== '-' || this.at + 1 >= this.chars.length || this.chars[this.at + 1] === ']') continue;
      this.at++;
      if (this.classChar(from) < low) throw new SyntaxProblem('range', this.text(begin));
    }
    this.at++;
  }

  private unclosed(from: number): never {
    this.at = this.chars.length;
    throw new SyntaxProblem('bracket', this.text(from));
  }

  private posixClass(): boolean {
    if (this.chars[this.at] !== '[' || this.chars[this.at + 1] !== ':') return false;
    const rest = this.chars.slice(this.at).join('');
    const end = rest.indexOf(':]', 2);
    if (end < 0) return false;
    const from = this.at;
    this.at += [...rest.slice(0, end + 2)].length;
    if (!posixClasses.has(rest.slice(2, end).replace(/^\^/, ''))) throw new SyntaxProblem('range', this.text(from));
    return true;
  }

  /** `\d` or `\pL` in brackets. */
  private classEscape(): boolean {
    if (this.chars[this.at] !== '\\') return false;
    const next = this.chars[this.at + 1] ?? '';
    if (next !== '' && 'dDsSwW'.includes(next)) this.at += 2;
    else if (next === 'p' || next === 'P') this.property();
    else return false;
    return true;
  }

  private classChar(from: number): number {
    if (this.at >= this.chars.length) this.unclosed(from);
    if (this.chars[this.at] === '\\') return this.escape();
    return this.chars[this.at++]!.codePointAt(0)!;
  }
}
