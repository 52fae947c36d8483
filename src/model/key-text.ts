/** No name is this long without a dot or a dash; what is, and looks like base64, is a key that was pasted into a wrong field. */
const KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*-----\n?|$)|[A-Za-z0-9+/]{64,}={0,2}/g;

/** Returns the text with `***` in the place of everything that may be a private key, in PEM or in base64. */
export const withoutKeys = (text: string): string =>
  mayHoldKey(text)
    ? text.replace(KEY, (run) => (/[0-9]/.test(run) && /[A-Z]/.test(run) && /[a-z]/.test(run) ? '***' : run))
    : text;

/** An Ed25519 key in PKCS#8, and a line of any other. */
const SHORTEST = 64;

/** Cheap, since most texts hold none: KEY is tried at each character. */
function mayHoldKey(text: string): boolean {
  for (let at = 0; at + SHORTEST <= text.length; ) {
    const space = text.indexOf(' ', at);
    if ((space < 0 ? text.length : space) - at >= SHORTEST) return true;
    at = space + 1;
  }
  return text.includes('-----BEGIN ');
}
