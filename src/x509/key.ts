import { blocksOfEnvoy, withoutWanted } from './blocks.ts';
import { oncePerContent } from './content.ts';
import { childrenOf, readElement, TAG } from './der.ts';
import { type KeyMaterial, readPkcs1, readPkcs8, readSec1 } from './key-der.ts';
import { type KeyDefect, type KeyForm, type KeyReading, readKeyFacts, writeKeyFacts } from './key-facts.ts';
import type { PemBlock } from './pem.ts';

const FORMS: Readonly<Record<string, KeyForm>> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
  'DSA PRIVATE KEY': 'dsa',
};

const ENCRYPTED = 'ENCRYPTED PRIVATE KEY';

const isKey = (block: PemBlock): boolean => block.label === ENCRYPTED || Object.hasOwn(FORMS, block.label);

/**
 * Returns the facts of the first private key of a field as Envoy loads it, or its defect (symptoms.md 4.1); of a field
 * that holds a description of a key (describeKey) what the description says. Each distinct content is read once, and
 * neither the result nor the memory holds the key.
 */
export const readPrivateKey: (pem: Uint8Array) => KeyReading = oncePerContent((pem) => {
  const described = readKeyFacts(pem);
  if (described !== null) return described;
  const read = blocksOfEnvoy(pem);
  const first = read.blocks.find(isKey);
  if (first === undefined) {
    const because = read.broken?.because ?? null;
    return { kind: 'defect', defect: read.broken?.defect ?? withoutWanted(pem, read), because };
  }
  const defect = (of: KeyDefect): KeyReading => ({ kind: 'defect', defect: of, because: null });
  if (first.headers.startsWith('Proc-Type: 4,ENCRYPTED\n')) return defect({ kind: 'encrypted', form: 'traditional' });
  if (first.headers !== '') return defect({ kind: 'broken-block', block: first.number, because: 'headers' });
  if (first.label === ENCRYPTED) {
    return defect(
      isEncryptedPkcs8(first.der) ? { kind: 'encrypted', form: 'pkcs8' } : { kind: 'damaged-key', form: 'pkcs8' },
    );
  }
  const form = FORMS[first.label]!;
  const material = materialOf(form, first.der);
  if (material === null) return defect({ kind: 'damaged-key', form });
  const overlooked = read.overlookedAt !== null && read.overlookedAt < first.at ? read.overlooked : null;
  return { kind: 'key', form, ...material, keys: read.blocks.filter(isKey).length, overlooked };
});

/** Returns what stands for a private key in a snapshot: a PEM-like block with its facts or its defect, never the key. */
export const describeKey = (pem: Uint8Array): string => writeKeyFacts(readPrivateKey(pem));

function materialOf(form: KeyForm, der: Uint8Array): KeyMaterial | null {
  switch (form) {
    // Under the label of one algorithm BoringSSL also takes PKCS#8 of that algorithm.
    case 'pkcs1':
      return readPkcs1(der) ?? pkcs8Of('rsa', der);
    case 'pkcs8':
      return readPkcs8(der);
    case 'sec1':
      return readSec1(der) ?? pkcs8Of('ec', der);
    case 'dsa': {
      const outer = readElement(der, 0, der.length);
      const parts = outer?.tag === TAG.sequence ? childrenOf(der, outer) : null;
      const traditional = parts?.length === 6;
      return traditional ? { algorithm: 'dsa', bits: null, curve: null, publicKeySha256: null } : pkcs8Of('dsa', der);
    }
  }
}

function pkcs8Of(algorithm: KeyMaterial['algorithm'], der: Uint8Array): KeyMaterial | null {
  const material = readPkcs8(der);
  return material?.algorithm === algorithm ? material : null;
}

/** EncryptedPrivateKeyInfo: an algorithm and an OCTET STRING (RFC 5208 section 6). */
function isEncryptedPkcs8(der: Uint8Array): boolean {
  const outer = readElement(der, 0, der.length);
  const [algorithm, data] = (outer?.tag === TAG.sequence ? childrenOf(der, outer) : null) ?? [];
  return algorithm?.tag === TAG.sequence && data?.tag === TAG.octetString;
}
