/** Deeper documents are refused; real ones (CRD schemas) nest 60 levels. Go's limit of 10,000 would overflow our stack. */
export const DEEPEST = 500;

/** Why kubectl refuses a value with an alias to what the alias stands in. */
export const CYCLE = 'an anchor contains itself';

interface Size {
  /** Nodes when every alias is written out. */
  readonly nodes: number;
  readonly height: number;
}

/** How much of a document may come from aliases. Source: go-yaml v2 decode.go, allowedAliasRatio. */
function allowedRatio(nodes: number): number {
  if (nodes <= 400_000) return 0.99;
  if (nodes >= 4_000_000) return 0.1;
  return 0.99 - 0.89 * ((nodes - 400_000) / 3_600_000);
}

/**
 * Returns why a value with aliases is refused, as kubectl refuses it: it expands to an absurd size or depth ("billion
 * laughs"). Null for an ordinary value. Each node is visited once, however often it is repeated; none contains itself.
 */
export function absurdExpansion(value: unknown): string | null {
  const sizes = new Map<object, Size>();
  let visited = 0;
  const measure = (node: unknown, depth: number): Size => {
    visited++;
    if (typeof node !== 'object' || node === null) return { nodes: 1, height: 0 };
    const known = sizes.get(node);
    if (known !== undefined) return known;
    // Keys that are numbers come first in JavaScript, so that an alias may be met before what it stands for is measured.
    if (depth > DEEPEST) return { nodes: 1, height: DEEPEST + 1 };
    let nodes = 1;
    let height = 0;
    for (const child of Object.values(node)) {
      const size = measure(child, depth + 1);
      nodes += size.nodes;
      height = Math.max(height, size.height + 1);
    }
    const size = { nodes, height };
    sizes.set(node, size);
    return size;
  };
  const { nodes, height } = measure(value, 0);
  if (height > DEEPEST) return `nested more than ${DEEPEST} levels deep`;
  const aliased = nodes - visited;
  const refused = aliased > 100 && nodes > 1000 && aliased / nodes > allowedRatio(nodes);
  return refused ? 'its aliases expand to an absurd size' : null;
}

/** True for a value that nests deeper than `limit`; for JSON, whose parser knows no limit. */
export function isDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  for (const child of Object.values(value)) if (isDeeper(child, limit - 1)) return true;
  return false;
}
