import { resourceText } from '../model/resource.ts';
import { secretBytes } from '../model/secret.ts';
import { removeKey } from './facts/commands.ts';
import { keyPlace, servedCertificates, usersOf } from './facts/contents.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'secret-shadowed-keys',
  summary: 'A Secret has cert and key beside tls.crt and tls.key, which istiod then never reads',
  severity: 'warning',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { pair, uses } of servedCertificates(configs)) {
      const { from, certKey } = pair;
      if (certKey !== 'cert') continue;
      const bytes = (key: string) => Buffer.from(secretBytes(from, key) ?? []);
      const [certificate, key] = [bytes('tls.crt'), bytes('tls.key')];
      // Both must be there to be a pair that somebody renews (I9).
      if (certificate.length === 0 || key.length === 0) continue;
      const same = certificate.equals(bytes('cert')) && key.equals(bytes('key'));
      yield {
        kind: 'problem',
        message: `${resourceText(from.id)} holds two pairs: istiod serves cert and key and never reads tls.crt and tls.key${same ? ', which are the same now' : ''}`,
        at: keyPlace(from, 'tls.crt'),
        related: [{ at: keyPlace(from, 'cert'), message: 'this one is served' }, ...usersOf(uses, 'serves it')],
        symptom: same
          ? 'none until tls.crt and tls.key are renewed alone: clients then still get the old certificate'
          : 'clients get the certificate in cert, whatever tls.crt holds: renewing it has no effect',
        remedy: `Keep the pair that is renewed; for tls.crt and tls.key:\n  ${removeKey(from, 'cert')}\n  ${removeKey(from, 'key')}`,
        severity: same ? 'info' : 'warning',
      };
    }
  },
});
