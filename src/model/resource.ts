import type { Location, Path } from './location.ts';

/** Names one object. `namespace` is '' for cluster-scoped kinds. */
export interface ResourceId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339, absent in authored YAML. */
  readonly creationTimestamp?: string;
}

/**
 * Where an object came from; the only way from a path to a position. Positions are computed on demand. Its functions are
 * called as methods: there is one per object, and most are of a class.
 */
export interface Origin {
  /** Path of the file as the user named it, or null for an object read from a cluster. */
  readonly file: string | null;
  /** Position of the deepest part of the path that exists in the text (of the key, where there is one). */
  locate(path: Path): Location | null;
  /** The text of one line (from 1) of that file, or null. */
  line(line: number): string | null;
  /** Numbers of the lines of that file that hold a word, ascending; undefined where only reading each line tells. */
  linesWith?(word: string): readonly number[];
}

/** One object of the input. `spec` is typed and cleaned; `body` is the object as written, for rules about the text. */
export interface Resource<Spec> {
  readonly id: ResourceId;
  readonly meta: ObjectMeta;
  readonly spec: Spec;
  readonly body: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
}

export type AnyResource = Resource<unknown>;

/** A part of an object: what findings, drops and chains point at. */
export interface Place {
  readonly resource: AnyResource;
  /** In `spec`, unless `asWritten`. */
  readonly path: Path;
  /** The path is that of the text already, where values of a wrong type count. */
  readonly asWritten?: boolean;
}

/** `namespace/name`, the key of every index by object. */
export const keyOf = (of: { readonly namespace: string; readonly name: string }): string =>
  `${of.namespace}/${of.name}`;

/** `Gateway test/sni-gateway`; cluster-scoped objects without the slash. */
export const resourceText = (id: ResourceId): string =>
  id.namespace === '' ? `${id.kind} ${id.name}` : `${id.kind} ${id.namespace}/${id.name}`;
