import type { Call } from '../model/trace.ts';
import { YamlSyntaxError } from '../sources/yaml-errors.ts';
import { checkCall, isBody, tlsVersion } from './call-fields.ts';
import { InputError } from './errors.ts';
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

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function tlsOf(value: unknown, url: URL | null): Call['tls'] {
  const fromUrl = url?.protocol === 'https:';
  if (value === null || (value === undefined && !fromUrl)) return null;
  const body = isBody(value) ? value : {};
  const sni = body['sni'] === undefined ? (fromUrl ? sniOf(url) : null) : body['sni'];
  return {
    sni: sni === null ? null : String(sni),
    alpn: body['alpn'] === undefined && fromUrl ? ['h2', 'http/1.1'] : texts(body['alpn']),
    maxVersion: tlsVersion(body['maxVersion']) ?? 'TLSv1_3',
    certificate: clientCertificate(body['clientCert']),
  };
}

const headersOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(isBody(value) ? value : {}).map(([name, text]) => [name, String(text)]));

/** Reads one call; `where` names it in errors. */
function plannedCall(value: unknown, where: string): PlannedCall {
  checkCall(value, where);
  const text = value['url'];
  const url = typeof text === 'string' ? parseUrl(text, where) : null;
  const port = value['port'] === undefined ? (url ? portOf(url) : null) : Number(value['port']);
  if (port === null || !Number.isInteger(port))
    throw new InputError(`${where} has neither port nor url`, '- url: https://shop.example.com/');
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
    expect: (value['expect'] ?? null) as Expectation | null,
  };
}

type Parse = (text: string) => unknown;

const HINT = 'One JSON object per line, or a YAML list of calls';

/**
 * The calls of a file: a YAML list, YAML documents, `{calls: [...]}`, or one JSON object per line. `parse` refuses a key
 * that is given twice, of which only one would count.
 */
export function readCalls(whole: string, file: string, parse: Parse): PlannedCall[] {
  const text = whole.replace(/^\ufeff/, '');
  const lines = text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [{ line, number: i + 1 }]));
  const values = isJsonLines(lines.map(({ line }) => line))
    ? lines.map(({ line, number }) => parseJson(line, file, number, parse))
    : documentsOf(text, file, parse);
  if (values.length === 0)
    throw new InputError(`${file}: no call in this file`, 'A calls file is a YAML list of requests');
  return values.map((value, i) => plannedCall(value, `${file}: call ${i + 1}`));
}

const isObject = (line: string): boolean => /^\s*\{.*\}\s*$/.test(line);

/** The first line is an object, and of several one more is: what is between them is meant to be one. */
const isJsonLines = (lines: readonly string[]): boolean =>
  lines[0] !== undefined && isObject(lines[0]) && (lines.length === 1 || lines.slice(1).some(isObject));

function parseJson(line: string, file: string, number: number, parse: Parse): unknown {
  const where = `${file}:${number}`;
  try {
    const value: unknown = JSON.parse(line);
    refuseRepeated(line, where, parse);
    return value;
  } catch (error) {
    if (error instanceof InputError) throw error;
    // YAML flow mappings, one in each line.
    if (/^\s*\{\s*[a-z]/i.test(line)) return parsed(line, file, number, parse);
    throw new InputError(`${where} is no JSON`, HINT);
  }
}

/** JSON.parse takes the last of two equal keys without a word. */
function refuseRepeated(line: string, where: string, parse: Parse): void {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof YamlSyntaxError && error.isDuplicateKey)
      throw new InputError(`${where}: a key is given twice`, 'Only one of them would count; remove the other.');
  }
}

function parsed(document: string, file: string, line: number, parse: Parse): unknown {
  try {
    return parse(document);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    const where = `${file}:${line + document.slice(0, error.offset).split('\n').length - 1}`;
    if (error.isDuplicateKey)
      throw new InputError(`${where}: a key is given twice`, 'Only one of them would count; remove the other.');
    throw new InputError(`${where}: this is no YAML: ${error.reason}`, 'A calls file is a YAML list of requests');
  }
}

function documentsOf(text: string, file: string, parse: Parse): unknown[] {
  let line = 1;
  return text.split(/^---(?=[ \t\r\n]|$)/m).flatMap((document): unknown[] => {
    const value = parsed(document, file, line, parse);
    line += document.split('\n').length - 1;
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value;
    return isBody(value) && Array.isArray(value['calls']) ? value['calls'] : [value];
  });
}
