import { asciiText, childrenOf, contentsHex, contentsOf, type DerElement, isOid, TAG } from './der.ts';
import { bufferOf } from './pem.ts';

/** A distinguished name: as text (RFC 4514), in a form that compares as RFC 5280 section 7.1 does, and its last common name ('' when that is no text). */
export interface DistinguishedName {
  readonly text: string;
  readonly key: string;
  readonly commonName: string | null;
  /** A PrintableString or NumericString with other characters than it may have: only Go minds. */
  readonly refusedByGo: boolean;
}

/** What Go allows in a NumericString and a PrintableString. */
const ALPHABETS: ReadonlyMap<number, RegExp> = new Map([
  [0x12, /^[0-9 ]*$/],
  [0x13, /^[A-Za-z0-9 '()+,\-./:=?*&]*$/],
]);

/** Types that BoringSSL refuses in an attribute, and text types, when the text is not what its type allows. */
const NO_VALUES = new Set([0, 1, 2, 5, 6, 10, 0x0c, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1c, 0x1e, 0x31]);
const COMMON_NAME = '550403';

const SHORT_NAMES: Readonly<Record<string, string>> = {
  [COMMON_NAME]: 'CN',
  '550405': 'SERIALNUMBER',
  '550406': 'C',
  '550407': 'L',
  '550408': 'ST',
  '550409': 'STREET',
  '55040a': 'O',
  '55040b': 'OU',
  '550411': 'POSTALCODE',
  '2a864886f70d010901': 'EMAILADDRESS',
  '0992268993f22c640101': 'UID',
  '0992268993f22c640119': 'DC',
};

/** Returns the distinguished name in a SEQUENCE of SETs of attributes, or null when it is none. Text of other kinds is shown as `#hex`. */
export function readName(der: Uint8Array, name: DerElement): DistinguishedName | null {
  const sets = name.tag === TAG.sequence ? childrenOf(der, name) : null;
  if (sets === null) return null;
  const texts: string[] = [];
  const keys: string[] = [];
  let commonName: string | null = null;
  let refusedByGo = false;
  for (const set of sets) {
    const attributes = set.tag === TAG.set ? childrenOf(der, set) : null;
    if (attributes === null) return null;
    const parts: string[] = [];
    const partKeys: string[] = [];
    for (const attribute of attributes) {
      const pair = attribute.tag === TAG.sequence ? childrenOf(der, attribute) : null;
      const [type, value] = pair ?? [];
      if (type === undefined || value === undefined || !isOid(der, type)) return null;
      const oid = contentsHex(der, type);
      const text = stringOf(der, value);
      if (text === null && NO_VALUES.has(value.tag)) return null;
      const shown = text === null ? `#${contentsHex(der, { ...value, contents: value.start })}` : escaped(text);
      parts.push(`${SHORT_NAMES[oid] ?? dottedOid(contentsOf(der, type))}=${shown}`);
      partKeys.push(`${oid}=${text === null ? shown : folded(text)}`);
      if (oid === COMMON_NAME) commonName = text ?? '';
      refusedByGo ||= text !== null && ALPHABETS.get(value.tag)?.test(text) === false;
    }
    texts.push(parts.join('+'));
    keys.push(partKeys.sort().join('\u0001'));
  }
  return { text: texts.reverse().join(','), key: keys.join('\u0002'), commonName, refusedByGo };
}

/** Returns the text of a string element, or null for other elements and for text that its type does not allow. */
function stringOf(der: Uint8Array, element: DerElement): string | null {
  const bytes = bufferOf(contentsOf(der, element));
  switch (element.tag) {
    case 0x0c: {
      const text = bytes.toString('utf8');
      return text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(bytes) ? null : text;
    }
    case 0x12:
    case 0x13:
    case 0x16:
      return asciiText(der, element);
    case 0x14:
      return bytes.toString('latin1');
    case 0x1e:
      return bytes.length % 2 === 0 ? Buffer.from(bytes).swap16().toString('utf16le') : null;
    case 0x1c: {
      if (bytes.length % 4 !== 0) return null;
      const points = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32BE(4 * i));
      return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points.slice(0, 1000)) : null;
    }
    default:
      return null;
  }
}

/** Returns an object identifier as dotted numbers, of its contents. */
export function dottedOid(contents: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of contents) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      if (arcs.length === 0) arcs.push(Math.min(Math.floor(arc / 40), 2), arc - 40 * Math.min(Math.floor(arc / 40), 2));
      else arcs.push(arc);
      arc = 0;
    }
  }
  return arcs.join('.');
}

/** Nothing in it is escaped, and nearly all names are so. */
const PLAIN = /^[\w.*-]+(?: [\w.*-]+)*$/;

const escaped = (text: string): string => (PLAIN.test(text) ? text : escapedAs4514(text));

const escapedAs4514 = (text: string): string =>
  text
    .replace(/[\\",+;<>]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<!^\\) $/, '\\ ')
    // A name is shown in terminals: no control character of a certificate may reach one.
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) =>
      [...Buffer.from(char, 'utf8')].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join(''),
    );

const folded = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();
