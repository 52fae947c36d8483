import { type Body, body, isBody, text } from './documents.ts';

/** A place in an object: the value there can be replaced, removed, or get a neighbour. */
export interface Spot {
  /** The same for the same field of all objects of a kind: `Gateway.spec.servers[].port.number`. */
  readonly path: string;
  readonly parent: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

/** All values that stand at a path somewhere, by the path. */
export type Pool = ReadonlyMap<string, readonly unknown[]>;

/** Mappings whose keys are free: what stands under one key fits under any other. */
const FREE_KEYS = /\.(?:labels|selector|annotations|data|headers|withoutHeaders)$/;

const pathBelow = (path: string, key: string): string => (FREE_KEYS.test(path) ? `${path}.*` : `${path}.${key}`);

/** Every place below a value, outermost first. */
function spotsBelow(value: unknown, path: string): Spot[] {
  if (Array.isArray(value)) {
    const own = `${path}[]`;
    return value.flatMap((item, key) => [{ path: own, parent: value, key }, ...spotsBelow(item, own)]);
  }
  if (!isBody(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const own = pathBelow(path, key);
    return [{ path: own, parent: value, key }, ...spotsBelow(item, own)];
  });
}

/** The places of an object that say what it does: its spec, or the data of a ConfigMap. */
export function spotsOf(document: Body): Spot[] {
  const part = document['spec'] === undefined ? 'data' : 'spec';
  return spotsBelow(body(document[part]), `${text(document['kind'])}.${part}`);
}

/** Collects the values of all objects. */
export function poolOf(documents: readonly Body[]): Pool {
  const pool = new Map<string, unknown[]>();
  for (const { path, parent, key } of documents.flatMap(spotsOf)) {
    const value = (parent as Record<string | number, unknown>)[key];
    const values = pool.get(path);
    if (values) values.push(value);
    else pool.set(path, [value]);
  }
  return pool;
}
