import { absence } from '../model/coverage.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import { workloadText } from '../model/workload.ts';
import { createSecret, getSecret } from './facts/commands.ts';
import {
  fieldText,
  hasOtherCertificate,
  needsCa,
  nothingIsServed,
  otherServers,
  placesOfUses,
  podsPlace,
  secretsNamed,
  undelivered,
} from './facts/credentials.ts';
import { decidedBy } from './facts/gaps.ts';
import { clientHosts, serverText } from './facts/servers.ts';
import { clientsOf, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'secret-not-found',
  summary: 'A Gateway names a Secret that does not exist in the namespace of the gateway pods',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const { reason, usedBy } of undelivered(view, configs, 'certificate', 'unknown')) {
      if (!reason.maybe) continue;
      const { server, path } = usedBy[0]!;
      yield {
        kind: 'open',
        question: `Is there a Secret ${keyOf(reason.maybe)}, which ${serverText(server)} needs?`,
        because: reason.because,
        decides: { kind: 'file', command: getSecret(reason.maybe) },
        at: serverPlace(server, ...path),
        related: placesOfUses(usedBy),
      };
    }
    for (const { config, entry, reason, usedBy } of undelivered(view, configs, 'certificate', 'not-found')) {
      const { namespace, name } = reason;
      const first = usedBy.find((u) => !hasOtherCertificate(config, u.server, entry)) ?? usedBy[0]!;
      const at = serverPlace(first.server, ...first.path);
      // Found elsewhere: rule secret-wrong-namespace; found, but of a type that istiod never reads (I9): secret-bad-keys.
      if (secretsNamed(view, name, namespace).length > 0) continue;
      const missing = absence(view.coverage, 'secrets', namespace);
      if (missing.kind === 'unknown') {
        yield {
          kind: 'open',
          question: `Is there a Secret ${namespace}/${name}, which ${serverText(first.server)} needs?`,
          because: missing.because,
          decides: decidedBy(missing.gap, getSecret(reason)),
          at,
          related: placesOfUses(usedBy),
        };
        continue;
      }
      const alternative = hasOtherCertificate(config, first.server, entry);
      const hosts = usedBy.flatMap((u) => clientHosts(u.server.server));
      const whole = nothingIsServed(config)
        ? `; no Secret of this gateway can be served, so after each start of a pod every port of ${workloadText(config.workload)} refuses connections for 15 s`
        : '';
      yield {
        kind: 'problem',
        message: `${missing.certain ? 'there is' : 'the input has'} no Secret ${namespace}/${name}, which ${serverText(first.server)} names in ${fieldText(first.path)}`,
        at,
        related: [
          ...otherServers([first, ...usedBy.filter((u) => u !== first)], 'needs it too'),
          ...podsPlace(config, `these gateway pods read Secrets of namespace ${namespace}`),
        ],
        symptom: alternative
          ? 'the other certificate of the server is served alone: clients that need the missing kind of key fail'
          : `${clientsOf(hosts, RESET)}${whole}`,
        remedy: createSecret(reason, needsCa(usedBy) ? 'pair-and-ca' : 'pair'),
        severity: missing.certain && !alternative ? 'error' : 'warning',
        workload: config.workload,
      };
    }
  },
});
