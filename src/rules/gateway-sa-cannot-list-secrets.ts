import { mayListSecrets } from '../istio/rbac.ts';
import { caSuffix } from '../istio/tls-context.ts';
import type { EnvoyConfig, SecretEntry } from '../model/envoy-config.ts';
import { kubectl, objectName } from './facts/commands.ts';
import { sent } from './facts/live.ts';
import { knowsPermissions, rolePlaces } from './facts/permissions.ts';
import { podSpecPath, podsText } from './facts/pods.ts';
import { secretOf } from './facts/sds.ts';
import { clientHosts, relatedServers } from './facts/servers.ts';
import { clientsOf, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'gateway-sa-cannot-list-secrets',
  summary: 'The service account of the gateway pods may not list Secrets, so istiod gives them none',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of sent(configs)) {
      const { namespace, serviceAccount, resource } = config.workload;
      const usedBy = guarded(config);
      if (namespace === null || !resource || usedBy.length === 0 || mayListSecrets(view, namespace, serviceAccount))
        continue;
      const account = `system:serviceaccount:${namespace}:${serviceAccount}`;
      const at = { resource, path: [...podSpecPath(config.workload), 'serviceAccountName'] };
      const missing = knowsPermissions(view, namespace, serviceAccount);
      if (missing !== true) {
        yield {
          kind: 'open',
          question: `May the service account ${namespace}/${serviceAccount} of ${podsText(config.workload)} list Secrets in ${namespace}?`,
          because: missing,
          decides: {
            kind: 'permission',
            command: kubectl(namespace, 'auth', 'can-i', 'list', 'secrets', `--as=${account}`),
          },
          at,
        };
        continue;
      }
      const own = objectName(`${serviceAccount}-secrets`);
      const servers = [...new Set(usedBy.map((u) => u.server))];
      yield {
        kind: 'problem',
        message: `the service account ${namespace}/${serviceAccount} of ${podsText(config.workload)} may not list Secrets in ${namespace}, so istiod gives its pods none`,
        at,
        related: [
          ...rolePlaces(view, namespace, serviceAccount),
          ...relatedServers(servers.slice(0, 20), 'gets no certificate', 'tls'),
        ],
        symptom: `${clientsOf(
          servers.flatMap((s) => clientHosts(s.server)),
          RESET,
        )}; a pod that starts without any Secret refuses connections on every port for 15 s`,
        remedy:
          `${kubectl(namespace, 'create', 'role', own, '--verb=get,list,watch', '--resource=secrets')}\n` +
          kubectl(
            namespace,
            'create',
            'rolebinding',
            own,
            `--role=${own}`,
            `--serviceaccount=${namespace}:${serviceAccount}`,
          ),
        workload: config.workload,
      };
    }
  },
});

/** The uses of Secrets that istiod hands out only to those who may list them: `kubernetes://`, no CA (I4). */
const guarded = (config: EnvoyConfig): SecretEntry['usedBy'] =>
  config.secrets.flatMap((entry) => {
    const secret = secretOf(entry.name, config.workload.namespace ?? '');
    return secret && secret.namespace === config.workload.namespace && !secret.name.endsWith(caSuffix)
      ? entry.usedBy
      : [];
  });
