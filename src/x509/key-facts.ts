import type { KeyMaterial } from './key-der.ts';
import { bufferOf, decodeBase64 } from './pem.ts';
import type { PemDefect } from './pem-defect.ts';
import type { BrokenBecause } from './pem-envoy.ts';
import type { KeyAlgorithm } from './public-key.ts';

/** The notation of a private key: its PEM label decides. */
export type KeyForm = 'pkcs1' | 'pkcs8' | 'sec1' | 'dsa';

/** Why Envoy cannot take a private key from a field. */
export type KeyDefect =
  | PemDefect
  | { readonly kind: 'encrypted'; readonly form: 'pkcs8' | 'traditional' }
  /** The PEM is whole, but what it holds is no key of its form, or the key's numbers do not fit together. */
  | { readonly kind: 'damaged-key'; readonly form: KeyForm };

/** A private key field as Envoy reads it. The key itself is never in it. */
export type KeyReading =
  | (KeyMaterial & {
      readonly kind: 'key';
      readonly form: KeyForm;
      /** Private keys in the field; the first counts. */
      readonly keys: number;
      /** A BEGIN before the key that Envoy does not see. */
      readonly overlooked: PemDefect | null;
    })
  | { readonly kind: 'defect'; readonly defect: KeyDefect; readonly because: BrokenBecause | null };

const LABEL = 'TLSGW KEY FACTS';
const BLOCK = new RegExp(`^-----BEGIN ${LABEL}-----\\r?\\n([A-Za-z0-9+/=\\r\\n]*)-----END ${LABEL}-----\\s*$`);

/** Returns a PEM-like block that stands for a private key in a snapshot: its facts, never the key. */
export function writeKeyFacts(reading: KeyReading): string {
  const facts =
    reading.kind === 'key'
      ? {
          form: reading.form,
          algorithm: reading.algorithm,
          bits: reading.bits,
          curve: reading.curve,
          publicKeySha256: reading.publicKeySha256,
          keys: reading.keys,
          overlooked: reading.overlooked,
          defect: null,
        }
      : { defect: reading.defect, because: reading.because };
  const lines = Buffer.from(JSON.stringify(facts)).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${LABEL}-----\n${lines}\n-----END ${LABEL}-----\n`;
}

/** Returns what a description of a key (the output of writeKeyFacts) says, or null when the bytes are no such description. */
export function readKeyFacts(bytes: Uint8Array): KeyReading | null {
  if (bytes.length > 10_000) return null;
  const found = BLOCK.exec(bufferOf(bytes).toString('latin1'));
  const json = found === null ? null : decodeBase64(found[1]!.replace(/[\r\n]+/g, ''));
  if (json === null) return null;
  let facts: unknown;
  try {
    facts = JSON.parse(bufferOf(json).toString('utf8'));
  } catch {
    return null;
  }
  if (!isRecord(facts)) return null;
  if (facts.defect !== null) {
    const defect = keyDefectOf(facts.defect);
    const because = oneOf(facts.because, BECAUSE);
    return defect === null ? null : { kind: 'defect', defect, because };
  }
  const form = oneOf(facts.form, FORMS);
  const algorithm = oneOf(facts.algorithm, ALGORITHMS);
  const { bits, curve, publicKeySha256, keys } = facts;
  if (form === null || algorithm === null || !isCount(keys)) return null;
  if (!(bits === null || isCount(bits)) || !(curve === null || isText(curve, /^[\w.-]{1,80}$/))) return null;
  if (!(publicKeySha256 === null || isText(publicKeySha256, /^[0-9a-f]{64}$/))) return null;
  const overlooked = facts.overlooked === null ? null : pemDefectOf(facts.overlooked);
  return { kind: 'key', form, algorithm, bits, curve, publicKeySha256, keys, overlooked };
}

const FORMS: readonly KeyForm[] = ['pkcs1', 'pkcs8', 'sec1', 'dsa'];
const BECAUSE: readonly BrokenBecause[] = ['bad-end-line', 'bad-base64', 'empty'];
const BLOCK_DEFECTS = [...BECAUSE, 'headers', 'not-a-certificate', 'not-a-crl', 'not-a-key'] as const;
const WHOLE = [
  'empty',
  'der',
  'pfx',
  'base64-twice',
  'no-armour',
  'utf-16',
  'no-block',
  'only-key',
  'only-certificate',
] as const;
const OF_BLOCK = [
  'bom',
  'indented',
  'glued',
  'literal-newlines',
  'one-line',
  'truncated',
  'not-at-line-start',
] as const;
const ALGORITHMS: readonly KeyAlgorithm[] = ['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448', 'x25519', 'dsa', 'other'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isText = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value);
const oneOf = <T extends string>(value: unknown, known: readonly T[]): T | null =>
  known.find((item) => item === value) ?? null;

function keyDefectOf(value: unknown): KeyDefect | null {
  if (!isRecord(value)) return null;
  if (value.kind === 'encrypted') {
    const form = oneOf(value.form, ['pkcs8', 'traditional'] as const);
    return form === null ? null : { kind: 'encrypted', form };
  }
  if (value.kind === 'damaged-key') {
    const form = oneOf(value.form, FORMS);
    return form === null ? null : { kind: 'damaged-key', form };
  }
  return pemDefectOf(value);
}

function pemDefectOf(value: unknown): PemDefect | null {
  if (!isRecord(value)) return null;
  const whole = oneOf(value.kind, WHOLE);
  if (whole !== null) return { kind: whole };
  if (value.kind === 'other-label')
    return isText(value.label, /^.{0,40}$/) ? { kind: 'other-label', label: value.label } : null;
  if (!isCount(value.block)) return null;
  const ofBlock = oneOf(value.kind, OF_BLOCK);
  if (ofBlock !== null) return { kind: ofBlock, block: value.block };
  const because = oneOf(value.because, BLOCK_DEFECTS);
  return value.kind === 'broken-block' && because !== null
    ? { kind: 'broken-block', block: value.block, because }
    : null;
}
