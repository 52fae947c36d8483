/** Order of UTF-16 texts, for what only has to be the same in every run. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
