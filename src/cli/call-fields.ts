import type { Outcome, TlsVersion } from '../model/trace.ts';
import { InputError } from './errors.ts';
import { didYouMean } from './nearest.ts';

/** A mapping of a calls file. */
export type Body = Readonly<Record<string, unknown>>;

export const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Kind = 'text' | 'number' | 'port' | 'mapping' | 'texts' | 'any';

const words: Readonly<Record<Kind, string>> = {
  text: 'a text',
  number: 'a number',
  port: 'a number up to 65535',
  mapping: 'a mapping',
  texts: 'a list of texts',
  any: 'a value',
};

const isText = (value: unknown): boolean => typeof value === 'string';

const is: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: isText,
  number: (value) => typeof value === 'number',
  port: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535,
  mapping: isBody,
  texts: (value) => Array.isArray(value) && value.every(isText),
  any: () => true,
};

/** Of a call, of its tls, of a client certificate, of what is expected: the fields and what they hold. */
const known = {
  '': {
    address: 'text',
    port: 'port',
    url: 'text',
    tls: 'mapping',
    host: 'text',
    path: 'text',
    method: 'text',
    headers: 'mapping',
    expect: 'mapping',
    observed: 'any',
    name: 'any',
  },
  tls: { sni: 'text', alpn: 'texts', maxVersion: 'any', clientCert: 'any' },
  'tls.clientCert': { authority: 'text', subjectAltNames: 'texts' },
  expect: {
    outcome: 'text',
    status: 'number',
    chain: 'number',
    cluster: 'text',
    virtualService: 'text',
    redirect: 'text',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Kind>>>>;

/** Refuses a field that would not be looked at, or that would mean something else than it seems to: a test must not pass by mistake. */
function checkFields(value: unknown, at: keyof typeof known, where: string): void {
  if (value === undefined || value === null) return;
  const fields: Readonly<Record<string, Kind>> = known[at];
  const names = Object.keys(fields);
  if (!isBody(value)) throw new InputError(`${where}: ${at} wants a mapping, not ${JSON.stringify(value)}`);
  for (const [key, given] of Object.entries(value)) {
    const kind = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (kind === undefined) {
      const what = `${where}${at === '' ? '' : `: ${at}`} has an unknown field ${JSON.stringify(key)}`;
      throw new InputError(`${what}${didYouMean(key, names)}`, `Known: ${names.join(', ')}`);
    }
    // Nothing can be expected of nothing.
    if ((given === null && at !== 'expect') || is[kind](given)) continue;
    const path = at === '' ? key : `${at}.${key}`;
    throw new InputError(`${where}: ${path} wants ${words[kind]}, not ${JSON.stringify(given)}`);
  }
}

const outcomes: readonly string[] = [
  'response',
  'forwarded',
  'refused',
  'reset',
  'tls-error',
  'plain-answer',
  'undecided',
] satisfies Outcome[];

function checkOneOf(value: unknown, field: string, choices: readonly string[], where: string): void {
  if (value === undefined || value === null || choices.includes(String(value))) return;
  const meant = didYouMean(String(value), choices);
  throw new InputError(`${where}: ${field} is one of ${choices.join(', ')}, not ${JSON.stringify(value)}${meant}`);
}

/** Who may have signed a client certificate; `root` is what recorded traces call `trusted`. */
export const authorities: readonly string[] = ['trusted', 'root', 'mesh', 'foreign'];

/** `1.2` or `TLSv1_2`; null for anything else. */
export function tlsVersion(value: unknown): TlsVersion | null {
  const minor = /^(?:TLSv)?1[._]([0-3])$/.exec(value === 1 ? '1.0' : String(value))?.[1];
  return minor === undefined ? null : (`TLSv1_${minor}` as TlsVersion);
}

function checkTls(value: unknown, where: string): void {
  checkFields(value, 'tls', where);
  if (!isBody(value)) return;
  const { maxVersion, clientCert } = value;
  if (maxVersion !== undefined && maxVersion !== null && tlsVersion(maxVersion) === null)
    throw new InputError(`${where}: tls.maxVersion is one of 1.0, 1.1, 1.2, 1.3, not ${JSON.stringify(maxVersion)}`);
  if (isBody(clientCert)) checkFields(clientCert, 'tls.clientCert', where);
  checkOneOf(isBody(clientCert) ? clientCert['authority'] : clientCert, 'tls.clientCert', authorities, where);
}

/** Checks one call of a file; `where` names it in errors. */
export function checkCall(value: unknown, where: string): asserts value is Body {
  if (!isBody(value))
    throw new InputError(`${where} is no request`, 'A call is a mapping with port or url, host, path ...');
  checkFields(value, '', where);
  const { headers, tls, expect } = value;
  const odd = Object.entries(isBody(headers) ? headers : {}).find(
    ([, text]) => !['string', 'number', 'boolean'].includes(typeof text),
  );
  if (odd) throw new InputError(`${where}: headers.${odd[0]} wants a text, not ${JSON.stringify(odd[1])}`);
  checkTls(tls, where);
  checkFields(expect, 'expect', where);
  if (isBody(expect) && Object.keys(expect).length === 0)
    throw new InputError(
      `${where}: expect wants a mapping, as {status: 200}`,
      `Known: ${Object.keys(known.expect).join(', ')}`,
    );
  checkOneOf(isBody(expect) ? expect['outcome'] : undefined, 'expect.outcome', outcomes, where);
}
