import { bufferOf } from './pem.ts';

/** One element of a DER encoding: the positions of its tag, its contents and its end in the bytes it was read from. */
export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly contents: number;
  readonly end: number;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * Returns the element that begins at `at` and ends before `limit`, or null.
 * Strict as X.690 section 10 and Go's cryptobyte: definite lengths in their shortest form, single-byte tags, lengths below 2^32.
 */
export function readElement(der: Uint8Array, at: number, limit: number): DerElement | null {
  if (at + 2 > limit) return null;
  const tag = der[at]!;
  if ((tag & 0x1f) === 0x1f) return null;
  const first = der[at + 1]!;
  let contents = at + 2;
  let length = first;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4 || contents + octets > limit) return null;
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + der[contents + i]!;
    if (length < 0x80 || (octets > 1 && der[contents] === 0)) return null;
    contents += octets;
  }
  const end = contents + length;
  return end > limit ? null : { tag, start: at, contents, end };
}

/** Returns the elements inside one element, in order, or null when the contents are not a whole number of elements. */
export function childrenOf(der: Uint8Array, parent: DerElement): readonly DerElement[] | null {
  const children: DerElement[] = [];
  for (let at = parent.contents; at < parent.end; ) {
    const child = readElement(der, at, parent.end);
    if (child === null) return null;
    children.push(child);
    at = child.end;
  }
  return children;
}

/** Returns the contents of an element without copying them. */
export const contentsOf = (der: Uint8Array, element: DerElement): Uint8Array =>
  der.subarray(element.contents, element.end);

/** Returns the contents of an element as lower-case hexadecimal digits: how object identifiers are compared here. */
export const contentsHex = (der: Uint8Array, { contents, end }: DerElement): string =>
  bufferOf(der).toString('hex', contents, end);

/** Tells whether two elements hold the same octets. */
export const haveSameContents = (der: Uint8Array, a: DerElement, b: DerElement): boolean =>
  bufferOf(der).compare(der, a.contents, a.end, b.contents, b.end) === 0;

/** Returns the contents of an element as text, or null when a byte is not ASCII. */
export function asciiText(der: Uint8Array, { contents, end }: DerElement): string | null {
  const text = bufferOf(der).toString('latin1', contents, end);
  return /[\u0080-\u00ff]/.test(text) ? null : text;
}

/** Returns a non-negative INTEGER in lower-case hexadecimal without leading zeros, or null when it is negative or not DER. */
export function unsignedHex(der: Uint8Array, element: DerElement): string | null {
  if (!isInteger(der, element) || der[element.contents]! >= 0x80) return null;
  return contentsHex(der, element).replace(/^0+(?=.)/, '');
}

/** Tells whether the element is an OBJECT IDENTIFIER whose arcs are whole and in their shortest form (X.690 section 8.19). */
export function isOid(der: Uint8Array, element: DerElement): boolean {
  if (element.tag !== TAG.oid || element.contents === element.end || der[element.end - 1]! >= 0x80) return false;
  for (let at = element.contents; at < element.end; at++) {
    const startsArc = at === element.contents || der[at - 1]! < 0x80;
    if (startsArc && der[at] === 0x80) return false;
  }
  return true;
}

/** Tells whether the element is an INTEGER in its shortest form (X.690 section 8.3.2). */
export function isInteger(der: Uint8Array, element: DerElement): boolean {
  if (element.tag !== TAG.integer || element.end === element.contents) return false;
  if (element.end - element.contents === 1) return true;
  const [first, second] = [der[element.contents]!, der[element.contents + 1]!];
  return !((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
}

/** Returns the value of a BOOLEAN, or null when it is neither 00 nor FF (X.690 section 11.1). */
export function booleanOf(der: Uint8Array, element: DerElement): boolean | null {
  if (element.tag !== TAG.boolean || element.end - element.contents !== 1) return null;
  const value = der[element.contents];
  return value === 0xff ? true : value === 0 ? false : null;
}

/** Returns the octets of a BIT STRING of whole octets, or null. */
export function bitStringOctets(der: Uint8Array, element: DerElement): Uint8Array | null {
  if (element.tag !== TAG.bitString || element.end === element.contents) return null;
  return der[element.contents] === 0 ? der.subarray(element.contents + 1, element.end) : null;
}

/** Returns the set bits of a BIT STRING by position, first bit first, or null (X.690 section 11.2: unused bits are zero). */
export function bitsOf(der: Uint8Array, element: DerElement): readonly number[] | null {
  if (element.tag !== TAG.bitString || element.end === element.contents) return null;
  const unused = der[element.contents]!;
  const octets = element.end - element.contents - 1;
  if (unused > 7 || (octets === 0 && unused > 0)) return null;
  if (octets > 0 && (der[element.end - 1]! & ((1 << unused) - 1)) !== 0) return null;
  const bits: number[] = [];
  for (let bit = 0; bit < Math.min(octets * 8 - unused, 32); bit++) {
    if ((der[element.contents + 1 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) bits.push(bit);
  }
  return bits;
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z|[+-]\d{4})$/;

/** Returns the time in a UTCTime or GeneralizedTime, or null (RFC 5280 section 4.1.2.5; offsets as Go's cryptobyte reads them). */
export function timeOf(der: Uint8Array, element: DerElement): Date | null {
  if (element.end - element.contents > 19) return null;
  const text = bufferOf(der).toString('latin1', element.contents, element.end);
  const found = (
    element.tag === TAG.utcTime ? UTC_TIME : element.tag === TAG.generalizedTime ? GENERALIZED_TIME : null
  )?.exec(text);
  if (!found) return null;
  const part = (index: number): number => Number(found[index] ?? 0);
  const year = element.tag === TAG.utcTime ? part(1) + (part(1) >= 50 ? 1900 : 2000) : part(1);
  const time = new Date(0);
  time.setUTCFullYear(year, part(2) - 1, part(3));
  if (time.getUTCMonth() !== part(2) - 1 || time.getUTCDate() !== part(3)) return null;
  if (part(4) > 23 || part(5) > 59 || part(6) > 59) return null;
  time.setUTCHours(part(4), part(5), part(6));
  const zone = found[7]!;
  if (zone === 'Z') return time;
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return new Date(time.getTime() - (zone[0] === '-' ? -offset : offset) * 60_000);
}
