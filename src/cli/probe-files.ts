import type { Signed } from '../x509/trust.ts';
import { readAuthorities } from './client-authorities.ts';
import { InputError } from './errors.ts';

/** PEM texts, for node:tls and nothing else. */
export interface ClientFiles {
  readonly cert: string | null;
  readonly key: string | null;
  readonly ca: string | null;
}

interface FileFlags {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly cacert?: string | undefined;
}

const pemOf = ({ der }: Signed): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;

/** Reads the files that a probe shows and trusts; one that cannot be used is an error, not a failed connection. */
export async function clientFiles(flags: FileFlags): Promise<ClientFiles> {
  const { readPem } = await import('../sources/pem-file.ts');
  const read = (path: string | undefined, what: string): string | null => {
    if (path === undefined) return null;
    const found = readPem(path);
    if (found === null) throw new InputError(`${path}: ${what} cannot be read`, 'A PEM file is wanted.');
    return found;
  };
  const ca = flags.cacert === undefined ? null : readAuthorities(flags.cacert).certificates.map(pemOf).join('');
  const files = { cert: read(flags.cert, 'the certificate'), key: read(flags.key, 'the key'), ca };
  if (files.cert !== null && files.key !== null) await checkPair(files.cert, files.key);
  return files;
}

/** OpenSSL's own words about the pair, which hold nothing of it. */
async function checkPair(cert: string, key: string): Promise<void> {
  const { createSecureContext } = await import('node:tls');
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const { code, reason } = error as { code?: unknown; reason?: unknown };
    throw new InputError(
      `--cert and --key cannot be used: ${String(reason ?? code ?? 'they are not read')}`,
      'They want a certificate and its own private key, both in PEM, the key without a pass phrase.',
    );
  }
}
