import type { ClusterView } from '../model/cluster-view.ts';
import { absence } from '../model/coverage.ts';
import { type EnvoyConfig, serverPlace } from '../model/envoy-config.ts';
import type { Severity } from '../model/finding.ts';
import { resourceText } from '../model/resource.ts';
import { addCa, createSecret, getSecret, kubectl, objectName } from './facts/commands.ts';
import { keyPlace } from './facts/contents.ts';
import {
  certificatesOf,
  fieldText,
  filledByCopy,
  otherServers,
  placesOfUses,
  type Undelivered,
  undelivered,
} from './facts/credentials.ts';
import { decidedBy } from './facts/gaps.ts';
import { clientHosts, serverText } from './facts/servers.ts';
import { clientsOf, enumerate, RESET } from './facts/symptoms.ts';
import { defineRule, type Open, type Problem } from './rule.ts';

type Missing = Undelivered<'not-found' | 'bad-keys'>;

export default defineRule({
  id: 'mutual-without-ca',
  summary: 'A server asks for client certificates, but the CA to check them with is missing',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const missing of undelivered(view, configs, 'ca', 'not-found', 'bad-keys')) {
      const { reason, usedBy, config } = missing;
      // Without the suffix istiod looks for a key pair: rule ca-credential-suffix (I6).
      if (reason.why === 'bad-keys' && reason.wanted !== 'ca') continue;
      const own = usedBy.some((use) => use.path.includes('caCertCredentialName'));
      // The certificate's own Secret is missing: that finding says it all.
      if (!own && usedBy.every((use) => !certificateIsServed(config, use))) continue;
      yield judgeMissing(view, missing, own);
    }
  },
});

const certificateIsServed = (config: EnvoyConfig, { server }: Missing['usedBy'][number]): boolean =>
  (certificatesOf(config).get(server) ?? []).some((entry) => entry.payload.kind === 'certificate');

function judgeMissing(view: ClusterView, { config, reason, usedBy, entry }: Missing, own: boolean): Problem | Open {
  const { server, path } = usedBy[0]!;
  const at = serverPlace(server, ...path);
  const from = own ? `${fieldText(path)} names` : 'it is looked for in';
  let severity: Severity = 'error';
  let message: string;
  let remedy: string;
  if (reason.why === 'not-found') {
    const { namespace, name } = reason;
    const configMap = entry.name.startsWith('configmap://');
    const kind = configMap ? 'ConfigMap' : 'Secret';
    const missing = absence(view.coverage, configMap ? 'configmaps' : 'secrets', namespace);
    if (missing.kind === 'unknown') {
      return {
        kind: 'open',
        question: `Is there a ${kind} ${namespace}/${name} with the CA for ${serverText(server)}?`,
        because: missing.because,
        decides: decidedBy(missing.gap, kubectl(namespace, 'get', kind.toLowerCase(), objectName(name), '-o', 'yaml')),
        at,
        related: placesOfUses(usedBy),
      };
    }
    if (!missing.certain) severity = 'warning';
    const wanted = caName(entry.name, name);
    message =
      own && wanted !== name
        ? `${from} Secret ${namespace}/${wanted}, and ${missing.certain ? 'there is' : 'the input has'} neither that nor ${name}`
        : `${from} ${kind} ${namespace}/${name}, which ${missing.certain ? 'does not exist' : 'is not in the input'}`;
    remedy = configMap
      ? kubectl(namespace, 'create', 'configmap', objectName(name), '--from-file=ca.crt=CA.CRT')
      : createSecret({ namespace, name: own ? caName(entry.name, name) : name }, 'ca');
  } else {
    const { secret, found, empty } = reason;
    const later = filledByCopy(view, secret);
    if (later !== null) {
      return {
        kind: 'open',
        question: `What CA does ${resourceText(secret.id)} hold in the cluster?`,
        because: later,
        decides: decidedBy(undefined, getSecret(secret.id)),
        at,
        related: placesOfUses(usedBy),
      };
    }
    const has =
      empty.length > 0 ? `has nothing in ${enumerate(empty)}` : `has no ca.crt (only ${enumerate(found) || 'no keys'})`;
    message = `${from} ${resourceText(secret.id)}, which ${has}`;
    remedy = addCa(secret);
  }
  return {
    kind: 'problem',
    message: `${serverText(server)} has no CA for ${server.server.tls?.mode}: ${message}`,
    at: own ? at : serverPlace(server, 'tls', 'mode'),
    related: [
      ...(reason.why === 'bad-keys' ? [{ at: keyPlace(reason.secret, null), message: 'no CA in here' }] : []),
      ...otherServers(usedBy, 'needs it too'),
    ],
    symptom: `${clientsOf(
      usedBy.flatMap((u) => clientHosts(u.server.server)),
      RESET,
    )}, with or without a client certificate`,
    remedy,
    severity,
    workload: config.workload,
  };
}

/** The name as it must exist: with the suffix that istiod asks for. */
const caName = (sds: string, stripped: string): string =>
  sds.endsWith('-cacert') ? `${stripped.replace(/-cacert$/, '')}-cacert` : stripped;
