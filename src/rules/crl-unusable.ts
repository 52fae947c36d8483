import { resourceText } from '../model/resource.ts';
import { judgeCa } from '../x509/ca.ts';
import type { Certificate } from '../x509/certificate.ts';
import { namesIssuer } from '../x509/chain.ts';
import { type CrlVerdict, judgeCrl } from '../x509/revocation.ts';
import { clientCas, refusedClients } from './facts/authorities.ts';
import { removeKey, replaceKey } from './facts/commands.ts';
import { dateText, keyPlace, usersOf } from './facts/contents.ts';
import { endangered } from './facts/endangered.ts';
import { damageText } from './facts/pem-damage.ts';
import { clip, enumerate, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'crl-unusable',
  summary: 'The revocation list beside a client CA is none, is out of date or is of another CA: clients are refused',
  severity: 'error',
  inputs: ['configs', 'now'],
  since: '0.1.0',
  *check({ configs, now }) {
    for (const { ca, uses, bundle, revocation } of clientCas(configs)) {
      const authority = judgeCa(bundle, now);
      if (authority.kind === 'refused') continue;
      const { certificates, crls } = authority;
      const verdict = judgeCrl(revocation, certificates, now, crls);
      const told = judge(verdict, certificates, now);
      if (!told) continue;
      const key = ca.crlKey ?? ca.caKey;
      yield {
        kind: 'problem',
        message: `${key} of ${resourceText(ca.from.id)} ${told.what}`,
        at: keyPlace(ca.from, key),
        related: [
          ...(key === ca.caKey ? [] : [{ at: keyPlace(ca.from, ca.caKey), message: 'the CA' }]),
          ...usersOf(uses, 'checks client certificates with it'),
        ],
        symptom:
          verdict.kind === 'refused'
            ? `${refusedClients(uses, RESET)}${endangered(uses)}`
            : refusedClients(
                uses,
                `${told.who} refused (Envoy: certificate_revocation_check_against_provided_CRLs_failed:_${told.text})`,
              ),
        remedy: `Put the current list of every CA in the bundle there, and renew it before it expires:\n  openssl crl -in CA.CRL -noout -issuer -nextupdate\n  ${replaceKey(ca.from, key, 'CA.CRL')}${key === ca.caKey ? '' : `\nor do without revocation lists:\n  ${removeKey(ca.from, key)}`}`,
        severity: told.some ? 'warning' : 'error',
      };
    }
  },
});

interface Told {
  readonly what: string;
  readonly who: string;
  readonly text: string;
  /** Some client certificates are accepted. */
  readonly some: boolean;
}

function judge(verdict: CrlVerdict, certificates: readonly Certificate[], now: Date): Told | null {
  if (verdict.kind === 'unchecked') return null;
  const every = { who: 'every client certificate is', some: false };
  if (verdict.kind !== 'lists') {
    const what = verdict.defect === null ? 'holds no revocation list' : damageText(verdict.defect, 'crl');
    return { ...every, what, text: verdict.text };
  }
  const { uncovered, lists } = verdict;
  const bare = new Set(uncovered.map(({ index }) => certificates[index]!));
  const [first] = uncovered;
  if (!first) return null;
  const some = certificates.some((one) => isCovered(one, certificates, bare));
  const names = enumerate([...bare].map(({ subject }) => subject.text));
  const stale = lists.find(
    ({ state, issuedBy }) => state === 'expired' && issuedBy !== null && bare.has(certificates[issuedBy]!),
  );
  return {
    what: stale
      ? `holds a revocation list of ${clip(stale.crl.issuer.text)} that expired on ${dateText(stale.crl.nextUpdate!, now)}`
      : `holds no current revocation list of ${names}, only of ${enumerate(lists.map(({ crl }) => crl.issuer.text))}`,
    text: first.text,
    ...(some ? { who: `client certificates of ${names} are`, some } : every),
  };
}

/** A chain is accepted when each CA in it, up to the root in the bundle, has a current list (measured, x509/revocation.ts). */
function isCovered(authority: Certificate, all: readonly Certificate[], bare: ReadonlySet<Certificate>): boolean {
  const seen = new Set<Certificate>();
  for (let current: Certificate | undefined = authority; current && !seen.has(current); ) {
    if (bare.has(current)) return false;
    seen.add(current);
    const child: Certificate = current;
    current = child.isSelfIssued ? undefined : all.find((other) => other !== child && namesIssuer(child, other));
  }
  return true;
}
