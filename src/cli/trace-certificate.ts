import type { EnvoyConfig, FilterChain } from '../model/envoy-config.ts';
import type { Place } from '../model/resource.ts';
import { secretBytes } from '../model/secret.ts';
import { type Step, stepOf as step } from '../render/trace-text.ts';
import { readChain } from '../x509/bundle.ts';
import type { Certificate } from '../x509/certificate.ts';
import { coverageOf } from '../x509/names.ts';
import { judgeTrust, type Signed, signedIn } from '../x509/trust.ts';
import { validityAt } from '../x509/validity.ts';
import type { Authorities } from './client-authorities.ts';

/** A client that is shown a certificate: the name that it checks, the authorities that it trusts, and the time. */
export interface Checking {
  readonly name: string;
  /** null: not known here. */
  readonly authorities: Authorities | null;
  readonly now: Date;
}

interface Acceptance {
  readonly accepted: boolean;
  readonly text: string;
  /** The client's own words; '' when it has none. */
  readonly words: string;
}

type Sent = readonly [Signed, ...Signed[]];

/** The chain that istiod delivers under an SDS name, where it can be read. */
function sentUnder(name: string, config: EnvoyConfig): Sent | null {
  const payload = config.secrets.find((s) => s.name === name)?.payload;
  if (payload?.kind !== 'certificate') return null;
  const bytes = secretBytes(payload.from, payload.certKey) ?? new Uint8Array();
  const read = readChain(bytes);
  if (read.kind !== 'chain') return null;
  const wanted = new Set(read.certificates.map((c) => c.sha256));
  const [leaf, ...rest] = signedIn(bytes).filter(({ certificate }) => wanted.has(certificate.sha256));
  return leaf === undefined ? null : [leaf, ...rest];
}

/** What the client is shown, one step for each certificate of the chain. */
export function certificateSteps(chain: FilterChain, config: EnvoyConfig, checking: Checking): Step[] {
  return (chain.tls?.certificates ?? []).map((name) => {
    const entry = config.secrets.find((s) => s.name === name);
    if (!entry) return step('certificate', `${name}: not from a Secret, so it cannot be seen here`);
    if (entry.payload.kind !== 'certificate') return step('certificate', `${name} is not delivered by istiod`);
    const { from, certKey } = entry.payload;
    const refused = entry.payload.judge(checking.now).refused;
    const place: Place = { resource: from, path: ['data', certKey] };
    if (refused !== null) return step('certificate', `${name}: Envoy refuses it: ${refused}`, place);
    const sent = sentUnder(name, config);
    if (sent === null) return step('certificate', `${name}: cannot be read`, place);
    const judged = acceptance(sent, checking);
    return step('certificate', `${name}: ${judged.text}${judged.words === '' ? '' : `: ${judged.words}`}`, place);
  });
}

/** Why the client refuses what it is shown, or null; several certificates leave it open. */
export function refusedCertificate(chain: FilterChain, config: EnvoyConfig, checking: Checking): string | null {
  const shown = (chain.tls?.certificates ?? []).flatMap((name) => {
    const sent = sentUnder(name, config);
    return sent === null ? [] : [sent];
  });
  const [sent] = shown;
  if (!sent || shown.length > 1) return null;
  const judged = acceptance(sent, checking);
  return judged.accepted ? null : judged.words;
}

const refused = (text: string, words: string): Acceptance => ({ accepted: false, text, words });
const problem = (words: string): string => `curl: (60) SSL certificate problem: ${words}`;

/** Will the client take it? It checks the chain, then the name. */
function acceptance(sent: Sent, { name, authorities, now }: Checking): Acceptance {
  const leaf = sent[0].certificate;
  const chain = outOfDate(leaf, now) ?? (authorities === null ? null : distrust(sent, authorities, now));
  if (chain) return chain;
  const trust = trustText(sent, authorities, now);
  const coverage = coverageOf(leaf, name);
  switch (coverage.kind) {
    case 'covered':
      return { accepted: true, text: `good for ${name}, ${trust}`, words: '' };
    case 'common-name-only':
      return {
        accepted: true,
        text: `has no subject alternative name, only the common name ${coverage.commonName}`,
        words: 'curl and Node accept it, browsers and Go refuse',
      };
    default:
      return refused(
        `not for ${name} (it names ${[...leaf.dnsNames, ...leaf.ipAddresses].join(', ') || 'nobody'})`,
        `curl: (60) SSL: no alternative certificate subject name matches target host name '${name}'`,
      );
  }
}

function outOfDate(leaf: Certificate, now: Date): Acceptance | null {
  const validity = validityAt(leaf, now);
  if (validity === 'expired')
    return refused(`expired on ${leaf.notAfter.toISOString()}`, problem('certificate has expired'));
  if (validity === 'not-yet-valid')
    return refused(`valid from ${leaf.notBefore.toISOString()}`, problem('certificate is not yet valid'));
  return null;
}

/** How a client that trusts these authorities refuses the chain; null when it does not. */
function distrust(sent: Sent, { file, certificates }: Authorities, now: Date): Acceptance | null {
  const trust = judgeTrust(sent, certificates, now);
  if (trust.kind === 'trusted') return null;
  const issuer = trust.about.issuer.text;
  const own = trust.about.sha256 === sent[0].certificate.sha256;
  const subject = own ? 'it' : trust.about.subject.text;
  const otherKey = `${file} has an authority of the name ${issuer}, but with another key than the one that signed ${subject}`;
  const namesake = certificates.some(({ certificate }) => certificate.subject.key === trust.about.issuer.key);
  const because: Readonly<Record<string, string>> = {
    'unable to get local issuer certificate': namesake
      ? otherKey
      : `${file} has no certificate of ${issuer}, who issued ${subject}`,
    'self-signed certificate': `it is self-signed, and ${file} does not hold it`,
    'self-signed certificate in certificate chain': `the chain ends at ${issuer}, which ${file} does not hold`,
    'certificate signature failure': otherKey,
  };
  const text = because[trust.words] ?? `of ${subject === 'it' ? 'this certificate' : subject}`;
  return refused(`not trusted with --cacert: ${text}`, problem(trust.words));
}

function trustText(sent: Sent, authorities: Authorities | null, now: Date): string {
  const { issuer, isSelfIssued } = sent[0].certificate;
  if (authorities === null) {
    const who = isSelfIssued ? 'itself, since it is self-signed' : issuer.text;
    return `for clients that trust its issuer (${who}); --cacert FILE judges one`;
  }
  const trust = judgeTrust(sent, authorities.certificates, now);
  return trust.kind === 'trusted' ? `and trusted through ${trust.by.subject.text} in ${authorities.file}` : '';
}
