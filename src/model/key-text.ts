/** Stands for a private key wherever one would be shown. */
export const HIDDEN = '***';

/** So many characters has an Ed25519 key in PKCS#8, and a line of any other: what is shorter holds none. */
export const SHORTEST_KEY = 64;

const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*-----\n?|$)/g;

/** What only PEM has, as text or in base64. */
const PEM_SIGN = /-----(?:BEGIN|END) [A-Z0-9 ]+-----|(?:PRIVATE KEY|CERTIFICATE)-----|LS0tLS1[A-Z]/;

/** Base64 of either alphabet, or as it stands in a URL. */
const BASE64 = /[A-Za-z0-9+/_%-]{64,}={0,2}/g;

/** The beginning of key material, however short the text is: PEM, or PEM in base64. */
const BEGINNING = /-----BEGIN|PRIVATE KEY|LS0tLS1C/;

/** Line ends, also those that somebody wrote as an escape sequence that is none in YAML. */
const SPACE = /\s+|\\[nr]/g;

/** Returns the text with `***` in the place of private keys in PEM form. */
export const hidePem = (text: string): string => (text.includes('PRIVATE KEY-----') ? text.replace(PEM, HIDDEN) : text);

/** Returns the text with `***` in the place of everything that may be a private key: PEM, and base64 in one run. */
export function hideKeys(text: string): string {
  const shown = hidePem(text);
  return mayHoldBase64(shown) ? shown.replace(BASE64, (run) => (isKeyRun(run) ? HIDDEN : run)) : shown;
}

/** Cheap, since most texts hold none: BASE64 is tried at each character. */
function mayHoldBase64(text: string): boolean {
  for (let at = 0; at + SHORTEST_KEY <= text.length; ) {
    const space = text.indexOf(' ', at);
    if ((space < 0 ? text.length : space) - at >= SHORTEST_KEY) return true;
    at = space + 1;
  }
  return false;
}

/**
 * Tells whether a text holds a key or a certificate, or a part of one: in PEM form, its body in any number of lines, or
 * base64 of either. The name of a Secret and the path of a file never do, however long they are.
 */
export function isKeyText(text: string): boolean {
  if (text.length < SHORTEST_KEY) return false;
  return PEM_SIGN.test(text) || (text.replace(SPACE, '').match(BASE64) ?? []).some((run) => isKeyRun(run));
}

/** True for a text that may be printed: it neither holds a key or a certificate nor begins one. */
export const printable = (text: string): boolean => !BEGINNING.test(text) && !isKeyText(text);

/** Returns `***` instead of a text that holds a key or a certificate, where only a name or a path belongs. */
export const shownName = (text: string): string => (isKeyText(text) ? HIDDEN : text);

/** Nobody encodes a key more often: by hand, and once more for the field `data` of a Secret. */
const MOST_ENCODINGS = 2;

function isKeyRun(run: string, encodings = MOST_ENCODINGS): boolean {
  if (run.includes('LS0tLS1') || holdsDer(run) || isMixed(run)) return true;
  // What encodes base64, or PEM, has no character of its own that ends a name.
  return encodings > 1 && run.split(/[/_%-]/).some((part) => isKeyRun(decoded(part), encodings - 1));
}

/** The text that is encoded, if it is base64 again; otherwise ''. */
function decoded(base64: string): string {
  if (base64.length < SHORTEST_KEY) return '';
  const text = Buffer.from(base64, 'base64').toString('latin1').replace(SPACE, '');
  return /^[A-Za-z0-9+/_=-]+$/.test(text) ? text : '';
}

const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** The content of a value in DER, behind its tag and length. */
const contentOf = (der: Buffer): Buffer => der.subarray(der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f));

/**
 * Tells whether the beginning of a key or a certificate stands somewhere in base64: a sequence (`MC`, `MH`, `MI`) that begins
 * with version 0 or 1, or with the sequence of a certificate or of an algorithm. RFC 5208, 5280, 5915, 8017.
 */
function holdsDer(run: string): boolean {
  for (const { index } of run.matchAll(/M[CHI]/g)) {
    const content = contentOf(Buffer.from(run.slice(index, index + 12), 'base64'));
    if (content[0] === INTEGER && content[1] === 1 && content[2]! <= 1) return true;
    if (content[0] === SEQUENCE && [INTEGER, 0x06, 0xa0].includes(contentOf(content)[0]!)) return true;
  }
  return false;
}

/** Of random base64 three of five characters are of another class than the one before; of words, one of four. */
const MIXED = 0.45;

const CLASSES = [/[A-Z]/, /[a-z]/, /[0-9]/];
const classOf = (character: string): number => CLASSES.findIndex((one) => one.test(character));

/** Tells whether a text has capitals, small letters and digits, as base64 of any length does. */
export const hasAllClasses = (text: string): boolean => CLASSES.every((one) => one.test(text));

/** Tells whether letters of both cases and digits alternate in some part of the length of a key as in no name or path. */
function isMixed(run: string): boolean {
  if (!hasAllClasses(run)) return false;
  const classes = Array.from(run, classOf);
  // What begins after a slash or a dash is another word.
  const turns = classes.map((one, i) => i > 0 && one >= 0 && classes[i - 1]! >= 0 && one !== classes[i - 1]);
  let count = 0;
  for (const [i, turn] of turns.entries()) {
    if (turn) count++;
    if (turns[i - SHORTEST_KEY]) count--;
    if (i >= SHORTEST_KEY - 1 && count >= MIXED * SHORTEST_KEY) return true;
  }
  return false;
}
