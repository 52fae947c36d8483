/** Longer names are not compared: no API name is that long, and the cost is the product of the lengths. */
const longest = 64;

/** The number of inserted, removed, replaced or swapped neighbouring letters that turn one text into the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}

/** Returns the text without what people get wrong first: case, `_`, `-`, `.` and blanks. */
export const bare = (name: string): string => name.toLowerCase().replace(/[-_.\s]/g, '');

/** Bare forms of the API's names, which are compared with every unknown field. */
const bareNames = new Map<string, string>();

function bareOfKnown(name: string): string {
  const known = bareNames.get(name) ?? bare(name);
  bareNames.set(name, known);
  return known;
}

/** Returns the candidate (a name of the API) that differs least from the name, if it differs by at most `limit`; the first of equals. */
export function closest(name: string, candidates: Iterable<string>, limit: number): string | null {
  const wanted = bare(name);
  if (wanted.length > longest) return null;
  let best: string | null = null;
  let least = limit + 1;
  for (const candidate of candidates) {
    const other = bareOfKnown(candidate);
    if (Math.abs(other.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, other);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** How many wrong letters a typing error of a name of this length has at most. */
export const tolerance = (name: string): number => Math.max(1, Math.floor(name.length / 3));
