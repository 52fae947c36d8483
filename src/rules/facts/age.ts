import type { Gateway } from '../../model/cluster-view.ts';

/** True when the input does not say which of the two is older, so that names decide the prediction (A7, M1). */
export const ageUnknown = (a: Gateway, b: Gateway): boolean =>
  a !== b && (a.meta.creationTimestamp === undefined || b.meta.creationTimestamp === undefined);

/** To be appended to a sentence about a winner that was found by name. */
export const byNameOnly = ' (by name; in clusters by age)';
