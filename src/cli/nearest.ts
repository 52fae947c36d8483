import { editDistance } from '../model/schema/distance.ts';

/** The candidate that was probably meant, or null when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  // A third of the letters may be wrong: `secret` finds `secrets`, `x` finds nothing.
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const d = candidate.startsWith(wanted) && wanted.length >= 3 ? 1 : editDistance(wanted, candidate.toLowerCase());
    if (d < least) {
      best = candidate;
      least = d;
    }
  }
  return best;
}

/** `; did you mean --rule?`, or ''. */
export const didYouMean = (word: string, candidates: Iterable<string>, prefix = ''): string => {
  const found = nearest(word, candidates);
  return found === null ? '' : `; did you mean ${prefix}${found}?`;
};
