import type { Call } from '../model/trace.ts';
import { tlsVersion } from './call-fields.ts';
import { UsageError } from './errors.ts';
import type { Resolve } from './resolve.ts';
import { parseUrl, portOf, shownUrl, sniOf } from './url.ts';

/** What a request looks like; named as curl names it. */
export interface CallFlags {
  readonly request?: string | undefined;
  readonly header?: readonly string[] | undefined;
  readonly sni?: string | undefined;
  readonly cert?: string | undefined;
  readonly cacert?: string | undefined;
  readonly resolve?: readonly Resolve[] | undefined;
  readonly port?: number | undefined;
  readonly 'http1.1'?: boolean | undefined;
  readonly http2?: boolean | undefined;
  readonly 'tls-max'?: string | undefined;
  readonly now?: Date | undefined;
}

/** A call as curl would make it for this URL; a UsageError where the flags make none. */
export function requestOf(text: string, flags: CallFlags): { readonly call: Call; readonly url: URL } {
  const url = parseUrl(text, 'trace', UsageError);
  if (url.hostname.includes('*'))
    throw new UsageError(
      `trace: ${JSON.stringify(shownUrl(text))} has a *, and clients ask for one host`,
      'https://shop.example.com/',
    );
  const isTls = url.protocol === 'https:';
  const given = headersOf(flags.header ?? []);
  const host = given.has('host') ? (given.get('host') ?? null) : url.host;
  const headers = Object.fromEntries([...given].flatMap(([k, v]) => (k === 'host' || v === null ? [] : [[k, v]])));
  const call: Call = {
    address: '0.0.0.0',
    port: flags.port ?? portOf(url),
    tls: isTls
      ? {
          sni: flags.sni === undefined ? sniOf(url) : flags.sni || null,
          alpn: flags['http1.1'] ? ['http/1.1'] : ['h2', 'http/1.1'],
          maxVersion: tlsVersion(flags['tls-max']) ?? 'TLSv1_3',
          certificate: flags.cert === undefined ? null : { authority: flags.cert, subjectAltNames: [] },
        }
      : null,
    host,
    path: `${url.pathname}${url.search}`,
    method: flags.request ?? 'GET',
    headers,
  };
  return { call, url };
}

/** What a method and the name of a header are made of (RFC 9110 section 5.6.2). */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers as curl sends them: `name: value`, `name;` for an empty one, `name:` for none; what is given twice is one list for Envoy. */
function headersOf(given: readonly string[]): Map<string, string | null> {
  const headers = new Map<string, string | null>();
  for (const text of given) {
    const [, name = '', end, rest = ''] = /^([^:;]+)([:;])(.*)$/s.exec(text) ?? [];
    if (!token.test(name.trim()) || (end === ';' && rest.trim() !== ''))
      throw new UsageError(`-H wants "name: value", not ${JSON.stringify(text)}`, '-H "x-user: a"');
    const key = name.trim().toLowerCase();
    const value = end === ':' && rest.trim() === '' ? null : rest.trim();
    const before = headers.get(key);
    headers.set(
      key,
      key === 'host' || value === null || before === null || before === undefined ? value : `${before},${value}`,
    );
  }
  return headers;
}
