import { printable } from '../key-text.ts';
import { type Path, pathText } from '../location.ts';
import type { Shape } from './shape.ts';

const names: Readonly<Record<Exclude<Shape['is'], 'enum'>, string>> = {
  text: 'a text',
  integer: 'a number',
  number: 'a number',
  boolean: 'true or false',
  'integer or text': 'a number or a text',
  any: 'a value',
  list: 'a list',
  map: 'an object',
  object: 'an object',
};

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** What was found: `the text "443"`, `a list`; the value itself is only named when it may be shown. */
function found(value: unknown, show: boolean): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string')
    return show && printable(value) ? `the text ${JSON.stringify(shortened(value))}` : 'a text';
  if (typeof value === 'number') return show ? `the number ${value}` : 'a number';
  if (typeof value === 'boolean') return show ? `the boolean ${value}` : 'a boolean';
  return 'an object';
}

const joined = (values: readonly string[], word: string): string =>
  values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} ${word} ${values.at(-1)}`;

/** Returns `A, B and C`, or `A, B, C and 4 more`. */
export const some = (values: readonly string[]): string =>
  joined(values.length > 4 ? [...values.slice(0, 3), `${values.length - 3} more`] : values, 'and');

/** Returns the path as text; keys that are no names are shortened or left out. */
export const placeText = (path: Path): string =>
  pathText(path.map((step) => (typeof step === 'number' ? step : printable(step) ? shortened(step) : '...')));

/** Returns the sentence about a value of the wrong type or outside an enum. */
export function wrongType(place: string, shape: Shape, value: unknown, show: boolean): string {
  const wanted = shape.is === 'enum' ? `one of ${joined([...shape.values], 'or')}` : names[shape.is];
  const whole = shape.is === 'integer' && typeof value === 'number' ? 'a whole number' : wanted;
  const message = `${place} must be ${whole}, not ${found(value, show)}`;
  return typeof value === 'boolean' && isText(shape)
    ? `${message}: unquoted y, n, yes, no, on and off are booleans in Kubernetes YAML, so quote it`
    : message;
}

const isText = (shape: Shape): boolean => shape.is === 'text' || shape.is === 'enum' || shape.is === 'integer or text';
