import { serverPlace } from '../model/envoy-config.ts';
import { keyOf } from '../model/resource.ts';
import { copySecret, createSecret } from './facts/commands.ts';
import { fieldText, needsCa, nothingIsServed, otherServers, podsPlace, undelivered } from './facts/credentials.ts';
import { clientHosts, patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'credential-cross-namespace',
  summary: 'A Gateway names a Secret of another namespace than that of the gateway pods: istiod refuses it',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const refused = [
      ...undelivered(view, configs, 'certificate', 'cross-namespace'),
      // The CA that goes with a certificate is refused with it; only one named by itself is a finding of its own.
      ...[...undelivered(view, configs, 'ca', 'cross-namespace')].filter((u) =>
        u.usedBy.some((use) => use.path.includes('caCertCredentialName')),
      ),
    ];
    for (const { config, entry, reason, usedBy } of refused) {
      const { server, path } = usedBy[0]!;
      const pods = config.workload.namespace ?? '';
      const { namespace, name } = reason;
      const there = view.secrets.get(keyOf(reason));
      const here = view.secrets.get(`${pods}/${name}`);
      const holds = entry.usedBy.every((u) => u.as === 'ca') ? 'ca' : needsCa(usedBy) ? 'pair-and-ca' : 'pair';
      const copy = here
        ? ''
        : there
          ? `${copySecret(reason, pods)}\n  `
          : `${createSecret({ namespace: pods, name }, holds)}\n  `;
      yield {
        kind: 'problem',
        message: `${serverText(server)} names the Secret ${namespace}/${name} in ${fieldText(path)}, but istiod gives gateway pods only Secrets of their own namespace, ${pods}`,
        at: serverPlace(server, ...path),
        related: [
          ...(there
            ? [{ at: { resource: there, path: ['metadata', 'namespace'] }, message: 'the Secret it names' }]
            : []),
          ...(here
            ? [
                {
                  at: { resource: here, path: ['metadata', 'namespace'] },
                  message: 'a Secret of this name where istiod would read it',
                },
              ]
            : []),
          ...otherServers(usedBy, 'names it too'),
          ...podsPlace(config, `these gateway pods read Secrets of namespace ${pods}`),
        ],
        symptom:
          clientsOf(
            usedBy.flatMap((u) => clientHosts(u.server.server)),
            RESET,
          ) + (nothingIsServed(config) ? '; after each start of a pod every port refuses connections for 15 s' : ''),
        remedy: `Put the Secret into ${pods} and name it without a namespace:\n  ${copy}${patchGateway(server, 'replace', path, name)}`,
        workload: config.workload,
      };
    }
  },
});
