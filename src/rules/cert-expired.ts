import { resourceText } from '../model/resource.ts';
import { judgeChain, type OutOfDate } from '../x509/chain.ts';
import { kubectl, objectName, replaceKey, replacePair } from './facts/commands.ts';
import {
  certificatesIn,
  dateText,
  isValid,
  keyPlace,
  type Served,
  servedCertificates,
  usersOf,
} from './facts/contents.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, clip } from './facts/symptoms.ts';
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
      if (!chain || isValid(chain, now)) continue;
      const { outOfDate, path } = judgeChain(chain, now, certificatesIn(pair.from, 'ca.crt'));
      const expired = outOfDate
        .filter(({ validity }) => validity === 'expired')
        .map((one) => ({ ...one, role: roleOf(one, path) }));
      // The leaf says it all; of the rest what clients need comes before what nobody needs.
      const worst = ROLES.flatMap((role) => expired.filter((one) => one.role === role))[0];
      if (!worst) continue;
      const certificate = chain[worst.index]!;
      const name = worst.role === 'leaf' ? '' : ` ${clip(certificate.subject.text)}`;
      const hosts = uses.flatMap((u) => clientHosts(u.server.server));
      yield {
        kind: 'problem',
        message: `the ${NOUNS[worst.role]}${name} in ${resourceText(pair.from.id)} expired on ${dateText(certificate.notAfter, now)}`,
        at: keyPlace(pair.from, pair.certKey),
        related: usersOf(uses, 'serves it'),
        symptom: clientsOf(hosts, SYMPTOMS[worst.role]),
        remedy: remedyOf(served, worst.role),
        severity: worst.role === 'leaf' || worst.role === 'issuer' ? 'error' : 'warning',
      };
    }
  },
});

/** From the worst on. `upper`: an intermediate, or the cross-sign of a root that clients have: the input does not say. */
const ROLES = ['leaf', 'issuer', 'upper', 'superfluous'] as const;

type Role = (typeof ROLES)[number];

function roleOf({ index, needed }: OutOfDate, path: readonly number[]): Role {
  if (index === 0) return 'leaf';
  if (!needed) return 'superfluous';
  return path.indexOf(index) === 1 ? 'issuer' : 'upper';
}

const NOUNS: Readonly<Record<Role, string>> = {
  leaf: 'certificate',
  issuer: 'intermediate certificate',
  upper: 'upper certificate',
  superfluous: 'superfluous certificate',
};

const SYMPTOMS: Readonly<Record<Role, string>> = {
  leaf: EXPIRED,
  issuer: EXPIRED,
  upper: `those that do not know it as a root: ${EXPIRED}`,
  superfluous: `some old ones follow it all the same: ${EXPIRED}`,
};

function remedyOf({ pair }: Served, role: Role): string {
  const { from: secret, certKey, keyKey } = pair;
  const replace = `\n  ${role === 'leaf' ? replacePair(secret, certKey, keyKey) : replaceKey(secret, certKey, 'TLS.CRT')}`;
  if (role === 'superfluous') return `Take it out of the bundle:${replace}`;
  if (role === 'upper') return `Take it out of the bundle, or put its current version there:${replace}`;
  if (role === 'issuer') return `Put the current intermediate of the issuer behind the certificate:${replace}`;
  const manager = secret.meta.annotations['cert-manager.io/certificate-name'];
  if (!manager) return `Renew it:${replace}`;
  return `cert-manager should have renewed it; see why it did not:\n  ${kubectl(secret.id.namespace, 'describe', 'certificate', objectName(manager))}`;
}
