import { append } from '../model/once.ts';
import { resourceText } from '../model/resource.ts';
import { isCommonNameOnly } from '../x509/names.ts';
import { addNames, certificatesFor } from './facts/cert-manager.ts';
import { replacePair } from './facts/commands.ts';
import { keyPlace, servedCertificates, type Use, usersOf } from './facts/contents.ts';
import { enumerate } from './facts/symptoms.ts';
import { uncoveredBy } from './facts/uncovered.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'cert-san-mismatch',
  summary: 'A certificate does not cover a host of the server that serves it',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const served of servedCertificates(configs)) {
      const { pair, chain } = served;
      // Without any alternative name: rule cert-cn-only.
      if (!chain || isCommonNameOnly(chain[0])) continue;
      const uncovered = new Map<string, Use[]>();
      for (const { use, name, through, deeper } of uncoveredBy(view, configs, served)) {
        // Deeper than a wildcard reaches: rule wildcard-san-depth.
        if (!through.startsWith('*') || deeper === null) append(uncovered, name, use);
      }
      if (uncovered.size === 0) continue;
      const names = [...uncovered.keys()];
      const exact = names.filter((name) => !name.startsWith('*'));
      const has = enumerate([...chain[0].dnsNames, ...chain[0].ipAddresses]) || 'no host';
      const first = exact[0] ?? names[0]!;
      const [certificate] = certificatesFor(view, pair.from.id);
      yield {
        kind: 'problem',
        message: `the certificate in ${resourceText(pair.from.id)} is for ${has}, not for ${enumerate(names)}`,
        at: keyPlace(pair.from, pair.certKey),
        related: usersOf([...uncovered.values()].flat(), 'serves it'),
        symptom: `curl: (60) SSL: no alternative certificate subject name matches target host name '${first.replace('*', 'www')}'; Node: ERR_TLS_CERT_ALTNAME_INVALID`,
        remedy: `${
          certificate
            ? `cert-manager makes this Secret; add the names to the Certificate:\n  ${addNames(certificate, names)}`
            : `Have a certificate issued for ${enumerate([...names, ...chain[0].dnsNames], 20)}, and replace the Secret:\n  ${replacePair(pair.from, pair.certKey, pair.keyKey)}`
        }\nor name the Secret of the right certificate in credentialName.`,
        severity: exact.length > 0 ? 'error' : 'warning',
      };
    }
  },
});
