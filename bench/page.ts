/** The text of a run: shown while it is made, and kept. */
export class Page {
  private readonly parts: string[] = [];

  /** Adds lines to the page and shows them. */
  say(...lines: readonly string[]): void {
    for (const line of lines) {
      this.parts.push(line);
      console.log(line);
    }
  }

  /** Adds a table; the first column is text, all others are numbers. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => (row[i] ?? '').length)));
    const line = (row: readonly string[]) =>
      `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
    const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
    this.say('', line(head), rule, ...rows.map(line), '');
  }

  toString(): string {
    return `${this.parts.join('\n').trim()}\n`;
  }
}

/** `81`: milliseconds without decimals, from a second on as seconds. */
export const time = (ms: number): string => (ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`);

/** `2.13 x`. */
export const ratio = (value: number): string => `${value.toFixed(2)} x`;
