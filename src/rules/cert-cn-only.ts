import { resourceText } from '../model/resource.ts';
import { coverageOf, isCommonNameOnly } from '../x509/names.ts';
import { replacePair } from './facts/commands.ts';
import { keyPlace, servedCertificates, usersOf } from './facts/contents.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'cert-cn-only',
  summary: 'A certificate names its host only in the common name, which browsers and Go do not look at',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { pair, uses, chain } of servedCertificates(configs)) {
      if (!chain || !isCommonNameOnly(chain[0])) continue;
      const [leaf] = chain;
      const { commonName } = leaf.subject;
      const hosts = [...new Set(uses.flatMap((u) => clientHosts(u.server.server)))];
      const fits = hosts.every((host) => host === '*' || coverageOf(leaf, host).kind === 'common-name-only');
      const names = hosts.filter((host) => host !== '*');
      yield {
        kind: 'problem',
        message: `the certificate in ${resourceText(pair.from.id)} has no subject alternative name${commonName === null ? '' : `, only the common name ${commonName}`}`,
        at: keyPlace(pair.from, pair.certKey),
        related: usersOf(uses, 'serves it'),
        symptom: clientsOf(
          hosts,
          commonName === null
            ? `${RESET}; Envoy: Invalid TLS context has neither subject CN nor SAN names`
            : seenBy(fits),
        ),
        remedy: `Have it issued again with the names in subjectAltName, and replace the Secret:\n${issue(names)}\n  ${replacePair(pair.from, pair.certKey, pair.keyKey)}`,
      };
    }
  },
});

/** symptoms.md 5: curl and Node take the common name, which hides the defect from whoever tests with them. */
const seenBy = (fits: boolean): string =>
  'browsers: NET::ERR_CERT_COMMON_NAME_INVALID; Go: x509: certificate relies on legacy Common Name field, use SANs instead; ' +
  (fits
    ? 'curl and Node accept it, which hides the defect'
    : 'curl: (60) SSL: no alternative certificate subject name matches target host name');

/** OpenSSL forgets the names unless told so at signing. */
function issue(names: readonly string[]): string {
  const wanted = names.filter((name) => /^[\w.*-]+$/.test(name));
  const san = `subjectAltName=${(wanted.length > 0 ? wanted : ['HOST']).map((name) => `DNS:${name}`).join(',')}`;
  return `  printf '${san}' > san.ext\n  openssl x509 -req -in TLS.CSR -CA CA.CRT -CAkey CA.KEY -CAcreateserial -days 365 -extfile san.ext -out TLS.CRT`;
}
