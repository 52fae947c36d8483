/** The paths through the program that this run has taken, by name. */
const taken = new Set<string>();

/**
 * Notes a path whose functions are worth keeping in the code cache (bin/run.js): V8 compiles a function when it first
 * runs, so a cache written by a clean file lacks what a finding needs.
 */
export const passBy = (name: string): void => {
  taken.add(name);
};

/** All paths taken so far. */
export const pathsTaken = (): readonly string[] => [...taken];
