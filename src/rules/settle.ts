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

/** What settling needs to know of a finding. */
export interface Settleable {
  readonly rule: string;
  /** Equal for findings about the same part of the same object. */
  readonly place: string;
  /** Equal for findings about the same object. */
  readonly resource: string;
}

/** Returns the findings that remain when each loser of a precedence gives way to its winner. */
export function settle<T extends Settleable>(findings: readonly T[], table: readonly Precedence[] = precedences): T[] {
  const seen = new Set(findings.flatMap((f) => [`${f.rule}\n${f.place}`, `${f.rule}\n${f.resource}`]));
  return findings.filter((f) => !table.some((p) => p.over === f.rule && seen.has(`${p.winner}\n${f[p.same]}`)));
}

/** The rules that must run so that these can be settled: a skipped winner must not bring its loser back. */
export function withWinners(ids: ReadonlySet<string>, table: readonly Precedence[] = precedences): Set<string> {
  return new Set([...ids, ...table.flatMap((p) => (ids.has(p.over) ? [p.winner] : []))]);
}
