import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { covers } from '../x509/names.ts';
import { addNames, type CertificateObject, describeCertificate, namesOf, ordersOf } from './facts/cert-manager.ts';
import { kubectl } from './facts/commands.ts';
import { keyPlace, servedCertificates, type Use, usersOf } from './facts/contents.ts';
import { certificatesOf } from './facts/credentials.ts';
import { leavesOf } from './facts/leaves.ts';
import { groupBy } from './facts/live.ts';
import { clientHosts } from './facts/servers.ts';
import { comesTo } from './facts/sni.ts';
import { clientsOf, enumerate } from './facts/symptoms.ts';
import { testedHosts } from './facts/tested-hosts.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'cert-manager-not-ready',
  summary: 'cert-manager has not issued the certificate of a server, or will issue it for other names',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const waiting = new Set<string>();
    for (const orders of groupBy(ordersOf(view, configs), ({ certificate }) => certificate.resource)) {
      const [{ certificate, secret }] = orders;
      const uses = orders.map(({ use }) => use);
      if (certificate.ready && certificate.ready.status !== 'True') {
        waiting.add(secret);
        yield notReady(certificate, certificate.ready, secret, uses);
      }
      const missed = uses.flatMap((use) => missedNames(view, configs, certificate, use).map((name) => ({ name, use })));
      if (missed.length > 0) yield otherNames(certificate, secret, missed);
    }
    for (const { pair, uses, chain } of servedCertificates(configs)) {
      if (chain?.[0].issuer.commonName !== 'cert-manager.local' || waiting.has(keyOf(pair.from.id))) continue;
      yield {
        kind: 'problem',
        message: `${resourceText(pair.from.id)} holds the temporary certificate that cert-manager makes until the real one is issued`,
        at: keyPlace(pair.from, pair.certKey),
        related: usersOf(uses, 'serves it'),
        symptom: refusedBy(uses),
        remedy: `See what keeps cert-manager from issuing it:\n  ${describeCertificate(pair.from.id.namespace, pair.from.meta.annotations['cert-manager.io/certificate-name'] ?? null)}`,
      };
    }
  },
});

const refusedBy = (uses: readonly Use[]): string =>
  clientsOf(
    uses.flatMap((use) => clientHosts(use.server.server)),
    'curl: (60) SSL certificate problem: unable to get local issuer certificate, or a reset while there is no Secret',
  );

function notReady(
  { resource }: CertificateObject,
  { index, reason, message }: NonNullable<CertificateObject['ready']>,
  secret: string,
  uses: readonly Use[],
): Problem {
  const why = message.split('\n')[0]!.slice(0, 200) || reason;
  return {
    kind: 'problem',
    message: `${resourceText(resource.id)} is not ready, so Secret ${secret} holds no certificate, a temporary or an old one${why === '' ? '' : `: ${why}`}`,
    at: { resource, path: ['status', 'conditions', index] },
    related: usersOf(uses, 'needs it'),
    symptom: refusedBy(uses),
    remedy: `See what cert-manager waits for:\n  ${describeCertificate(resource.id.namespace, resource.id.name)}\n  ${kubectl(resource.id.namespace, 'get', 'certificaterequests,orders,challenges')}`,
  };
}

/**
 * The names of a server that the Certificate lacks. Those that the Secret's present certificate lacks too are rule
 * cert-san-mismatch; with several credentials another one may have them.
 */
function missedNames(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  certificate: CertificateObject,
  { server, config }: Use,
): string[] {
  if ((certificatesOf(config).get(server) ?? []).length > 1) return [];
  const wanted = namesOf(certificate);
  const present = leavesOf(configs, config, server) ?? [];
  return testedHosts(view, server)
    .map(({ name }) => name)
    .filter((name) => !covers(wanted, name) && present.every((leaf) => covers(leaf, name)))
    .filter((name) => comesTo(config, server, name));
}

function otherNames(
  certificate: CertificateObject,
  secret: string,
  missed: readonly { readonly name: string; readonly use: Use }[],
): Problem {
  const { resource, spec } = certificate;
  const names = [...new Set(missed.map(({ name }) => name))];
  return {
    kind: 'problem',
    message: `${resourceText(resource.id)}, which makes Secret ${secret}, is for ${enumerate(spec.dnsNames) || 'no host'}, not for ${enumerate(names)}`,
    at: { resource, path: ['spec', 'dnsNames'] },
    related: usersOf(
      missed.map(({ use }) => use),
      'serves it',
    ),
    symptom: clientsOf(names, 'curl: (60) SSL: no alternative certificate subject name matches target host name'),
    remedy: `Add what is missing:\n  ${addNames(certificate, names)}`,
  };
}
