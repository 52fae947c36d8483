import { resourceText } from '../model/resource.ts';
import { getSecret } from './facts/commands.ts';
import { keyPlace, usersOf, withheldCertificates } from './facts/contents.ts';
import { damagedClientCas, damagedPairs } from './facts/damaged-fields.ts';
import { groupBy } from './facts/live.ts';
import { type Damages, damagesText, textOf } from './facts/pem-damage.ts';
import { repairCommands } from './facts/pem-repair.ts';
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
    for (const all of groupBy([...damagedPairs(configs), ...damagedClientCas(configs, now)], ({ from }) => from)) {
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
