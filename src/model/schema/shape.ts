/** What a value must look like. Shapes are finite trees without cycles, so a walk along one is bounded by its depth. */
export type Shape = ScalarShape | EnumShape | ListShape | MapShape | ObjectShape;

export interface ScalarShape {
  readonly is: 'text' | 'integer' | 'number' | 'boolean' | 'integer or text' | 'any';
  /** True where people put passwords: the value is never printed. */
  readonly hidden: boolean;
}

export interface EnumShape {
  readonly is: 'enum';
  readonly values: ReadonlySet<string>;
}

export interface ListShape {
  readonly is: 'list';
  readonly of: Shape;
}

/** An object whose keys are free: labels, headers, data. */
export interface MapShape {
  readonly is: 'map';
  readonly of: Shape;
}

export interface ObjectShape {
  readonly is: 'object';
  readonly fields: ReadonlyMap<string, Shape>;
  /** True: fields that are not listed may exist; they are not looked at. */
  readonly open: boolean;
}

const scalar = (is: ScalarShape['is'], hidden = false): ScalarShape => ({ is, hidden });

export const text = scalar('text');
export const hiddenText = scalar('text', true);
/** The name of a Secret or the path of a file; its own object, since people paste the key itself there. */
export const keyName = scalar('text');
/** A text like `1.5s`; its own object, so that advice can add the unit. */
export const duration = scalar('text');
export const integer = scalar('integer');
export const number = scalar('number');
export const boolean = scalar('boolean');
export const integerOrText = scalar('integer or text');
/** Anything: x-kubernetes-preserve-unknown-fields, or a field whose content is not read. */
export const any = scalar('any');

/** One of these texts; the API's enums are upper-case. */
export const oneOf = (...values: readonly string[]): EnumShape => ({ is: 'enum', values: new Set(values) });

export const list = (of: Shape): ListShape => ({ is: 'list', of });
export const map = (of: Shape): MapShape => ({ is: 'map', of });

/** An object of which every field is known. */
export const object = (fields: Readonly<Record<string, Shape>>): ObjectShape => ({
  is: 'object',
  fields: new Map(Object.entries(fields)),
  open: false,
});

/** An object of which only these fields are looked at. */
export const open = (fields: Readonly<Record<string, Shape>>): ObjectShape => ({ ...object(fields), open: true });

export const texts = list(text);
export const textMap = map(text);
