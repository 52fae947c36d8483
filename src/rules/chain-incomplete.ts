import { resourceText } from '../model/resource.ts';
import { judgeChain, type MissingIssuer, missingIssuer } from '../x509/chain.ts';
import { clientCas } from './facts/authorities.ts';
import { readKey, replaceKey } from './facts/commands.ts';
import { certificatesIn, keyPlace, servedCertificates, usersOf } from './facts/contents.ts';
import { type KnownAuthority, knownAuthorities } from './facts/known-authorities.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, clip } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'chain-incomplete',
  summary: 'A certificate is served without the intermediate that signed it',
  severity: 'warning',
  inputs: ['view', 'configs', 'now'],
  since: '0.1.0',
  *check({ view, configs, now }) {
    const clientSecrets = new Set(clientCas(configs).map(({ ca }) => ca.from));
    for (const { pair, uses, verdict } of servedCertificates(configs)) {
      // Of a bundle in the wrong order, or one that Envoy refuses, other rules speak.
      if (verdict.kind !== 'accepted') continue;
      // Not what was meant to be served: rule secret-shadowed-keys.
      if (pair.certKey === 'cert' && pair.from.spec.data['tls.crt']) continue;
      const { certificates, overlooked } = verdict.chain;
      const [leaf] = certificates;
      // It has no issuer but itself.
      if (leaf.isSelfIssued) continue;
      if (overlooked !== null || judgeChain(certificates, now).path.length > 1) continue;
      const beside = certificatesIn(pair.from, 'ca.crt');
      // What stands there for client certificates says nothing about the server's issuer.
      const isForClients = clientSecrets.has(pair.from) || pair.from.spec.data['ca.crl'] !== undefined;
      const ofServer = isForClients ? null : beside;
      const known = knownAuthorities(view).get(leaf.issuer.key) ?? [];
      const missing = missingIssuer([leaf], ofServer, [...beside, ...known.map(({ certificate }) => certificate)]);
      if (!missing) continue;
      const found =
        missing.evidence === 'elsewhere'
          ? known.find((one) => one.certificate.sha256 === missing.certificate.sha256)
          : undefined;
      yield {
        kind: 'problem',
        message: `the certificate in ${resourceText(pair.from.id)} comes without its intermediate ${clip(missing.issuer)}${EVIDENCE[missing.evidence]}`,
        at: keyPlace(pair.from, pair.certKey),
        related: [
          ...(found ? [{ at: keyPlace(found.resource, found.key), message: 'the intermediate is here' }] : []),
          ...usersOf(uses, 'serves it'),
        ],
        symptom: clientsOf(
          uses.flatMap((use) => clientHosts(use.server.server)),
          'curl: (60) SSL certificate problem: unable to get local issuer certificate; Node: UNABLE_TO_VERIFY_LEAF_SIGNATURE; browsers that fetch or remember the intermediate accept it',
        ),
        remedy: `Put the intermediate behind the certificate:\n  ${fetching(missing, found)}\n  (${readKey(pair.from, pair.certKey)}; cat CHAIN.CRT) > TLS.CRT\n  ${replaceKey(pair.from, pair.certKey, 'TLS.CRT')}`,
      };
    }
  },
});

const EVIDENCE: Readonly<Record<MissingIssuer['evidence'], string>> = {
  'ca-crt': ', which its ca.crt does not hold either',
  elsewhere: ', which is at hand, but not behind it',
  caIssuers: '',
};

/** Writes the intermediate to CHAIN.CRT. */
function fetching(missing: MissingIssuer, found: KnownAuthority | undefined): string {
  if (found) {
    return `${readKey(found.resource, found.key)} | awk '/-----BEGIN .*CERTIFICATE-----/ {n++} n == ${found.number}' > CHAIN.CRT`;
  }
  const url = missing.evidence === 'caIssuers' && /^https?:\/\/[\w.:/%~+-]+$/.test(missing.url) ? missing.url : null;
  return url === null
    ? '# CHAIN.CRT: the issuer offers it as "chain" or "full chain"'
    : `curl -sS ${url} | openssl x509 -inform DER > CHAIN.CRT`;
}
