import { resourceText } from '../model/resource.ts';
import { judgeChain } from '../x509/chain.ts';
import { replacePair } from './facts/commands.ts';
import { certificatesIn, dateText, isValid, keyPlace, servedCertificates, usersOf } from './facts/contents.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, clip } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'cert-not-yet-valid',
  summary: 'A certificate that a gateway serves is not valid yet',
  severity: 'error',
  inputs: ['configs', 'now'],
  since: '0.1.0',
  *check({ configs, now }) {
    for (const { pair, uses, chain } of servedCertificates(configs)) {
      if (!chain || isValid(chain, now)) continue;
      const { outOfDate } = judgeChain(chain, now, certificatesIn(pair.from, 'ca.crt'));
      // One that nobody needs yet may wait in the bundle.
      const early = outOfDate.find(({ validity, needed }) => validity === 'not-yet-valid' && needed);
      if (!early) continue;
      const certificate = chain[early.index]!;
      const which =
        early.index === 0 ? 'the certificate' : `the intermediate certificate ${clip(certificate.subject.text)}`;
      yield {
        kind: 'problem',
        message: `${which} in ${resourceText(pair.from.id)} is not valid before ${dateText(certificate.notBefore, now)}`,
        at: keyPlace(pair.from, pair.certKey),
        related: usersOf(uses, 'serves it'),
        symptom: clientsOf(
          uses.flatMap((use) => clientHosts(use.server.server)),
          'curl: (60) SSL certificate problem: certificate is not yet valid; Node: CERT_NOT_YET_VALID',
        ),
        remedy: `Serve the previous certificate until then, or have a new one issued (was the clock of the issuer right?):\n  ${replacePair(pair.from, pair.certKey, pair.keyKey)}`,
      };
    }
  },
});
