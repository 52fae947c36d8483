import { type Draft, objectKey, placeKey } from './draft.ts';

/**
 * One cause, one finding: where two rules see the same defect, the more specific one speaks (rules.md 2b). Only pairs
 * that stand here are settled after the fact; cert-cn-only, wildcard-san-depth, secret-wrong-namespace and
 * secret-bad-keys are exclusive by their conditions (src/rules/facts). `same` says what both findings must share.
 */
export interface Precedence {
  readonly winner: string;
  readonly over: string;
  readonly same: 'place' | 'resource';
}

export const precedences: readonly Precedence[] = [
  { winner: 'chain-order', over: 'key-cert-mismatch', same: 'resource' },
  // A text that is no name, or another name than clients send, is missing in the Gateway for that reason.
  { winner: 'invalid-host', over: 'vs-host-not-in-gateway', same: 'place' },
  { winner: 'host-trailing-dot', over: 'vs-host-not-in-gateway', same: 'place' },
  { winner: 'redirect-dropped', over: 'server-dropped-duplicate-host', same: 'place' },
];

const shared: Readonly<Record<Precedence['same'], (draft: Draft) => string>> = {
  place: ({ problem }) => placeKey(problem.at),
  resource: ({ problem }) => objectKey(problem.at.resource),
};

/** Returns what remains when each loser of a precedence gives way to its winner. */
export function settle(drafts: readonly Draft[], table: readonly Precedence[] = precedences): Draft[] {
  const key = (p: Precedence, draft: Draft) => `${p.winner}\n${p.same}\n${shared[p.same](draft)}`;
  const won = new Set(table.flatMap((p) => drafts.filter((d) => d.rule === p.winner).map((d) => key(p, d))));
  return drafts.filter((d) => !table.some((p) => p.over === d.rule && won.has(key(p, d))));
}

/** The rules that must run so that these can be settled: a skipped winner must not bring its loser back. */
export function withWinners(ids: ReadonlySet<string>, table: readonly Precedence[] = precedences): Set<string> {
  return new Set([...ids, ...table.flatMap((p) => (ids.has(p.over) ? [p.winner] : []))]);
}
