import { type AnyResource, resourceText } from '../../model/resource.ts';
import type { KeyDefect } from '../../x509/key-facts.ts';
import { enumerate } from './symptoms.ts';
import { isPlainUnderData } from './withheld.ts';

/** What a field of a Secret is for. */
export type Field = 'certificate' | 'key' | 'ca' | 'crl';

const NOUN: Readonly<Record<Field, string>> = {
  certificate: 'certificate',
  key: 'private key',
  ca: 'CA certificate',
  crl: 'revocation list',
};

const isPrivateKey = (label: string): boolean => label.endsWith('PRIVATE KEY') || label === 'TLSGW KEY FACTS';

/** What is wrong with a field, as the end of a sentence about it: `is binary DER, not PEM`. */
export function damageText(defect: KeyDefect, field: Field): string {
  const noun = NOUN[field];
  switch (defect.kind) {
    case 'empty':
      return 'is empty';
    case 'der':
      return 'is binary DER, not PEM';
    case 'pfx':
      return 'is a PKCS#12 file (PFX), not PEM';
    case 'base64-twice':
      return 'is encoded in base64 twice';
    case 'no-armour':
      return 'lacks the BEGIN and END lines of PEM around its base64';
    case 'utf-16':
      return 'is UTF-16 text, as some Windows editors save it';
    case 'no-block':
      return 'holds no PEM at all';
    case 'only-key':
      return `holds a private key instead of a ${noun}`;
    case 'only-certificate':
      return `holds a certificate instead of a ${noun}`;
    case 'other-label':
      if (isPrivateKey(defect.label)) return `holds a private key instead of a ${noun}`;
      return `holds ${defect.label === '' ? 'something else' : `"${defect.label}"`} instead of a ${noun}`;
    case 'encrypted':
      return 'is encrypted with a pass phrase, which Envoy does not have';
    case 'damaged-key':
      return 'is whole PEM, but what it holds is no usable private key';
    case 'bom':
      return 'begins with a byte order mark';
    case 'indented':
      return `has indented lines in block ${defect.block}`;
    case 'glued':
      return `has no line break between two blocks, at block ${defect.block} (-----END ...----------BEGIN ...-----)`;
    case 'literal-newlines':
      return 'has the two characters \\n where lines should break';
    case 'one-line':
      return `has all of block ${defect.block} on one line`;
    case 'truncated':
      return `is cut off in block ${defect.block}, which has no END line`;
    case 'not-at-line-start':
      return `has text on the same line before the BEGIN of block ${defect.block}`;
    case 'broken-block':
      return `has a broken block ${defect.block}: ${BROKEN[defect.because]}`;
  }
}

const BROKEN: Readonly<Record<Extract<KeyDefect, { kind: 'broken-block' }>['because'], string>> = {
  'bad-end-line': 'its END line does not fit its BEGIN line',
  'bad-base64': 'its base64 is damaged',
  empty: 'it is empty',
  headers: 'it has header lines',
  'not-a-certificate': 'it is no certificate',
  'not-a-crl': 'it is no revocation list',
  'not-a-key': 'it is no private key',
};

/** A field of a Secret or ConfigMap that Envoy cannot read, or reads only in part. */
export interface Damage {
  readonly key: string;
  readonly field: Field;
  readonly defect: KeyDefect;
}

export type Damages = readonly [Damage, ...Damage[]];

/** True when the certificate and its key stand in each other's place. */
export const isSwapped = ([first, second]: Damages): boolean =>
  first.defect.kind === 'only-key' && second?.defect.kind === 'only-certificate';

/** `is binary DER, not PEM`: what is wrong with one field, in words. */
export const textOf = (from: AnyResource, { key, field, defect }: Damage): string =>
  isPlainUnderData(from, key) ? 'is plain text under data, where base64 is expected' : damageText(defect, field);

/** One sentence about all damaged fields of a Secret or ConfigMap. */
export function damagesText(from: AnyResource, damages: Damages): string {
  const [first, ...more] = damages;
  const name = resourceText(from.id);
  const keys = damages.map(({ key }) => key);
  if (isSwapped(damages)) {
    return `${enumerate(keys.slice(0, 2))} of ${name} are swapped: ${keys[0]} holds the private key, ${keys[1]} the certificate`;
  }
  const text = textOf(from, first);
  if (more.length > 0 && more.every((other) => textOf(from, other) === text)) {
    return `each of ${enumerate(keys)} of ${name} ${text}`;
  }
  return `${first.key} of ${name} ${text}${more.map((other) => `, and ${other.key} ${textOf(from, other)}`).join('')}`;
}
