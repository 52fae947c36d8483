import type { SecretEntry } from '../model/envoy-config.ts';
import type { AnyResource } from '../model/resource.ts';
import { resourceText } from '../model/resource.ts';
import { createSecret, getSecret, replacePair } from './facts/commands.ts';
import { keyPlace, usersOf } from './facts/contents.ts';
import { filledByCopy, placesOfUses, undelivered } from './facts/credentials.ts';
import { decidedBy } from './facts/gaps.ts';
import { clientHosts, patchGateway } from './facts/servers.ts';
import { clientsOf, enumerate, RESET } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'secret-bad-keys',
  summary: 'A Secret has no certificate and key under the names that istiod reads, or they are empty',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const { reason, usedBy } of undelivered(view, configs, 'certificate', 'bad-keys')) {
      // A CA payload for a name ending in -cacert is rule ca-credential-suffix (I6).
      if (reason.wanted !== 'certificate') continue;
      const { secret, found, empty } = reason;
      const what =
        empty.length > 0
          ? `${enumerate(empty)} ${empty.length > 1 ? 'are' : 'is'} empty`
          : `istiod reads tls.crt and tls.key, or cert and key; it has ${enumerate(found) || 'no keys'}`;
      const at = keyPlace(secret, empty[0] ?? null);
      const later = filledByCopy(view, secret);
      if (later !== null) {
        yield {
          kind: 'open',
          question: `What certificate does ${resourceText(secret.id)} hold in the cluster?`,
          because: later,
          decides: decidedBy(undefined, getSecret(secret.id)),
          at,
          related: placesOfUses(usedBy),
        };
        continue;
      }
      yield problem(
        at,
        `${resourceText(secret.id)} holds no certificate with its key: ${what}`,
        usedBy,
        replacePair(secret),
      );
    }
    for (const { reason, usedBy } of undelivered(view, configs, 'certificate', 'not-found')) {
      const secret = view.secrets.get(`${reason.namespace}/${reason.name}`);
      if (!secret) continue;
      const at = { resource: secret, path: ['type'] };
      yield problem(
        at,
        `${resourceText(secret.id)} has type ${secret.spec.type}, which istiod never reads`,
        usedBy,
        remedyForType(secret, usedBy),
      );
    }
  },
});

/** The type of a Secret cannot be changed. */
function remedyForType({ id }: AnyResource, usedBy: SecretEntry['usedBy']): string {
  const name = `${id.name}-tls`;
  const patches = usedBy.map((use) => `  ${patchGateway(use.server, 'replace', use.path, name)}`);
  return `Put the pair into a Secret of another type:\n  ${createSecret({ ...id, name }, 'pair')}\n${patches.join('\n')}`;
}

function problem(at: Problem['at'], message: string, usedBy: SecretEntry['usedBy'], remedy: string): Problem {
  return {
    kind: 'problem',
    message,
    at,
    related: usersOf(usedBy, 'needs it'),
    symptom: clientsOf(
      usedBy.flatMap((u) => clientHosts(u.server.server)),
      RESET,
    ),
    remedy,
  };
}
