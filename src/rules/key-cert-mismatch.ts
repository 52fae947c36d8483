import { resourceText } from '../model/resource.ts';
import { replacePair } from './facts/commands.ts';
import { keyPlace, servedCertificates, usersOf } from './facts/contents.ts';
import { refusedSymptom } from './facts/endangered.ts';
import { enumerate } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'key-cert-mismatch',
  summary: 'The private key in a Secret does not belong to its certificate, so Envoy refuses both',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const served of servedCertificates(configs)) {
      const { pair, uses, verdict } = served;
      if (verdict.kind !== 'mismatch') continue;
      const { belongsTo } = verdict;
      const which =
        belongsTo === null
          ? 'does not belong to the certificate'
          : `belongs to certificate ${belongsTo + 1} of the bundle, but the first one counts`;
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
        symptom: refusedSymptom(configs, served),
        remedy: `Find the key of the certificate (these two must print the same), and replace the Secret:\n${check}\n  ${replacePair(pair.from, pair.certKey, pair.keyKey)}`,
      };
    }
  },
});
