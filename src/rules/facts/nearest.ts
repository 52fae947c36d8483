/** Returns how many single-character edits lead from one text to the other. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Returns the candidate with the fewest edits, or null when there is none. Ties go to the earlier one. */
export function nearest<T>(wanted: string, candidates: readonly T[], text: (candidate: T) => string): T | null {
  let best: { candidate: T; edits: number } | null = null;
  for (const candidate of candidates) {
    const edits = distance(wanted, text(candidate));
    if (best === null || edits < best.edits) best = { candidate, edits };
  }
  return best?.candidate ?? null;
}
