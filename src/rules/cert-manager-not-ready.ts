import { keyOf, resourceText } from '../model/resource.ts';
import { addNames, type CertificateObject, describeCertificate } from './facts/cert-manager.ts';
import { type Misplaced, misplacedCertificates, missedNames, ordersOf } from './facts/certificate-orders.ts';
import { kubectl, objectName } from './facts/commands.ts';
import { keyPlace, servedCertificates, type Use, usersOf } from './facts/contents.ts';
import { groupBy } from './facts/live.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, clip, enumerate, RESET } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'cert-manager-not-ready',
  summary: 'cert-manager has not issued the certificate of a server, or issues it elsewhere or for other names',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const misplaced of misplacedCertificates(view, configs)) yield inWrongNamespace(misplaced);
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
  const why = clip(message.split('\n')[0]!) || clip(reason);
  return {
    kind: 'problem',
    message: `${resourceText(resource.id)} is not ready, so Secret ${secret} holds no certificate, a temporary or an old one${why === '' ? '' : `: ${why}`}`,
    at: { resource, path: ['status', 'conditions', index] },
    related: usersOf(uses, 'needs it'),
    symptom: refusedBy(uses),
    remedy: `See what cert-manager waits for:\n  ${describeCertificate(resource.id.namespace, resource.id.name)}\n  ${kubectl(resource.id.namespace, 'get', 'certificaterequests,orders,challenges')}`,
  };
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

/** That the Secret is missing where istiod looks is rule secret-wrong-namespace; this is the place to change. */
const inWrongNamespace = ({ certificate, config, reason, usedBy }: Misplaced): Problem => ({
  kind: 'problem',
  message: `${resourceText(certificate.id)} makes Secret ${reason.name} in namespace ${certificate.id.namespace}, but istiod looks for it in ${reason.namespace}, where the gateway pods run`,
  at: { resource: certificate, path: ['metadata', 'namespace'] },
  related: usersOf(usedBy, 'needs it'),
  symptom: clientsOf(
    usedBy.flatMap(({ server }) => clientHosts(server.server)),
    RESET,
  ),
  remedy: `Move the Certificate to the namespace of the pods, with an Issuer there or a ClusterIssuer:\n  metadata: {name: ${objectName(certificate.id.name)}, namespace: ${objectName(reason.namespace)}}`,
  severity: 'info',
  workload: config.workload,
});
