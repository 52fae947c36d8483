import { type Path, pathText } from './location.ts';
import type { AnyResource } from './resource.ts';

/** For lists from which values of a wrong type were taken: where the others stood. */
const positions = new WeakMap<object, readonly number[]>();

/** Remembers where the elements of a cleaned list stand in the list as it is written. */
export function keepPositions(clean: readonly unknown[], written: readonly number[]): void {
  positions.set(clean, written);
}

/** The path of a part of the cleaned spec in the object as it is written: a null in a list moves what follows it. */
export function writtenPath({ spec }: AnyResource, path: Path): Path {
  if (path[0] !== 'spec') return path;
  let value: unknown = spec;
  let moved: (string | number)[] | null = null;
  for (let i = 1; i < path.length && typeof value === 'object' && value !== null; i++) {
    const step = path[i]!;
    const at = positions.get(value)?.[Number(step)];
    if (at !== undefined && at !== step) {
      moved ??= [...path];
      moved[i] = at;
    }
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return moved ?? path;
}

/** That path as text, for messages: `spec.servers[1]`. */
export const writtenText = (of: AnyResource, path: Path): string => pathText(writtenPath(of, path));

/** What stands at a path of the cleaned spec in the object as it is written, also where it was taken out as misread. */
export function writtenValue(of: AnyResource, path: Path): unknown {
  let value: unknown = of.body;
  for (const step of writtenPath(of, path)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}
