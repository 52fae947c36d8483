import type { SchemaProblem } from './cluster-view.ts';
import { hidePem, printable, SHORTEST_KEY, shownName } from './key-text.ts';
import { kinds } from './schema/kinds.ts';
import { type Ancestor, nearestField, nearestValue, rewritten } from './schema/nearest.ts';
import { keyName, type ListShape, type MapShape, type ObjectShape, type Shape } from './schema/shape.ts';
import { placeText, some, wrongType } from './schema/words.ts';
import { keepPositions } from './written-path.ts';

type Body = Readonly<Record<string, unknown>>;
export type ObjectProblem = Omit<SchemaProblem, 'resource'>;

export interface CheckedObject {
  /** The object without values of a wrong type and without nulls; the very same object where there are none. */
  readonly clean: Body;
  readonly problems: readonly ObjectProblem[];
}

/** A generated file with thousands of wrong fields is one mistake; more than this many problems of it help nobody. */
const mostProblems = 100;

/**
 * YAML aliases let a small file repeat a part of an object as often as it likes (an alias bomb). Real objects are smaller
 * than this; beyond it a part that is met again is not checked again.
 */
const manySteps = 20_000;

/** Stands for a value that does not stay. */
const removed = Symbol('removed');

type Container = ListShape | MapShape | ObjectShape;
type Memo = Map<unknown, Map<Container, unknown>>;

interface Walk {
  /** The shape of the whole object. */
  readonly root: ObjectShape;
  readonly path: (string | number)[];
  readonly problems: ObjectProblem[];
  unlisted: number;
  /** Objects, lists and maps seen so far. */
  steps: number;
  /** Results of those seen after the first `manySteps`, by value and shape; in CRDs and elsewhere. */
  memos: readonly [Memo, Memo] | null;
  /** Values of this object may be printed. */
  readonly show: boolean;
  /** Inside a CRD that is known in full; the API server treats nulls there unlike in its own kinds. */
  strict: boolean;
}

