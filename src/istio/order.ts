import type { AnyResource } from '../model/resource.ts';
import { compareText } from './hosts.ts';

/** Seconds since 1970; an object without a timestamp counts as created then (oracle/README.md). */
function created(resource: AnyResource): number {
  const text = resource.meta.creationTimestamp;
  const ms = text === undefined ? 0 : Date.parse(text);
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000);
}

/** Returns a new list by creation time, then name, then namespace. mirrors: A7, E8 (sortByCreationTime). */
export const sortByCreation = <T extends AnyResource>(resources: readonly T[]): T[] =>
  sortByCreationOf(resources, (resource) => resource);

/** Sorts values by the resource that each comes from, as sortByCreation does. */
export function sortByCreationOf<T>(all: readonly T[], resourceOf: (one: T) => AnyResource): T[] {
  return all
    .map((one) => {
      const resource = resourceOf(one);
      return { one, meta: resource.meta, time: created(resource) };
    })
    .sort(
      (a, b) =>
        a.time - b.time || compareText(a.meta.name, b.meta.name) || compareText(a.meta.namespace, b.meta.namespace),
    )
    .map(({ one }) => one);
}

/** Compares by creation time alone (A16, F33 add their own tie-breaks). */
export const compareCreation = (a: AnyResource, b: AnyResource): number => created(a) - created(b);
