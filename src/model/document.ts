import type { Origin } from './resource.ts';

/** One object of the input as plain data, with the way back to its text. */
export interface RawDocument {
  readonly body: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
}

/** Something that could not be read; the rest of the input is still used, the exit code becomes 3. */
export interface InputProblem {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** What to do next, ready to paste where possible; '' when the message says it. */
  readonly hint: string;
  /** The source line, or null. Never a line of a Secret. */
  readonly excerpt: string | null;
}

/** What a source returns: everything that could be read, everything that could not, and notes for stderr. */
export interface Documents {
  readonly documents: readonly RawDocument[];
  readonly problems: readonly InputProblem[];
  readonly files: readonly string[];
  readonly notes: readonly string[];
}
