import type { Path } from '../model/location.ts';

/** Where the nodes of one document stand. Offsets into its text; -1 where there is no text, as for an empty value. */
export type PositionNode =
  | { readonly kind: 'scalar'; readonly start: number; readonly end: number; readonly text: string }
  | { readonly kind: 'sequence'; readonly start: number; readonly end: number; readonly items: readonly PositionNode[] }
  | { readonly kind: 'mapping'; readonly start: number; readonly end: number; readonly entries: readonly Entry[] };

export interface Entry {
  /** The key as text, or null for a merge (`<<`). */
  readonly key: string | null;
  readonly keyStart: number;
  readonly value: PositionNode;
}

/** A merge may lead through its own mapping; real ones nest two or three deep. */
const DEEPEST_MERGE = 20;

function mergedEntry(value: PositionNode, key: string, depth: number): Entry | null {
  if (value.kind === 'mapping') return entryOf(value.entries, key, depth);
  if (value.kind === 'scalar') return null;
  for (const item of value.items) {
    const found = item.kind === 'mapping' ? entryOf(item.entries, key, depth) : null;
    if (found) return found;
  }
  return null;
}

/** Finds the entry that counts: the last one, be it written here or merged. */
function entryOf(entries: readonly Entry[], key: string, depth = 0): Entry | null {
  if (depth > DEEPEST_MERGE) return null;
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i]!;
    if (entry.key === key) return entry;
    const merged = entry.key === null ? mergedEntry(entry.value, key, depth + 1) : null;
    if (merged) return merged;
  }
  return null;
}

/**
 * Returns the offset of the deepest part of the path that exists: of its key, for a list item of the item, for the root
 * of its first character. -1 when the document has no text.
 */
export function offsetOf(root: PositionNode, path: Path): number {
  let node = root;
  let best = root.start;
  for (const step of path) {
    if (node.kind === 'scalar') return best;
    if (node.kind === 'sequence') {
      const item = typeof step === 'number' ? node.items[step] : undefined;
      if (!item) return best;
      if (item.start >= 0) best = item.start;
      node = item;
    } else {
      const entry = entryOf(node.entries, String(step));
      if (!entry) return best;
      if (entry.keyStart >= 0) best = entry.keyStart;
      node = entry.value;
    }
  }
  return best;
}

/** Returns every mapping of the document, also those inside others; one that an alias repeats comes once. */
export function mappingsOf(root: PositionNode): PositionNode[] {
  const seen = new Set<PositionNode>();
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node) || node.kind === 'scalar') continue;
    seen.add(node);
    const inner = node.kind === 'sequence' ? node.items : node.entries.map((entry) => entry.value);
    for (const child of inner) open.push(child);
  }
  return [...seen].filter((node) => node.kind === 'mapping');
}
