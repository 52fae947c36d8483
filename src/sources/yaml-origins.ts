import type { Location, Path } from '../model/location.ts';
import type { Origin } from '../model/resource.ts';
import { countBelow, type SourceText } from './source-text.ts';
import { offsetOf, type PositionNode } from './yaml-positions.ts';
import {
  excerptLine,
  type Hidden,
  mayBeSecretList,
  mayHoldSecret,
  meeting,
  merged,
  privateKeysIn,
  secretValues,
  shownLine,
} from './yaml-secrets.ts';
import { jsonItems, type Part } from './yaml-split.ts';

/** The way back from the documents of one file to its text. Computes nothing before it is asked. */
export interface Origins {
  /** Origin of the object that stands at `prefix` in a document. */
  of(part: Part, prefix: Path): Origin;
  locate(part: Part, path: Path): Location;
  /** The line of an offset of an unreadable document, or null where it must not be shown. */
  excerpt(part: Part, offset: number): string | null;
}

/** What the origins of one file have in common. */
interface Shared extends Pick<Origins, 'locate'> {
  readonly file: string;
  line(number: number): string | null;
  linesWith(word: string): readonly number[];
}

/** A class, since there is one per object of the input: with closures each would take three times the memory. */
class PartOrigin implements Origin {
  readonly #shared: Shared;
  readonly #part: Part;
  readonly #prefix: Path;

  constructor(shared: Shared, part: Part, prefix: Path) {
    this.#shared = shared;
    this.#part = part;
    this.#prefix = prefix;
  }

  get file(): string {
    return this.#shared.file;
  }

  locate(path: Path): Location {
    return this.#shared.locate(this.#part, this.#prefix.length === 0 ? path : [...this.#prefix, ...path]);
  }

  line(number: number): string | null {
    return this.#shared.line(number);
  }

  linesWith(word: string): readonly number[] {
    return this.#shared.linesWith(word);
  }
}

/** So many documents are remembered with their positions. */
const REMEMBERED = 16;

/** `parts` are all documents of the text, ascending; `positions` returns null for what it cannot read. */
export function originsOf(
  source: SourceText,
  parts: readonly Part[],
  positions: (source: string) => PositionNode | null,
): Origins {
  const { text, file } = source;
  /** The last ones asked for: findings come document by document, and many point at one large Gateway as well. */
  const roots = new Map<Part, PositionNode | null>();
  let keys: readonly Hidden[] | null = null;
  let starts: readonly number[] | null = null;
  const hiddenOf = new Map<Part, readonly Hidden[]>();
  const lists = new Map<Part, readonly Part[] | null>();
  const textOf = ({ start, end }: Part): string => text.slice(start, end);

  const rootOf = (part: Part): PositionNode | null => {
    const known = roots.get(part);
    const root = known === undefined ? positions(textOf(part)) : known;
    roots.delete(part);
    roots.set(part, root);
    if (roots.size > REMEMBERED) roots.delete(roots.keys().next().value!);
    return root;
  };
  const keysInText = (): readonly Hidden[] => {
    keys ??= privateKeysIn(text);
    return keys;
  };
  /** The objects of a JSON list, which can be read one by one. */
  const itemsOf = (part: Part): readonly Part[] | null => {
    if (!part.json) return null;
    if (!lists.has(part)) lists.set(part, jsonItems(text, part));
    return lists.get(part) ?? null;
  };
  const hiddenIn = (part: Part): readonly Hidden[] => {
    const known = hiddenOf.get(part);
    if (known) return known;
    const found = meeting(keysInText(), part.start, part.end);
    const list = mayBeSecretList(textOf(part));
    for (const piece of mayHoldSecret(textOf(part)) ? (itemsOf(part) ?? [part]) : []) {
      if (!list && !mayHoldSecret(textOf(piece))) continue;
      const root = rootOf(piece);
      const values = root ? secretValues(root, list && piece !== part) : [{ start: 0, end: piece.end - piece.start }];
      for (const { start, end } of values) found.push({ start: start + piece.start, end: end + piece.start });
    }
    const hidden = merged(found);
    hiddenOf.set(part, hidden);
    return hidden;
  };
  const locate = (part: Part, path: Path): Location => {
    const [field, index, ...rest] = path;
    const item = field === 'items' && typeof index === 'number' ? itemsOf(part)?.[index] : undefined;
    if (item) return locate(item, rest);
    const root = path.length === 0 ? null : rootOf(part);
    const offset = root ? offsetOf(root, path) : -1;
    return source.locationOf(offset < 0 ? part.content : part.start + offset);
  };
  const line = (number: number): string | null => {
    const range = source.lineRange(number);
    if (!range) return null;
    starts ??= parts.map((part) => part.start);
    const part = parts[countBelow(starts, range.start + 1) - 1];
    return shownLine(text, range.start, range.end, part ? hiddenIn(part) : keysInText());
  };
  const shared: Shared = { file, locate, line, linesWith: (word) => source.linesWith(word) };
  return {
    of: (part, prefix) => new PartOrigin(shared, part, prefix),
    locate,
    excerpt(part, offset) {
      if (mayHoldSecret(textOf(part))) return null;
      const range = source.lineRange(source.locationOf(offset).line);
      return range ? excerptLine(text, range.start, range.end, keysInText()) : null;
    },
  };
}
