import type { ClusterView } from '../model/cluster-view.ts';
import { type AnyResource, resourceText } from '../model/resource.ts';
import type { Certificate } from '../x509/certificate.ts';
import { judgeChain } from '../x509/chain.ts';
import { certificatesFor, isFromCertManager } from './facts/cert-manager.ts';
import { kubectl, objectName, replacePair } from './facts/commands.ts';
import { certificatesIn, dateText, keyPlace, servedCertificates, usersOf } from './facts/contents.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, clip } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

const DAY = 86_400_000;

export default defineRule({
  id: 'cert-expiring-soon',
  summary: 'A certificate that a gateway serves expires soon',
  severity: 'warning',
  inputs: ['view', 'configs', 'now', 'settings'],
  since: '0.1.0',
  *check({ view, configs, now, settings }) {
    const horizon = new Date(now.getTime() + settings.expiringWithinDays * DAY);
    for (const { pair, uses, chain } of servedCertificates(configs)) {
      if (!chain) continue;
      const { from } = pair;
      if (!chain.some(({ notAfter }) => notAfter < horizon)) continue;
      const within = isFromCertManager(view, from) ? renewedAt(view, from, chain[0]) : Number.POSITIVE_INFINITY;
      const soon = new Date(Math.min(horizon.getTime(), now.getTime() + within));
      const known = certificatesIn(from, 'ca.crt');
      const judged = judgeChain(chain, now, known);
      // Already over: rules cert-expired and cert-not-yet-valid.
      if (judged.outOfDate.some(({ needed }) => needed)) continue;
      // What comes above the issuer may be the cross-sign of a root that clients have.
      const index = judged.path.slice(0, 2).find((i) => chain[i]!.notAfter < soon && isNeededAt(chain, i, soon, known));
      if (index === undefined) continue;
      const certificate = chain[index]!;
      const which = index === 0 ? 'the certificate' : `the intermediate certificate ${clip(certificate.subject.text)}`;
      const manager = from.meta.annotations['cert-manager.io/certificate-name'];
      yield {
        kind: 'problem',
        message: `${which} in ${resourceText(from.id)} expires on ${dateText(certificate.notAfter, now)}`,
        at: keyPlace(from, pair.certKey),
        related: usersOf(uses, 'serves it'),
        symptom: clientsOf(
          uses.flatMap((use) => clientHosts(use.server.server)),
          'from that day on curl: (60) SSL certificate problem: certificate has expired',
        ),
        remedy:
          manager === undefined
            ? `Renew it:\n  ${replacePair(from, pair.certKey, pair.keyKey)}`
            : `cert-manager should have renewed it by now; see why it did not:\n  ${kubectl(from.id.namespace, 'describe', 'certificate', objectName(manager))}`,
      };
    }
  },
});

/** True when clients would miss this certificate of the chain at that time. */
const isNeededAt = (
  chain: readonly [Certificate, ...Certificate[]],
  index: number,
  at: Date,
  known: readonly Certificate[],
): boolean => judgeChain(chain, at, known).outOfDate.some((one) => one.index === index && one.needed);

/** Time left when cert-manager renews: as the Certificate says, else a third of the lifetime. Nothing is wrong before. */
function renewedAt(view: ClusterView, secret: AnyResource, leaf: Certificate): number {
  const third = (leaf.notAfter.getTime() - leaf.notBefore.getTime()) / 3;
  const [written] = certificatesFor(view, secret.id).flatMap(({ spec }) => spec.renewBefore ?? []);
  return written ?? third;
}
