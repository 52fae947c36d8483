import { type Path, pathText } from '../location.ts';
import { oncePer } from '../once.ts';
import { bare, closest, tolerance } from './distance.ts';
import { duration, type EnumShape, type ObjectShape, type Shape } from './shape.ts';

/** An object on the way from the root to an unknown field. */
export interface Ancestor {
  readonly shape: ObjectShape;
  /** Length of its path. */
  readonly depth: number;
}

export interface Suggestion {
  /** What was probably meant: the right name, or the full path of the right place. */
  readonly nearest: string | null;
  /** Several places that have a field of this name, none likelier than the others. */
  readonly places: readonly string[];
}

/** Objects that a misplaced field may be away from its place, downwards. */
const reach = 3;

interface Found {
  readonly path: string;
  readonly levels: number;
}

/** Per object shape: bare name -> where it occurs below. Shapes are constants, so each is indexed once. */
const indexOf = oncePer((shape: ObjectShape): ReadonlyMap<string, readonly Found[]> => {
  const index = new Map<string, Found[]>();
  const visit = (inside: Shape, path: string, levels: number): void => {
    if (inside.is === 'list') visit(inside.of, `${path}[]`, levels);
    if (inside.is === 'map') visit(inside.of, `${path}.*`, levels);
    if (inside.is !== 'object' || levels > reach) return;
    for (const [name, field] of inside.fields) {
      const place = `${path}.${name}`;
      const found = index.get(bare(name));
      if (found) found.push({ path: place, levels });
      else index.set(bare(name), [{ path: place, levels }]);
      visit(field, place, levels + 1);
    }
  };
  visit(shape, '', 0);
  return index;
});

/** Returns the places where a field of this name exists: below the object or below the closest ancestor that has any. */
function placesOf(name: string, ancestors: readonly Ancestor[], path: Path): string[] {
  for (const { shape, depth } of [...ancestors].reverse()) {
    const found = indexOf(shape).get(bare(name)) ?? [];
    const levels = Math.min(...found.map((f) => f.levels));
    const above = pathText(path.slice(0, depth));
    const places = found.filter((f) => f.levels === levels).map((f) => (above + f.path).replace(/^\./, ''));
    if (places.length > 0) return places;
  }
  return [];
}

/**
 * Returns what the author of an unknown field probably meant: a field of the same object that differs by case or by one
 * letter, else a field of that name elsewhere in the object tree, else a field that differs by a few letters.
 */
export function nearestField(name: string, ancestors: readonly Ancestor[], path: Path): Suggestion {
  const here = ancestors.at(-1)!.shape.fields;
  const slip = closest(name, here.keys(), name.length > 3 ? 1 : 0);
  if (slip !== null) return { nearest: slip, places: [] };
  const places = placesOf(name, ancestors, path);
  if (places.length === 1) return { nearest: places[0]!, places: [] };
  if (places.length > 1) return { nearest: null, places };
  return { nearest: closest(name, here.keys(), tolerance(name)), places: [] };
}

/** Returns the value of the enum that was probably meant. */
export const nearestValue = (value: string, shape: EnumShape): string | null =>
  closest(value, shape.values, tolerance(value));

/** Returns how the value had to be written to be of this shape, where that is plain; JSON, which is YAML too. */
export function rewritten(value: unknown, shape: Shape): string | null {
  if (typeof value === 'string' && value.length <= 60) {
    if (shape.is === 'integer' && /^-?\d{1,15}$/.test(value)) return String(Number(value));
    if (shape.is === 'number' && /^-?\d{1,15}(\.\d{1,9})?$/.test(value)) return String(Number(value));
    if (shape.is === 'boolean' && /^(true|yes|on|y)$/i.test(value)) return 'true';
    if (shape.is === 'boolean' && /^(false|no|off|n)$/i.test(value)) return 'false';
  }
  if (typeof value === 'number' && shape.is === 'text')
    return JSON.stringify(`${value}${shape === duration ? 's' : ''}`);
  if (shape.is === 'list' && fits(value, shape.of)) return JSON.stringify([value]);
  if (shape.is === 'object') {
    const taking = [...shape.fields].filter(([, field]) => fits(value, field));
    if (taking.length === 1) return JSON.stringify({ [taking[0]![0]]: value });
  }
  return null;
}

/** True when a text of ordinary length or a number is of this scalar or enum shape. */
function fits(value: unknown, shape: Shape): boolean {
  if (typeof value === 'string' && value.length <= 60) {
    return shape.is === 'text' || shape.is === 'integer or text' || (shape.is === 'enum' && shape.values.has(value));
  }
  return Number.isInteger(value) && (shape.is === 'integer' || shape.is === 'number' || shape.is === 'integer or text');
}
