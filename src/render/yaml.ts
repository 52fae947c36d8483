import { jsonText } from './json.ts';
import type { Renderer } from './report.ts';

// What kubectl's YAML would read as something else than text (true, no, null ...), in any case.
const WORD = /^(?:true|false|yes|no|on|off|y|n|null)$/i;
const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./(][A-Za-z0-9_./()-]*)*$/;

const scalar = (value: unknown): string =>
  typeof value === 'string' && PLAIN.test(value) && !WORD.test(value) ? value : jsonText(value);

type Line = readonly [depth: number, text: string];

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

function entry(key: string, value: unknown, depth: number): Line[] {
  if (value === undefined) return [];
  const nested = isList(value) || isMap(value);
  if (!nested) return [[depth, `${scalar(key)}: ${scalar(value)}`]];
  return [[depth, `${scalar(key)}:`], ...lines(value, isList(value) ? depth : depth + 1)];
}

function lines(value: unknown, depth: number): Line[] {
  if (isMap(value)) return Object.entries(value).flatMap(([key, v]) => entry(key, v, depth));
  if (!isList(value)) return [[depth, scalar(value)]];
  return value.flatMap((item) => {
    // The dash takes the place of the first line's indentation.
    const [first, ...rest] = lines(item, depth + 1);
    return first === undefined ? [] : [[depth, `- ${first[1]}`] as const, ...rest];
  });
}

/** A JSON value as YAML in block style; every text that is not a plain word is quoted as JSON does. */
export const yamlText = (value: unknown): string =>
  lines(value, 0)
    .map(([depth, text]) => `${'  '.repeat(depth)}${text}\n`)
    .join('');

/** The report as YAML: the same object as in JSON. */
export const renderYaml: Renderer = (report) => yamlText(report);
