import type { Path } from '../../model/location.ts';
import type { AnyResource } from '../../model/resource.ts';
import { writtenPath } from '../../model/written-path.ts';

/**
 * A word of a command that is to be pasted. What it holds may come from anybody's pull request: nothing of it may end
 * the word, and nothing that is no name may look like a flag.
 */
function word(text: string): string {
  if (text === '-' || /^[A-Za-z0-9_.][\w./:=,@%+-]*$/.test(text) || /^--?[a-z][a-z-]*(=[\w./:,-]*)?$/.test(text))
    return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A name of an object: one that the API server would refuse is replaced, so that it cannot be taken for a flag. */
export const objectName = (name: string): string => (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i.test(name) ? name : 'NAME');

/** A kubectl command in one namespace, its words quoted where they must be. */
export const kubectl = (namespace: string, ...words: readonly string[]): string =>
  ['kubectl', '-n', objectName(namespace), ...words.map(word)].join(' ');

type Named = { readonly namespace: string; readonly name: string };

/** A JSON patch of one part of an Istio object; without a value the part is removed. */
export function patchObject(of: AnyResource, op: 'add' | 'replace' | 'remove', path: Path, value?: unknown): string {
  const pointer = writtenPath(of, path)
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  const patch = JSON.stringify([op === 'remove' ? { op, path: pointer } : { op, path: pointer, value }]);
  const plural = `${of.id.kind.toLowerCase().replace(/entry$/, 'entrie')}s.networking.istio.io`;
  return kubectl(of.id.namespace, 'patch', plural, objectName(of.id.name), '--type=json', '-p', patch);
}

/** Copies a Secret; with the metadata of the original the API server would refuse it. */
export const copySecret = (from: Named, to: string): string =>
  `${kubectl(from.namespace, 'get', 'secret', objectName(from.name), '-o', 'yaml')} | ` +
  `sed -E '/^  (namespace|uid|resourceVersion|creationTimestamp):/d' | ${kubectl(to, 'apply', '-f', '-')}`;

/** Shows a Secret, or that there is none. */
export const getSecret = ({ namespace, name }: Named): string =>
  kubectl(namespace, 'get', 'secret', objectName(name), '-o', 'yaml');

/** Makes a Secret from files: a certificate with its key, the same with a CA, or a CA alone. */
export function createSecret({ namespace, name }: Named, holds: 'pair' | 'pair-and-ca' | 'ca'): string {
  const secret = objectName(name);
  if (holds === 'pair') return kubectl(namespace, 'create', 'secret', 'tls', secret, '--cert=TLS.CRT', '--key=TLS.KEY');
  const pair = holds === 'ca' ? [] : ['--from-file=tls.crt=TLS.CRT', '--from-file=tls.key=TLS.KEY'];
  return kubectl(namespace, 'create', 'secret', 'generic', secret, ...pair, '--from-file=ca.crt=CA.CRT');
}

/** `"key": "<base64 of FILE>"` for a patch in double quotes, where the shell fills in the file. */
const fromFile = (key: string, file: string): string =>
  `\\"${objectName(key)}\\":\\"$(base64 < ${file} | tr -d '\\n')\\"`;

const patchData = ({ id }: AnyResource, field: string, ...files: readonly string[]): string =>
  `${kubectl(id.namespace, 'patch', id.kind.toLowerCase(), objectName(id.name), '-p')} "{\\"${field}\\":{${files.join(',')}}}"`;

/** Replaces the certificate and key of a Secret, whatever its type, and leaves its other keys alone (a CA, say). */
export const replacePair = (secret: AnyResource, certKey = 'tls.crt', keyKey = 'tls.key'): string =>
  patchData(secret, 'data', fromFile(certKey, 'TLS.CRT'), fromFile(keyKey, 'TLS.KEY'));

/** Adds a CA to a Secret or ConfigMap. */
export const addCa = (resource: AnyResource): string =>
  patchData(resource, resource.id.kind === 'Secret' ? 'data' : 'binaryData', fromFile('ca.crt', 'CA.CRT'));

/** Writes one key of a Secret or ConfigMap to standard output, decoded. */
export function readKey({ id, body }: AnyResource, key: string): string {
  const binary = id.kind === 'Secret' || isRecordWith(body.binaryData, key);
  const field = id.kind !== 'Secret' && binary ? 'binaryData' : 'data';
  const path = `jsonpath={.${field}.${objectName(key).replaceAll('.', '\\.')}}`;
  const get = kubectl(id.namespace, 'get', id.kind.toLowerCase(), objectName(id.name), '-o', path);
  return binary ? `${get} | base64 -d` : get;
}

/** Replaces one key of a Secret or ConfigMap by a file, and leaves its other keys alone. */
export function replaceKey(resource: AnyResource, key: string, file: string): string {
  if (resource.id.kind === 'Secret') return patchData(resource, 'data', fromFile(key, file));
  // A key of a ConfigMap stands either in data or in binaryData.
  const text = isRecordWith(resource.body.data, key) ? `\\"data\\":{\\"${objectName(key)}\\":null},` : '';
  const patch = `{${text}\\"binaryData\\":{${fromFile(key, file)}}}`;
  return `${kubectl(resource.id.namespace, 'patch', 'configmap', objectName(resource.id.name), '-p')} "${patch}"`;
}

/** Takes one key out of a Secret or ConfigMap. */
export function removeKey({ id, body }: AnyResource, key: string): string {
  const field = id.kind !== 'Secret' && isRecordWith(body.binaryData, key) ? 'binaryData' : 'data';
  const patch = JSON.stringify([{ op: 'remove', path: `/${field}/${objectName(key)}` }]);
  return kubectl(id.namespace, 'patch', id.kind.toLowerCase(), objectName(id.name), '--type=json', '-p', patch);
}

const isRecordWith = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key);

/** Makes a new key and a request for a certificate with these names. */
export function requestCertificate(hosts: readonly string[]): string {
  const names = [...new Set(hosts)].filter((host) => /^(\*\.)?[\w.-]+$/.test(host)).slice(0, 20);
  const san = (names.length > 0 ? names : ['HOST']).map((name) => `DNS:${name}`).join(',');
  return `  openssl ecparam -name prime256v1 -genkey -noout -out TLS.KEY\n  openssl req -new -key TLS.KEY -subj / -addext 'subjectAltName=${san}' -out TLS.CSR`;
}