/** `networking.istio.io/v1` -> `networking.istio.io`; null when it cannot be told. */
function groupOf(apiVersion: unknown): string | null {
  if (typeof apiVersion !== 'string') return null;
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

const none: readonly ObjectProblem[] = [];

/**
 * Checks the types, field names and enum values of an object of this kind. Objects of kinds or API groups that are not
 * checked are returned as they are. `clean` is checked again to the same object.
 */
export function checkObject(kind: string, body: Body): CheckedObject {
  const schema = kinds.get(kind);
  const group = groupOf(body?.apiVersion);
  if (!schema || (group !== null && !schema.groups.includes(group))) return { clean: body, problems: none };
  const walk: Walk = {
    root: schema.shape,
    path: [],
    problems: [],
    unlisted: 0,
    steps: 0,
    memos: null,
    show: !schema.secret,
    strict: false,
  };
  const clean = checkValue(schema.shape, body, walk);
  if (walk.unlisted > 0) {
    walk.problems.push({ path: [], message: `${walk.unlisted} more problems of this object`, nearest: null });
  }
  return { clean: clean === removed ? {} : (clean as Body), problems: walk.problems };
}

function report(walk: Walk, describe: () => Omit<ObjectProblem, 'path'>): void {
  if (walk.problems.length < mostProblems) walk.problems.push({ path: [...walk.path], ...describe() });
  else walk.unlisted++;
}

function refuse(shape: Shape, value: unknown, walk: Walk): typeof removed {
  report(walk, () => {
    const show = walk.show && !('hidden' in shape && shape.hidden) && !(typeof value === 'string' && !printable(value));
    const place = walk.path.length === 0 ? 'the document' : placeText(walk.path);
    const meant =
      shape.is === 'enum' && typeof value === 'string' ? nearestValue(value, shape) : rewritten(value, shape);
    return { message: wrongType(place, shape, value, show), nearest: show ? meant : null };
  });
  return removed;
}

/** The text without private keys, but for those of Secrets and ConfigMaps, of which no value is printed. */
function textWithoutKeys(shape: Shape, value: string, walk: Walk): string {
  if (value.length < SHORTEST_KEY || !walk.show) return value;
  if (shape !== keyName) return hidePem(value);
  const shown = shownName(value);
  if (shown === value) return value;
  report(walk, () => ({
    message: `${placeText(walk.path)} holds a key or a certificate itself`,
    nearest: null,
    pasted: true,
  }));
  // Two of a list are not the same.
  const last = walk.path.at(-1);
  return typeof last === 'number' && last > 0 ? `${shown}${last + 1}` : shown;
}

function checkValue(shape: Shape, value: unknown, walk: Walk): unknown {
  switch (shape.is) {
    case 'any':
      return value;
    case 'text':
      return typeof value === 'string' ? textWithoutKeys(shape, value, walk) : refuse(shape, value, walk);
    case 'integer':
      return Number.isInteger(value) ? value : refuse(shape, value, walk);
    case 'number':
      return Number.isFinite(value) ? value : refuse(shape, value, walk);
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(shape, value, walk);
    case 'integer or text':
      return typeof value === 'string' || Number.isInteger(value) ? value : refuse(shape, value, walk);
    case 'enum':
      return typeof value === 'string' && shape.values.has(value) ? value : refuse(shape, value, walk);
    case 'list':
      return Array.isArray(value) ? checkContainer(shape, value, walk) : refuse(shape, value, walk);
    default:
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(shape, value, walk);
      return checkContainer(shape, value, walk);
  }
}

function checkContainer(shape: Container, value: object, walk: Walk): unknown {
  if (++walk.steps <= manySteps) return checkParts(shape, value, walk);
  walk.memos ??= [new Map(), new Map()];
  const memo = walk.memos[walk.strict ? 0 : 1];
  const known = memo.get(value);
  if (known?.has(shape)) return known.get(shape);
  const clean = checkParts(shape, value, walk);
  if (known) known.set(shape, clean);
  else memo.set(value, new Map([[shape, clean]]));
  return clean;
}

function checkParts(shape: Container, value: object, walk: Walk): unknown {
  if (shape.is === 'list') return checkList(shape, value as readonly unknown[], walk);
  return shape.is === 'map' ? checkMap(shape, value as Body, walk) : checkFields(shape, value as Body, walk);
}

const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

/** What Go makes of a null in a list or map of the API server's own kinds. */
function zero(shape: Shape): unknown {
  if (shape.is === 'text' || shape.is === 'integer or text') return '';
  if (shape.is === 'integer' || shape.is === 'number') return 0;
  return shape.is === 'boolean' ? false : shape.is === 'list' ? [] : {};
}

function checkList(shape: ListShape, values: readonly unknown[], walk: Walk): unknown {
  let copy: unknown[] | null = null;
  let left: number[] | null = null;
  for (let i = 0; i < values.length; i++) {
    walk.path.push(i);
    // A CRD's nulls are left out of objects and maps before validation, but refused in lists.
    const clean = isNull(values[i]) && !walk.strict ? zero(shape.of) : checkValue(shape.of, values[i], walk);
    walk.path.pop();
    if (!Object.is(clean, values[i])) copy ??= values.slice(0, i);
    if (copy && clean !== removed) copy.push(clean);
    if (clean === removed) left ??= Array.from({ length: i }, (_, before) => before);
    else left?.push(i);
  }
  if (copy && left) keepPositions(copy, left);
  return copy ?? values;
}

function checkMap(shape: MapShape, entries: Body, walk: Walk): unknown {
  let copy: Record<string, unknown> | null = null;
  for (const key in entries) {
    const given = entries[key];
    walk.path.push(key);
    const clean = !isNull(given) ? checkValue(shape.of, given, walk) : walk.strict ? removed : zero(shape.of);
    walk.path.pop();
    const shown = walk.show ? hidePem(key) : key;
    if (shown !== key) copy = change(copy ?? { ...entries }, key, removed);
    if (shown !== key || !Object.is(clean, given)) copy = change(copy ?? { ...entries }, shown, clean);
  }
  return copy ?? entries;
}

function checkFields(shape: ObjectShape, value: Body, walk: Walk): unknown {
  const outer = walk.strict;
  walk.strict = !shape.open;
  let copy: Record<string, unknown> | null = null;
  for (const key in value) {
    const field = shape.fields.get(key);
    const given = value[key];
    if (field === undefined) {
      if (!shape.open) unknownField(key, walk);
      continue;
    }
    walk.path.push(key);
    const clean = isNull(given) ? removed : checkValue(field, given, walk);
    walk.path.pop();
    if (!Object.is(clean, given)) copy = change(copy ?? { ...value }, key, clean);
  }
  walk.strict = outer;
  return copy ?? value;
}

function change(copy: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  if (value === removed) delete copy[key];
  else copy[key] = value;
  return copy;
}

/** The objects on the way to the last key of the path. */
function ancestorsOf({ root, path }: Walk): Ancestor[] {
  const ancestors: Ancestor[] = [];
  let shape: Shape | undefined = root;
  for (const [depth, key] of path.entries()) {
    if (shape?.is === 'object') ancestors.push({ shape, depth });
    if (shape?.is === 'object') shape = shape.fields.get(String(key));
    else if (shape?.is === 'list' || shape?.is === 'map') shape = shape.of;
  }
  return ancestors;
}

function unknownField(key: string, walk: Walk): void {
  walk.path.push(key);
  report(walk, () => {
    const { nearest, places } = nearestField(key, ancestorsOf(walk), walk.path);
    const hint = places.length > 0 ? `: known places are ${some(places)}` : '';
    return { message: `unknown field ${placeText(walk.path)}${hint}`, nearest };
  });
  walk.path.pop();
}
