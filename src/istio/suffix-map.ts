/** Values by the end of a name: a name finds those of all its endings, but only endings of lengths that occur are tried. */
export class SuffixMap<T> {
  private readonly values = new Map<string, T>();
  /** Of the suffixes, longest first. */
  private lengths: readonly number[] = [];

  get(suffix: string): T | undefined {
    return this.values.get(suffix);
  }

  set(suffix: string, value: T): void {
    this.values.set(suffix, value);
    if (!this.lengths.includes(suffix.length)) {
      this.lengths = [...this.lengths, suffix.length].sort((a, b) => b - a);
    }
  }

  /** All of them, in the order in which they were set. */
  entries(): Iterable<readonly [suffix: string, value: T]> {
    return this.values;
  }

  /** The values of the suffixes that a name has, those of the longest first. */
  endingsOf(name: string): T[] {
    const found: T[] = [];
    for (const length of this.lengths) {
      if (length > name.length) continue;
      const value = this.values.get(name.slice(name.length - length));
      if (value !== undefined) found.push(value);
    }
    return found;
  }
}
