import { resourceText } from '../model/resource.ts';
import { replacePair } from './facts/commands.ts';
import { keyPlace, servedCertificates, type Use, usersOf } from './facts/contents.ts';
import { certificatesOf } from './facts/credentials.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, enumerate, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'key-cert-mismatch',
  summary: 'The private key in a Secret does not belong to its certificate, so Envoy refuses both',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { pair, uses, verdict } of servedCertificates(configs)) {
      if (verdict.kind !== 'mismatch') continue;
      const { belongsTo } = verdict;
      const which =
        belongsTo === null
          ? 'does not belong to the certificate'
          : `belongs to certificate ${belongsTo + 1} of the bundle, but the first one counts`;
      const hosts = uses.flatMap((u) => clientHosts(u.server.server));
      const check = '  openssl x509 -noout -pubkey -in TLS.CRT\n  openssl pkey -pubout -in TLS.KEY';
      yield {
        kind: 'problem',
        message: `the private key in ${resourceText(pair.from.id)} ${which}`,
        at: keyPlace(pair.from, pair.keyKey),
        related: [
          {
            at: keyPlace(pair.from, pair.certKey),
            message: `certificate for ${enumerate(verdict.chain.certificates[0].dnsNames) || verdict.chain.certificates[0].subject.text}`,
          },
          ...usersOf(uses, 'serves it'),
        ],
        symptom: `${clientsOf(hosts, RESET)}; a running pod keeps an older good certificate until it restarts${endangered(uses)}`,
        remedy: `Find the key of the certificate (these two must print the same), and replace the Secret:\n${check}\n  ${replacePair(pair.from, pair.certKey, pair.keyKey)}`,
      };
    }
  },
});

/** One bad Secret in the first answer to a pod spoils a random part of the good ones (symptoms.md 4.3). */
function endangered(uses: readonly Use[]): string {
  const others = new Set<string>();
  for (const { config, server } of uses) {
    for (const [other, entries] of certificatesOf(config)) {
      // Enough for a sentence.
      if (others.size > 4) break;
      if (other === server || !entries.some((e) => e.payload.kind === 'certificate')) continue;
      for (const host of clientHosts(other.server)) others.add(host);
    }
  }
  for (const { server } of uses) for (const host of clientHosts(server.server)) others.delete(host);
  if (others.size === 0) return '';
  return `; any of ${enumerate([...others])} may be reset too after that, because Envoy loses good Secrets beside a bad one`;
}
