import type { AnyResource } from '../../model/resource.ts';
import type { KeyDefect } from '../../x509/key-facts.ts';
import { readKey, replaceKey, replacePair } from './commands.ts';
import { type Damage, type Damages, type Field, isSwapped } from './pem-damage.ts';
import { isPlainUnderData } from './withheld.ts';

/** How openssl is called for each kind of content, in front of its options. */
const OPENSSL: Readonly<Record<Field, string>> = {
  certificate: 'openssl x509',
  key: 'openssl pkey',
  ca: 'openssl x509',
  crl: 'openssl crl',
};

const BREAK_BEFORE_BEGIN = `awk '{gsub(/-----BEGIN/, "\\n-----BEGIN"); print}'`;
/** Every BEGIN and END on a line of its own, no blanks within base64. */
const UNFOLD =
  `awk '{gsub(/-----BEGIN [A-Z0-9 ]+-----/, "\\n&\\n"); gsub(/-----END [A-Z0-9 ]+-----/, "\\n&\\n"); print}' | ` +
  `awk '!/^-----/ {gsub(/[ \\t]/, "")} NF'`;

/** A filter for the shell that makes good PEM of a damaged field, or null when only another copy helps. */
function repairOf(defect: KeyDefect, field: Field): string | null {
  const openssl = OPENSSL[field];
  switch (defect.kind) {
    case 'der':
      return `${openssl} -inform DER`;
    case 'pfx':
      return field === 'key' ? 'openssl pkcs12 -nocerts -nodes' : 'openssl pkcs12 -nokeys';
    case 'base64-twice':
      return 'base64 -d';
    case 'no-armour':
      return `base64 -d | ${openssl} -inform DER`;
    case 'utf-16':
      return 'iconv -f UTF-16 -t UTF-8';
    case 'encrypted':
      return 'openssl pkey';
    case 'bom':
      return 'tail -c +4';
    case 'indented':
      return `sed 's/^[[:blank:]]*//'`;
    case 'glued':
    case 'not-at-line-start':
      return BREAK_BEFORE_BEGIN;
    case 'literal-newlines':
      return `awk '{gsub(/\\\\r/, ""); gsub(/\\\\n/, "\\n"); print}'`;
    case 'one-line':
      return UNFOLD;
    case 'other-label':
      return defect.label === 'PKCS7' && field !== 'key' ? 'openssl pkcs7 -print_certs' : null;
    default:
      return null;
  }
}

/** The files that commands to paste read and write. */
const FILES: Readonly<Record<Field, string>> = {
  certificate: 'TLS.CRT',
  key: 'TLS.KEY',
  ca: 'CA.CRT',
  crl: 'CA.CRL',
};

/** Commands that fetch the damaged fields, repair them where that is possible, and put them back. */
export function repairCommands(from: AnyResource, damages: Damages): string {
  const [first, second] = damages;
  if (isSwapped(damages)) {
    const swap = `  ${readKey(from, first.key)} > TLS.KEY\n  ${readKey(from, second!.key)} > TLS.CRT`;
    return `Put each where it belongs:\n${swap}\n  ${replacePair(from, first.key, second!.key)}`;
  }
  if (damages.some(({ key }) => isPlainUnderData(from, key))) return 'Write it under stringData instead of data.';
  const filter = ({ defect, field }: Damage) => repairOf(defect, field);
  const steps = (some: readonly Damage[]) =>
    some.map((damage) => {
      const { key, field } = damage;
      const repair = filter(damage);
      const fetched = repair === null ? '' : `  ${readKey(from, key)} | ${repair} > ${FILES[field]}\n`;
      return `${fetched}  ${replaceKey(from, key, FILES[field])}`;
    });
  const good = damages.filter((damage) => filter(damage) !== null);
  const lost = damages.filter((damage) => filter(damage) === null);
  return [
    ...(good.length > 0 ? ['Repair it:', ...steps(good)] : []),
    ...(lost.length > 0 ? ['Put a whole PEM file in its place:', ...steps(lost)] : []),
  ].join('\n');
}
