import type { SecretEntry } from '../model/envoy-config.ts';
import type { AnyResource } from '../model/resource.ts';
import { resourceText } from '../model/resource.ts';
import { replaceSecret } from './facts/commands.ts';
import { keyPlace, usersOf } from './facts/contents.ts';
import { undelivered } from './facts/credentials.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, enumerate, RESET } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'secret-bad-keys',
  summary: 'A Secret has no certificate and key under the names that istiod reads, or they are empty',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const { reason, usedBy } of undelivered(configs, 'certificate', 'bad-keys')) {
      // A CA payload for a name ending in -cacert is rule ca-credential-suffix (I6).
      if (reason.wanted !== 'certificate') continue;
      const { secret, found, empty } = reason;
      const what =
        empty.length > 0
          ? `${enumerate(empty)} ${empty.length > 1 ? 'are' : 'is'} empty`
          : `istiod reads tls.crt and tls.key, or cert and key; it has ${enumerate(found) || 'no keys'}`;
      const at = keyPlace(secret, empty[0] ?? null);
      yield problem(secret, at, `${resourceText(secret.id)} holds no certificate with its key: ${what}`, usedBy);
    }
    for (const { reason, usedBy } of undelivered(configs, 'certificate', 'not-found')) {
      const secret = view.secrets.get(`${reason.namespace}/${reason.name}`);
      if (!secret) continue;
      const at = { resource: secret, path: ['type'] };
      yield problem(
        secret,
        at,
        `${resourceText(secret.id)} has type ${secret.spec.type}, which istiod never reads`,
        usedBy,
      );
    }
  },
});

function problem(secret: AnyResource, at: Problem['at'], message: string, usedBy: SecretEntry['usedBy']): Problem {
  return {
    kind: 'problem',
    message,
    at,
    related: usersOf(usedBy, 'needs it'),
    symptom: clientsOf(
      usedBy.flatMap((u) => clientHosts(u.server.server)),
      RESET,
    ),
    remedy: replaceSecret(secret.id),
  };
}
