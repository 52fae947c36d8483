/** Stands for a private key wherever one would be shown. */
const HIDDEN = '***';

/** So many characters has an Ed25519 key in PKCS#8, and a line of any other: what is shorter holds none. */
export const SHORTEST_KEY = 64;

const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*-----\n?|$)/g;

/** What only PEM has, as text or in base64. */
const PEM_SIGN = /-----(?:BEGIN|END) |(?:KEY|CERTIFICATE)-----|LS0tLS1[A-Z]/;

/** Base64 of either alphabet. */
const BASE64 = /[A-Za-z0-9+/_-]{64,}={0,2}/g;

/** Line ends, also those that somebody wrote as an escape sequence that is none in YAML. */
const SPACE = /\s+|\\[nr]/g;

/** Returns the text with `***` in the place of private keys in PEM form. */
export const hidePem = (text: string): string => (text.includes('PRIVATE KEY-----') ? text.replace(PEM, HIDDEN) : text);

/** Returns the text with `***` in the place of everything that may be a private key: PEM, and base64 in one run. */
export const hideKeys = (text: string): string =>
  mayHoldBase64(text) ? hidePem(text).replace(BASE64, (run) => (isKeyRun(run) ? HIDDEN : run)) : hidePem(text);

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
  return PEM_SIGN.test(text) || (text.replace(SPACE, '').match(BASE64) ?? []).some(isKeyRun);
}

/** Returns `***` instead of a text that holds a key or a certificate, where only a name or a path belongs. */
export const shownName = (text: string): string => (isKeyText(text) ? HIDDEN : text);

/** Nobody encodes a key more often: by hand, and once more for the field `data` of a Secret. */
const MOST_ENCODINGS = 2;

function isKeyRun(run: string, encodings = MOST_ENCODINGS): boolean {
  if (run.startsWith('LS0tLS1') || hasLongSegment(run)) return true;
  const bytes = Buffer.from(run, 'base64');
  if (isDer(bytes)) return true;
  const text = bytes.toString('latin1').replace(SPACE, '');
  return encodings > 1 && /^[A-Za-z0-9+/_=-]+$/.test(text) && isKeyRun(text, encodings - 1);
}

/** A part of a key without its beginning. No file has a name this long of digits and both cases without a dot or a dash. */
const hasLongSegment = (run: string): boolean =>
  run
    .split(/[/_-]/)
    .some((part) => part.length >= SHORTEST_KEY && /[0-9]/.test(part) && /[A-Z]/.test(part) && /[a-z]/.test(part));

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** The beginning of a key or a certificate: a sequence that begins with a version or with another sequence. RFC 5208, 5280, 5915, 8017. */
function isDer(bytes: Buffer): boolean {
  const [tag, length = 0] = bytes;
  const first = bytes[length < 0x80 ? 2 : 2 + (length & 0x7f)];
  const fits = length < 0x80 ? bytes.length <= 2 + length : length <= 0x84;
  return tag === SEQUENCE && fits && (first === INTEGER || first === SEQUENCE);
}
