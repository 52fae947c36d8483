import { caSuffix } from '../istio/tls-context.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import { absence } from '../model/coverage.ts';
import { type EnvoyConfig, type NotDelivered, type SecretEntry, serverPlace } from '../model/envoy-config.ts';
import { type Place, resourceText } from '../model/resource.ts';
import { createSecret, kubectl, objectName } from './facts/commands.ts';
import { keyPlace } from './facts/contents.ts';
import { fieldText, otherServers } from './facts/credentials.ts';
import { sent } from './facts/live.ts';
import { secretOf } from './facts/sds.ts';
import { clientHosts, patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, RESET } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'ca-credential-suffix',
  summary:
    'A name ends in -cacert that must not, or lacks it: istiod takes a CA for a certificate or the other way round',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of sent(configs)) {
      for (const entry of config.secrets) {
        const secret = secretOf(entry.name, config.workload.namespace ?? '');
        if (!secret || !isNamesFault(view, entry)) continue;
        // The kind of payload is chosen by the end of the name alone (I6).
        const isCa = secret.name.endsWith(caSuffix);
        if (!entry.usedBy.some((use) => (use.as === 'ca') !== isCa)) continue;
        yield isCa ? withSuffix(view, config, entry, secret) : withoutSuffix(view, config, entry, secret);
      }
    }
  },
});

type Name = { readonly namespace: string; readonly name: string };

/** A Secret that is missing or of another namespace is the finding of another rule; an unknown one does not help the name. */
function isNamesFault(view: ClusterView, { payload }: SecretEntry): boolean {
  if (payload.kind !== 'not-delivered') return true;
  const { reason } = payload;
  const others: readonly NotDelivered['why'][] = ['cross-namespace', 'no-reference-grant', 'unknown-scheme'];
  if (others.includes(reason.why)) return false;
  return reason.why !== 'not-found' || absence(view.coverage, 'secrets', reason.namespace).kind === 'unknown';
}

function withoutSuffix(
  view: ClusterView,
  { workload }: EnvoyConfig,
  { payload, usedBy: all }: SecretEntry,
  secret: Name,
): Problem {
  const usedBy = all.filter((use) => use.as === 'ca');
  const { server, path } = usedBy[0]!;
  const isPair = payload.kind === 'certificate';
  const isRefused = usedBy.some((u) => (u.server.server.tls?.subjectAltNames ?? []).length > 0);
  const hosts = usedBy.flatMap((u) => clientHosts(u.server.server));
  const isLost = payload.kind === 'not-delivered' && payload.reason.why === 'bad-keys';
  const effect = isLost
    ? 'istiod looks for a certificate and key in it, and sends nothing'
    : isPair && isRefused
      ? 'istiod sends its certificate instead of a CA, and Envoy refuses it'
      : isPair
        ? 'istiod sends its certificate instead of a CA, and no client certificate is checked'
        : 'istiod looks for a certificate in it, and with one no client certificate is checked';
  return {
    kind: 'problem',
    message: `${serverText(server)} names the CA ${secret.name} in ${fieldText(path)}, without ${caSuffix} at its end: ${effect}`,
    at: serverPlace(server, ...path),
    related: [
      { at: serverPlace(server, 'tls', 'mode'), message: `${server.server.tls?.mode} relies on the CA` },
      ...readFrom(view, secret, isPair ? payload.certKey : null),
      ...otherServers(usedBy, 'names it too'),
    ],
    symptom:
      isLost || isRefused
        ? `${clientsOf(hosts, RESET)}, with or without a client certificate`
        : clientsOf(hosts, '200 without a client certificate, and with one of any CA'),
    remedy: withCa(view, secret, patchGateway(server, 'replace', path, `${secret.name}${caSuffix}`)),
    workload,
  };
}

function readFrom(view: ClusterView, { namespace, name }: Name, key: string | null): { at: Place; message: string }[] {
  const secret = view.secrets.get(`${namespace}/${name}`);
  return secret ? [{ at: keyPlace(secret, key), message: `${resourceText(secret.id)} is what istiod reads` }] : [];
}

/** istiod finds the CA under the name with the suffix, or else in the Secret without it (I10). */
function withCa(view: ClusterView, { namespace, name }: Name, patch: string): string {
  const secret = view.secrets.get(`${namespace}/${name}`);
  const keys = secret?.spec.data ?? {};
  // An operator that makes a CA writes ca.crt beside it.
  const key = secret ? ['cacert', 'ca.crt'].find((k) => keys[k]) : 'ca.crt';
  if (key && !view.secrets.has(`${namespace}/${name}${caSuffix}`))
    return `${patch}\n(istiod then finds the CA in ${key} of Secret ${namespace}/${name}.)`;
  const own = keys['tls.crt']
    ? `${kubectl(namespace, 'get', 'secret', objectName(name), '-o', 'jsonpath={.data.tls\\.crt}')} | base64 -d > CA.CRT\n`
    : '';
  return `${own}${createSecret({ namespace, name: `${name}${caSuffix}` }, 'ca')}\n${patch}`;
}

function withSuffix(view: ClusterView, { workload }: EnvoyConfig, { usedBy: all }: SecretEntry, secret: Name): Problem {
  const usedBy = all.filter((use) => use.as === 'certificate');
  const { server, path } = usedBy[0]!;
  const hosts = usedBy.flatMap((u) => clientHosts(u.server.server));
  const better = { namespace: secret.namespace, name: secret.name.slice(0, -caSuffix.length) || 'server' };
  return {
    kind: 'problem',
    message: `${serverText(server)} names its certificate ${secret.name} in ${fieldText(path)}: from a Secret whose name ends in ${caSuffix} istiod sends a CA only, never a certificate`,
    at: serverPlace(server, ...path),
    related: [...readFrom(view, secret, null), ...otherServers(usedBy, 'names it too')],
    symptom: clientsOf(hosts, RESET),
    remedy: `Give the certificate a Secret of another name:\n  ${createSecret(better, 'pair')}\n  ${patchGateway(server, 'replace', path, better.name)}`,
    workload,
  };
}
