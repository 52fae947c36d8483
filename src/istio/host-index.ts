import { SuffixMap } from './suffix-map.ts';

/** A host without its star, read from the end: what begins alike, ends alike. */
interface Ending<T> {
  readonly reversed: string;
  readonly values: readonly T[];
}

const textOf = (host: string): string => (host.startsWith('*') ? host.slice(1) : host);
const reversed = (text: string): string => text.split('').reverse().join('');

/** Finds values by hosts that include one another (E11), without comparing each host with each. */
export class HostIndex<T> {
  private readonly exact = new Map<string, T[]>();
  /** By what follows the star. */
  private readonly wildcards = new SuffixMap<T[]>();
  private endings: readonly Ending<T>[] | null = null;

  add(host: string, value: T): void {
    const wildcard = host.startsWith('*');
    const text = textOf(host);
    const map = wildcard ? this.wildcards : this.exact;
    const list = map.get(text);
    if (list) list.push(value);
    else map.set(text, [value]);
    this.endings = null;
  }

  /** The values of all hosts that some name fits which also fits `host`, each once. */
  meeting(host: string): Set<T> {
    const found = new Set<T>();
    const add = (values: readonly T[] | undefined) => {
      for (const value of values ?? []) found.add(value);
    };
    const text = textOf(host);
    for (const values of this.wildcards.endingsOf(text)) add(values);
    if (host.startsWith('*')) for (const { values } of this.endingWith(text)) add(values);
    else add(this.exact.get(host));
    return found;
  }

  private *endingWith(text: string): Generator<Ending<T>> {
    this.endings ??= [...this.exact, ...this.wildcards.entries()]
      .map(([key, values]) => ({ reversed: reversed(key), values }))
      .sort((a, b) => (a.reversed < b.reversed ? -1 : 1));
    const { endings } = this;
    const wanted = reversed(text);
    let low = 0;
    let high = endings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (endings[middle]!.reversed < wanted) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < endings.length && endings[at]!.reversed.startsWith(wanted); at++) yield endings[at]!;
  }
}
