/** The cluster cannot be used at all: what is wrong, and what to do next (exit code 4). */
export class AccessError extends Error {
  readonly hint: string;

  constructor(text: string, hint = '') {
    super(text);
    this.hint = hint;
  }
}
