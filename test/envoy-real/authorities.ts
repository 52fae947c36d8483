import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Made, makeCa, makeLeaf } from '../../src/pages/certificates.ts';

/** A certificate with its key. */
export interface Pair {
  readonly cert: string;
  readonly key: () => string;
}

const pairOf = (made: Made): Pair => ({ cert: made.pem, key: () => made.key().toString() });

const mesh = makeCa({ cn: 'mesh' });
const foreign = makeCa({ cn: 'foreign' });
const sans = ['client.example.com'];

/** The authority of mesh TLS and of the pod's mounted files. */
export const meshAuthority = mesh.pem;

/** What the mesh gives the gateway itself, and what stands in its mounted files. */
export const meshServer = pairOf(makeLeaf({ ca: mesh, cn: 'gateway', sans: ['gateway.example.com'] }));

/** The name and the key of test/oracle/certs/root-ca.crt. */
function rootAuthority(): Pick<Made, 'name' | 'keyObject'> {
  const at = (file: string) => readFileSync(join(process.cwd(), 'test', 'oracle', 'certs', file), 'utf8');
  const der = Buffer.from(at('root-ca.crt').replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const key = createPrivateKey(at('root-ca.key'));
  return { name: subjectOf(der), keyObject: () => key };
}

/** The subject of a certificate, byte for byte: version, serial, algorithm, issuer and validity stand before it. */
function subjectOf(der: Buffer): Buffer {
  const skip = (at: number): { readonly body: number; readonly end: number } => {
    const first = der[at + 1]!;
    const long = first < 128 ? 0 : first & 127;
    const length = long === 0 ? first : der.readUIntBE(at + 2, long);
    return { body: at + 2 + long, end: at + 2 + long + length };
  };
  let at = skip(skip(0).body).body;
  for (let field = 0; field < 5; field++) at = skip(at).end;
  return der.subarray(at, skip(at).end);
}

const root = { ...mesh, ...rootAuthority() };

/** The client certificates that a recorded call may show, by the name it gives (test/oracle/traces/README.md). */
export const clients: Record<string, Pair> = {
  mesh: pairOf(makeLeaf({ ca: mesh, cn: 'client', sans, uris: ['spiffe://cluster.local/ns/c/sa/c'] })),
  // OpenSSL made the root, and its key id is computed in another way.
  root: pairOf(makeLeaf({ ca: root, cn: 'client', sans, keyIds: false })),
  foreign: pairOf(makeLeaf({ ca: foreign, cn: 'client', sans })),
};

/** Adds a client certificate that this authority signs, under a name for calls. */
export function addClient(name: string, ca: Made): void {
  clients[name] = pairOf(makeLeaf({ ca, cn: 'client', sans }));
}
