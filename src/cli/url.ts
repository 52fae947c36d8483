import { InputError, type UsageError } from './errors.ts';

/** The port of a URL, its scheme's where it names none. */
export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));

/** The name that clients send in the handshake: none for an address (RFC 6066 section 3), none of them with a trailing dot. */
export const sniOf = ({ hostname }: URL): string | null =>
  /^\d+\.\d+\.\d+\.\d+$/.test(hostname) || hostname.startsWith('[') ? null : hostname.replace(/\.$/, '');

/** A URL as it may be printed: a user and a password before the host are nobody's business. */
export const shownUrl = (text: string): string => text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i, '$1***@');

/** The same for URLs anywhere in a message. */
export const withoutLogins = (text: string): string =>
  text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"]*@/gi, '$1***@');

/** What is no URL may hold a password with a slash: everything before the last @ is hidden. */
const shownText = (text: string): string => text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1***@');

/** The port is the part of a URL that people mistype without seeing it. */
function wrongPort(shown: string): string {
  const [, scheme, port = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)?(?:\*\*\*@)?(?:\[[^\]]*\]|[^/?#:]*):([^/?#]*)/i.exec(shown) ?? [];
  const isNumber = /^\d+$/.test(port);
  if (port === '' || (isNumber && Number(port) <= 65535) || (!isNumber && scheme === undefined)) return '';
  return `: ${JSON.stringify(port)} is no port, which is a number up to 65535`;
}

/** A URL, https where no scheme is given, or an error that says how to write it. */
export function parseUrl(text: string, where: string, Wrong: typeof InputError | typeof UsageError = InputError): URL {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    const shown = shownText(text);
    throw new Wrong(
      `${where}: ${JSON.stringify(shown)} is no http or https URL${wrongPort(shown)}`,
      'https://shop.example.com/api',
    );
  }
  // It is no part of what a gateway chooses by, and must not come back in an output.
  url.username = '';
  url.password = '';
  return url;
}
