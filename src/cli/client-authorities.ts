import { damageText } from '../rules/facts/pem-damage.ts';
import { readTextFile } from '../sources/text-file.ts';
import { type Signed, signedIn } from '../x509/trust.ts';
import { readTrustFile } from '../x509/trust-file.ts';
import { InputError } from './errors.ts';

/** The authorities that a client trusts, from a file as curl reads it. */
export interface Authorities {
  readonly file: string;
  readonly certificates: readonly Signed[];
}

const HINT = 'It wants the CA certificates that the client trusts, in PEM (-----BEGIN CERTIFICATE-----).';

/** How other encodings become PEM. */
function remedy(kind: string | undefined, file: string): string {
  if (kind === 'der') return `openssl x509 -inform der -in ${file} -out ca.pem`;
  if (kind === 'pfx') return `openssl pkcs12 -cacerts -nokeys -in ${file} -out ca.pem`;
  return HINT;
}

/** Reads `--cacert FILE`; nothing of its content is ever repeated, since it may hold a key beside the certificates. */
export function readAuthorities(file: string): Authorities {
  const read = readTextFile(file);
  if ('problem' in read) throw new InputError(`--cacert ${file}: ${read.problem}`, HINT);
  const bytes = read.bytes;
  const trust = readTrustFile(bytes);
  const damage = trust.refused ?? (trust.certificates.length === 0 ? trust.without : null);
  if (damage !== null)
    throw new InputError(`--cacert ${file}: the file ${damageText(damage, 'ca')}`, remedy(damage.kind, file));
  if (trust.certificates.length === 0)
    throw new InputError(`--cacert ${file}: the file holds no CA certificate, only revocation lists`, HINT);
  return { file, certificates: signedIn(bytes) };
}
