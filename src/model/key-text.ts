/** Stands for a private key wherever one would be shown. */
const HIDDEN = '***';

/** Tells whether a name of the model is one in which a key was hidden: no real name has stars. */
export const isHidden = (name: string): boolean => name.includes(HIDDEN);

/** So many characters has an Ed25519 key in PKCS#8, and a line of any other: what is shorter holds none. */
export const SHORTEST_KEY = 64;

const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*-----\n?|$)/g;

/** No name is this long without a dot or a dash; what is, and has digits and both cases, is a key that was pasted into a wrong field. */
const BASE64 = /[A-Za-z0-9+/]{64,}={0,2}/g;

/** Returns the text with `***` in the place of private keys in PEM form. */
const hidePem = (text: string): string => (text.includes('PRIVATE KEY-----') ? text.replace(PEM, HIDDEN) : text);

/** Returns the text with `***` in the place of everything that may be a private key, in PEM form or in base64. */
export const hideKeys = (text: string): string =>
  mayHoldBase64(text)
    ? hidePem(text).replace(BASE64, (run) =>
        /[0-9]/.test(run) && /[A-Z]/.test(run) && /[a-z]/.test(run) ? HIDDEN : run,
      )
    : hidePem(text);

/** Cheap, since most texts hold none: BASE64 is tried at each character. */
function mayHoldBase64(text: string): boolean {
  for (let at = 0; at + SHORTEST_KEY <= text.length; ) {
    const space = text.indexOf(' ', at);
    if ((space < 0 ? text.length : space) - at >= SHORTEST_KEY) return true;
    at = space + 1;
  }
  return false;
}

/** Fields of Gateways and DestinationRules that name a key, or what belongs to one: a Secret, a path in the pod. */
const NAMING = new Set([
  'credentialName',
  'credentialNames',
  'caCertCredentialName',
  'serverCertificate',
  'clientCertificate',
  'privateKey',
  'caCertificates',
  'caCrl',
]);

/** Base64 of this length has a `+` nearly always, and no path has one. */
const ABSOLUTE_PATH = /^\/[^+=\s]*$/;

/** Tells whether a field that names a key, by its own name, holds the key or a certificate instead: people paste it there. */
export const isPastedKey = (field: string, value: string): boolean =>
  value.length >= SHORTEST_KEY && NAMING.has(field) && !ABSOLUTE_PATH.test(value) && hideKeys(value) !== value;

/** Returns what is shown of a value of a field with this name: nothing of a key that was pasted there, in PEM form or not. */
export const shownValue = (field: string, value: string): string =>
  isPastedKey(field, value) ? HIDDEN : hidePem(value);
