import { absence, type Coverage } from '../model/coverage.ts';
import {
  type EnvoyConfig,
  type NotDelivered,
  type SecretEntry,
  type SecretPayload,
  unknownBecause,
} from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { bytesOf, secretBytes } from '../model/secret.ts';
import type { CertRow } from '../render/certs-table.ts';
import { notDeliveredText } from '../render/drop-text.ts';
import { servedSecrets } from '../render/secrets-table.ts';
import { readChain } from '../x509/bundle.ts';
import type { Certificate } from '../x509/certificate.ts';
import { judgeKeyPair, type KeyPairVerdict } from '../x509/key-pair.ts';
import { readTrustFile } from '../x509/trust-file.ts';
import { daysLeft } from '../x509/validity.ts';

type Pair = Extract<SecretPayload, { readonly kind: 'certificate' }>;
type Ca = Extract<SecretPayload, { readonly kind: 'ca' }>;
type Facts = Omit<CertRow, 'credential'>;

const nothing = { names: [], issuers: [], key: '', algorithm: '', daysLeft: null } as const;

/** Where istiod looks: the reason says it, or the name together with the namespace of the pods. */
function lookedUp(entry: SecretEntry, reason: NotDelivered, config: EnvoyConfig): string {
  if (reason.why === 'bad-keys') return resourceText(reason.secret.id);
  if ('name' in reason) return `Secret ${reason.namespace}/${reason.name}`;
  const name = entry.name.replace(/^[a-z-]+:\/\//, '');
  return `Secret ${name.includes('/') ? name : `${config.workload.namespace ?? '?'}/${name}`}`;
}

const algorithmText = ({ publicKey: { algorithm, bits, curve } }: Certificate): string => {
  if (algorithm === 'ec') return `EC ${curve ?? ''}`.trimEnd();
  return `${algorithm.toUpperCase()}${bits === null || !algorithm.startsWith('rsa') ? '' : ` ${bits}`}`;
};

const nameOf = (name: Certificate['subject']): string => name.commonName || name.text;

function namesOf(leaf: Certificate): readonly string[] {
  const names = [...leaf.dnsNames, ...leaf.ipAddresses];
  return names.length > 0 ? names : [`${nameOf(leaf.subject)} (common name only)`];
}

/** `matches`, or what is wrong with the pair. */
const KEY: Readonly<Record<KeyPairVerdict['kind'], string>> = {
  accepted: 'matches',
  mismatch: 'does not match',
  nameless: 'matches',
  'certificate-defect': '',
  'key-defect': 'unreadable',
  'unsupported-key': 'unsupported',
};

function describe(
  certificates: readonly Certificate[],
  now: Date,
): Omit<Facts, 'lookedUp' | 'state' | 'verdict' | 'key'> {
  const [leaf] = certificates;
  if (leaf === undefined) return nothing;
  return {
    names: namesOf(leaf),
    // A root names itself.
    issuers: [...new Set(certificates.map((certificate) => nameOf(certificate.issuer)))],
    algorithm: algorithmText(leaf),
    daysLeft: daysLeft(leaf, now),
  };
}

/** Delivered is not yet usable: Envoy may refuse it, or the time may be over. */
function judged(payload: Pair | Ca, left: number | null, now: Date): Pick<Facts, 'state' | 'verdict'> {
  const { refused } = payload.judge(now);
  if (refused !== null) return { state: 'delivered, refused by Envoy', verdict: 'error' };
  if (left !== null && left < 0) return { state: 'delivered, expired', verdict: 'error' };
  return { state: 'delivered', verdict: left !== null && left < 30 ? 'warning' : 'ok' };
}

function pairFacts(payload: Pair, now: Date): Facts {
  const certificate = secretBytes(payload.from, payload.certKey) ?? new Uint8Array();
  const { certificates } = readChain(certificate);
  const facts = describe(certificates, now);
  const verdict = judgeKeyPair(certificate, secretBytes(payload.from, payload.keyKey) ?? new Uint8Array());
  return {
    ...facts,
    ...judged(payload, facts.daysLeft, now),
    lookedUp: resourceText(payload.from.id),
    key: KEY[verdict.kind],
  };
}

function caFacts(payload: Ca, now: Date): Facts {
  const { from, caKey } = payload;
  const { certificates } = readTrustFile(bytesOf(from, caKey) ?? new Uint8Array());
  const [first] = certificates;
  const facts = describe(certificates, now);
  const names = first === undefined ? [] : [`CA ${nameOf(first.subject)}`];
  return { ...facts, names, ...judged(payload, facts.daysLeft, now), lookedUp: resourceText(from.id), key: '' };
}

/** What is not in the input may exist where the input does not cover its place (rules.md, "What files can prove"). */
function uncovered(reason: NotDelivered, coverage: Coverage): string | null {
  if (reason.why !== 'not-found') return null;
  const missing = absence(coverage, 'secrets', reason.namespace);
  return missing.kind === 'unknown' ? `unknown: ${missing.because}` : null;
}

function factsOf(entry: SecretEntry, config: EnvoyConfig, now: Date, coverage: Coverage): Facts {
  const { payload } = entry;
  if (payload.kind === 'certificate') return pairFacts(payload, now);
  if (payload.kind === 'ca') return caFacts(payload, now);
  const open = unknownBecause(payload.reason) === null ? uncovered(payload.reason, coverage) : null;
  return {
    ...nothing,
    lookedUp: lookedUp(entry, payload.reason, config),
    state: open ?? notDeliveredText(payload.reason),
    verdict: open !== null || unknownBecause(payload.reason) !== null ? 'undecided' : 'error',
  };
}

/** Every credential that a gateway asks istiod for, with what becomes of it. */
export const certRows = (config: EnvoyConfig, now: Date, coverage: Coverage): CertRow[] =>
  servedSecrets(config.secrets).map((entry) => ({ credential: entry.name, ...factsOf(entry, config, now, coverage) }));
