/**
 * What the input says about one thing. `unknown` is not `absent`: files may leave it out, permissions may hide it.
 * `absent.certain` tells whether the absence is proven (a live cluster, a snapshot, `--complete`) or only seen in files
 * that cover the place (rules.md, "What files can prove").
 */
export type Lookup<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'absent'; readonly certain: boolean }
  | { readonly kind: 'unknown'; readonly because: string };
