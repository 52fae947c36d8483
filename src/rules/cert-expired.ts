import { resourceText } from '../model/resource.ts';
import { judgeChain, type OutOfDate } from '../x509/chain.ts';
import { kubectl, objectName, replacePair } from './facts/commands.ts';
import { certificatesIn, dateText, keyPlace, type Served, servedCertificates, usersOf } from './facts/contents.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

const EXPIRED = 'curl: (60) SSL certificate problem: certificate has expired';

export default defineRule({
  id: 'cert-expired',
  summary: 'A certificate that a gateway serves has expired',
  severity: 'error',
  inputs: ['configs', 'now'],
  since: '0.1.0',
  *check({ configs, now }) {
    for (const served of servedCertificates(configs)) {
      const { pair, uses, chain } = served;
      if (!chain) continue;
      const known = certificatesIn(pair.from, 'ca.crt');
      const expired = judgeChain(chain, now, known).outOfDate.filter((o) => o.validity === 'expired');
      // The leaf says it all; of the rest what clients need comes before what nobody needs.
      const worst = expired.find((o) => o.index === 0) ?? expired.find((o) => o.needed) ?? expired[0];
      if (!worst) continue;
      const certificate = chain[worst.index]!;
      const which =
        worst.index === 0
          ? 'the certificate'
          : `the ${worst.needed ? 'intermediate' : 'superfluous'} certificate ${certificate.subject.text}`;
      yield {
        kind: 'problem',
        message: `${which} in ${resourceText(pair.from.id)} expired on ${dateText(certificate.notAfter, now)}`,
        at: keyPlace(pair.from, pair.certKey),
        related: usersOf(uses, 'serves it'),
        symptom: worst.needed
          ? clientsOf(
              uses.flatMap((u) => clientHosts(u.server.server)),
              EXPIRED,
            )
          : 'some older clients follow the expired certificate and refuse: certificate has expired',
        remedy: remedyOf(served, worst),
        severity: worst.needed ? 'error' : 'warning',
      };
    }
  },
});

function remedyOf({ pair }: Served, { index, needed }: OutOfDate): string {
  const { from: secret, certKey, keyKey } = pair;
  const replace = `\n  ${replacePair(secret, certKey, keyKey)}`;
  if (!needed) return `Take it out of the bundle:${replace}`;
  if (index > 0) return `Put the current intermediate of the issuer behind the certificate:${replace}`;
  const manager = secret.meta.annotations['cert-manager.io/certificate-name'];
  if (!manager) return `Renew it:${replace}`;
  return `cert-manager should have renewed it; see why it did not:\n  ${kubectl(secret.id.namespace, 'describe', 'certificate', objectName(manager))}`;
}
