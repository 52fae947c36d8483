import type { EnvoyConfig } from '../../model/envoy-config.ts';
import type { AnyResource } from '../../model/resource.ts';
import { secretBytes } from '../../model/secret.ts';
import { judgeCa } from '../../x509/ca.ts';
import { readPrivateKey } from '../../x509/key.ts';
import type { KeyDefect } from '../../x509/key-facts.ts';
import { clientCas } from './authorities.ts';
import { type Served, servedCertificates, type Use } from './contents.ts';
import { endangered, refusedSymptom } from './endangered.ts';
import type { Damage } from './pem-damage.ts';
import { clientHosts } from './servers.ts';
import { clientsOf, RESET } from './symptoms.ts';

/** One damaged field and what becomes of it. */
export interface DamagedField {
  readonly from: AnyResource;
  readonly damage: Damage;
  readonly uses: readonly Use[];
  readonly symptom: string;
  readonly severity: 'error' | 'warning';
}

/** Certificates and keys that are damaged; emptiness is rule secret-bad-keys. */
export function* damagedPairs(configs: readonly EnvoyConfig[]): Generator<DamagedField> {
  for (const served of servedCertificates(configs)) {
    const { pair, uses, verdict } = served;
    const { from, certKey, keyKey } = pair;
    const certificate = verdict.kind === 'certificate-defect' ? verdict.defect : null;
    // Envoy says nothing of the key once the certificate is refused.
    const key = verdict.kind === 'key-defect' ? verdict.defect : certificate === null ? null : keyDefect(pair);
    if (certificate || key) {
      const refused = { from, uses, symptom: refusedSymptom(configs, served), severity: 'error' as const };
      if (certificate) yield { ...refused, damage: { key: certKey, field: 'certificate', defect: certificate } };
      if (key) yield { ...refused, damage: { key: keyKey, field: 'key', defect: key } };
    }
    const skipped = 'chain' in verdict ? verdict.chain.overlooked : null;
    if (!skipped || !isSlip(skipped)) continue;
    const symptom = 'the bundle is served without that block: curl: (60) ... unable to get local issuer certificate';
    yield { from, uses, symptom, severity: 'warning', damage: { key: certKey, field: 'certificate', defect: skipped } };
  }
}

function keyDefect({ from, keyKey }: Served['pair']): KeyDefect | null {
  const read = readPrivateKey(secretBytes(from, keyKey)!);
  return read.kind === 'defect' ? read.defect : null;
}

/** Damage that nobody does on purpose, unlike a block that somebody commented out. */
const isSlip = ({ kind }: KeyDefect): boolean =>
  ['bom', 'indented', 'glued', 'one-line', 'literal-newlines'].includes(kind);

/** CAs for client certificates that are damaged. */
export function* damagedClientCas(configs: readonly EnvoyConfig[], now: Date): Generator<DamagedField> {
  for (const { ca, uses, bundle } of clientCas(configs)) {
    const verdict = judgeCa(bundle, now);
    const damage = (defect: KeyDefect): Damage => ({ key: ca.caKey, field: 'ca', defect });
    if (verdict.kind === 'refused') {
      const hosts = uses.flatMap((use) => clientHosts(use.server.server));
      const symptom = `${clientsOf(hosts, RESET)}, with or without a client certificate${endangered(uses)}`;
      yield { from: ca.from, uses, symptom, severity: 'error', damage: damage(verdict.defect) };
    } else if (verdict.overlooked && isSlip(verdict.overlooked)) {
      const symptom = 'client certificates of the CA in that block are refused: tlsv1 alert unknown ca';
      yield { from: ca.from, uses, symptom, severity: 'warning', damage: damage(verdict.overlooked) };
    }
  }
}
