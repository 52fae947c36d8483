import type { EnvoyConfig } from '../model/envoy-config.ts';
import { type AnyResource, resourceText } from '../model/resource.ts';
import { secretBytes } from '../model/secret.ts';
import { judgeCa } from '../x509/ca.ts';
import { readPrivateKey } from '../x509/key.ts';
import type { KeyDefect } from '../x509/key-facts.ts';
import { clientCas } from './facts/authorities.ts';
import { getSecret } from './facts/commands.ts';
import {
  keyPlace,
  type Served,
  servedCertificates,
  type Use,
  usersOf,
  withheldCertificates,
} from './facts/contents.ts';
import { endangered, refusedSymptom } from './facts/endangered.ts';
import { groupBy } from './facts/live.ts';
import { type Damage, type Damages, damagesText, textOf } from './facts/pem-damage.ts';
import { repairCommands } from './facts/pem-repair.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'pem-malformed',
  summary: 'A certificate, private key or CA is not PEM as Envoy reads it, so Envoy refuses the Secret',
  severity: 'error',
  inputs: ['configs', 'now'],
  since: '0.1.0',
  *check({ configs, now }) {
    for (const { pair, because } of withheldCertificates(configs)) {
      yield {
        kind: 'open',
        question: `What certificate does ${resourceText(pair.from.id)} hold in the cluster?`,
        because,
        decides: { kind: 'file', command: getSecret(pair.from.id) },
        at: keyPlace(pair.from, pair.certKey),
      };
    }
    for (const all of groupBy([...inPairs(configs), ...inClientCas(configs, now)], ({ from }) => from)) {
      const refused = all.filter(({ severity }) => severity === 'error');
      const told = refused.length > 0 ? refused : all;
      const [{ from, damage, symptom, severity }, ...more] = told as typeof all;
      const damages: Damages = [damage, ...more.map((other) => other.damage)];
      yield {
        kind: 'problem',
        message: damagesText(from, damages),
        at: keyPlace(from, damage.key),
        related: [
          ...more.map((other) => ({ at: keyPlace(from, other.damage.key), message: textOf(from, other.damage) })),
          ...usersOf(
            told.flatMap(({ uses }) => uses),
            'needs it',
          ),
        ],
        symptom,
        remedy: repairCommands(from, damages),
        severity,
      };
    }
  },
});

interface Found {
  readonly from: AnyResource;
  readonly damage: Damage;
  readonly uses: readonly Use[];
  readonly symptom: string;
  readonly severity: 'error' | 'warning';
}

/** Certificates and keys that are damaged; emptiness is rule secret-bad-keys. */
function* inPairs(configs: readonly EnvoyConfig[]): Generator<Found> {
  for (const served of servedCertificates(configs)) {
    const { pair, uses, verdict } = served;
    const { from, certKey, keyKey } = pair;
    const certificate = verdict.kind === 'certificate-defect' ? verdict.defect : null;
    // Envoy says nothing of the key once the certificate is refused.
    const key = verdict.kind === 'key-defect' ? verdict.defect : certificate === null ? null : keyDefect(pair);
    const refused = { from, uses, symptom: refusedSymptom(configs, served), severity: 'error' as const };
    if (certificate) yield { ...refused, damage: { key: certKey, field: 'certificate', defect: certificate } };
    if (key) yield { ...refused, damage: { key: keyKey, field: 'key', defect: key } };
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

function* inClientCas(configs: readonly EnvoyConfig[], now: Date): Generator<Found> {
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
