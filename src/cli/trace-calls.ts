import type { Call, TlsVersion } from '../model/trace.ts';
import { InputError } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { parseUrl, portOf, shownUrl, sniOf } from './url.ts';

/** One line of a calls file: a request, and what the team expects of it. */
export interface PlannedCall {
  readonly title: string;
  /** Set when the call was written as a URL: its port is the load balancer's, not the listener's. */
  readonly url: URL | null;
  readonly call: Call;
  readonly expect: Expectation | null;
}

/** Every field that is given must hold. */
export interface Expectation {
  readonly outcome?: string;
  readonly status?: number;
  readonly cluster?: string;
  /** `name`, `namespace/name`, `name.namespace` or the path that Envoy has. */
  readonly virtualService?: string;
  readonly redirect?: string;
}

type Body = Readonly<Record<string, unknown>>;

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the certificates of the recorded traces carry (test/oracle/traces/README.md); a call may name others. */
const defaultNames = (authority: string): readonly string[] =>
  authority === 'mesh' ? ['client.example.com', 'spiffe://cluster.local/ns/c/sa/c'] : ['client.example.com'];

function clientCertificate(value: unknown): NonNullable<Call['tls']>['certificate'] {
  if (typeof value === 'string' && value !== '') return { authority: value, subjectAltNames: defaultNames(value) };
  if (!isBody(value)) return null;
  const authority = String(value['authority'] ?? 'trusted');
  const names = value['subjectAltNames'];
  return { authority, subjectAltNames: Array.isArray(names) ? names.map(String) : [] };
}

/** `1.2` or `TLSv1_2`; everything else is the newest. */
export const tlsVersion = (value: unknown): TlsVersion => {
  const minor = /^(?:TLSv)?1[._]([0-3])$/.exec(String(value ?? ''))?.[1] ?? '3';
  return `TLSv1_${minor}` as TlsVersion;
};

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function tlsOf(value: unknown, url: URL | null): Call['tls'] {
  const fromUrl = url?.protocol === 'https:';
  if (value === null || (value === undefined && !fromUrl)) return null;
  const body = isBody(value) ? value : {};
  const sni = body['sni'] === undefined ? (fromUrl ? sniOf(url) : null) : body['sni'];
  return {
    sni: sni === null ? null : String(sni),
    alpn: body['alpn'] === undefined && fromUrl ? ['h2', 'http/1.1'] : texts(body['alpn']),
    maxVersion: tlsVersion(body['maxVersion']),
    certificate: clientCertificate(body['clientCert']),
  };
}

const headersOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(isBody(value) ? value : {}).map(([name, text]) => [name, String(text)]));

const fields = new Set([
  'address',
  'port',
  'url',
  'tls',
  'host',
  'path',
  'method',
  'headers',
  'expect',
  'observed',
  'name',
]);

const expected: Readonly<Record<string, 'string' | 'number'>> = {
  outcome: 'string',
  status: 'number',
  chain: 'number',
  cluster: 'string',
  virtualService: 'string',
  redirect: 'string',
};

/** Reads what a call must lead to. What cannot hold, or would not be looked at, is an error: a test must not pass by mistake. */
function expectationOf(value: unknown, where: string): Expectation | null {
  if (value === undefined || value === null) return null;
  const hint = `Known: ${Object.keys(expected).join(', ')}`;
  if (!isBody(value) || Object.keys(value).length === 0)
    throw new InputError(`${where}: expect wants a mapping, as {status: 200}`, hint);
  for (const [key, wanted] of Object.entries(value)) {
    const type = Object.hasOwn(expected, key) ? expected[key] : undefined;
    if (type === undefined)
      throw new InputError(
        `${where}: expect has an unknown field ${JSON.stringify(key)}${didYouMean(key, Object.keys(expected))}`,
        hint,
      );
    if (typeof wanted !== type)
      throw new InputError(
        `${where}: expect.${key} wants a ${type === 'number' ? 'number' : 'text'}, not ${JSON.stringify(wanted)}`,
      );
  }
  return value as Expectation;
}

/** `tls` and `headers` are mappings; another value would silently trace another request. */
function checkShapes(value: Body, where: string): void {
  for (const field of ['tls', 'headers'] as const) {
    const given = value[field];
    if (given !== undefined && given !== null && !isBody(given))
      throw new InputError(`${where}: ${field} wants a mapping, not ${JSON.stringify(given)}`);
  }
}

/** Reads one call; `where` names it in errors. */
function plannedCall(value: unknown, where: string): PlannedCall {
  if (!isBody(value))
    throw new InputError(`${where} is no request`, 'A call is a mapping with port or url, host, path ...');
  const unknown = Object.keys(value).find((key) => !fields.has(key));
  if (unknown !== undefined) {
    throw new InputError(
      `${where} has an unknown field ${JSON.stringify(unknown)}`,
      `Known: ${[...fields].join(', ')}`,
    );
  }
  checkShapes(value, where);
  const text = value['url'];
  const url = typeof text === 'string' ? parseUrl(text, where) : null;
  const port = value['port'] === undefined ? (url ? portOf(url) : null) : Number(value['port']);
  if (port === null || !Number.isInteger(port)) throw new InputError(`${where} has neither port nor url`, '');
  const path = value['path'] === undefined ? (url ? `${url.pathname}${url.search}` : '/') : String(value['path']);
  const method = String(value['method'] ?? 'GET');
  const host = value['host'] === undefined ? (url?.host ?? null) : value['host'];
  const call: Call = {
    address: String(value['address'] ?? '0.0.0.0'),
    port,
    tls: tlsOf(value['tls'], url),
    host: host === null ? null : String(host),
    path,
    method,
    headers: headersOf(value['headers']),
  };
  const shown = url
    ? shownUrl(String(text))
    : `${call.tls ? 'tls' : 'plain'}:${port} ${call.host ?? '(no host)'}${path}`;
  return {
    title: String(value['name'] ?? `${method} ${shown}`),
    url: value['port'] === undefined ? url : null,
    call,
    expect: expectationOf(value['expect'], where),
  };
}

/** The calls of a file: a YAML list, YAML documents, `{calls: [...]}`, or one JSON object per line. */
export function readCalls(text: string, file: string, parse: (text: string) => unknown): PlannedCall[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const jsonLines = lines.length > 0 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line));
  const values = jsonLines
    ? lines.map((line, i) => parseJson(line, `${file}:${i + 1}`))
    : documentsOf(text, file, parse);
  if (values.length === 0)
    throw new InputError(`${file}: no call in this file`, 'A calls file is a YAML list of requests');
  return values.map((value, i) => plannedCall(value, `${file}: call ${i + 1}`));
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError(`${where} is no JSON`, 'One JSON object per line, or a YAML list of calls');
  }
}

function parsed(document: string, file: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(document);
  } catch (error) {
    throw new InputError(
      `${file}: this is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      'A calls file is a YAML list of requests',
    );
  }
}

function documentsOf(text: string, file: string, parse: (text: string) => unknown): unknown[] {
  return text.split(/^---(?=[ \t\r\n]|$)/m).flatMap((document): unknown[] => {
    const value = parsed(document, file, parse);
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value;
    return isBody(value) && Array.isArray(value['calls']) ? value['calls'] : [value];
  });
}
