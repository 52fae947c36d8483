import { resourceText } from '../model/resource.ts';
import { judgeCa } from '../x509/ca.ts';
import type { Certificate } from '../x509/certificate.ts';
import { validityAt } from '../x509/validity.ts';
import { clientCas, refusedClients } from './facts/authorities.ts';
import { replaceKey } from './facts/commands.ts';
import { dateText, keyPlace, usersOf } from './facts/contents.ts';
import { clip } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

const DAY = 86_400_000;
const EXPIRED = 'alert certificate expired (curl: (56) ... sslv3 alert certificate expired)';

export default defineRule({
  id: 'client-ca-expired',
  summary: 'The CA with which a server checks client certificates has expired',
  severity: 'error',
  inputs: ['configs', 'now', 'settings'],
  since: '0.1.0',
  *check({ configs, now, settings }) {
    const soon = new Date(now.getTime() + settings.expiringWithinDays * DAY);
    for (const { ca, uses, bundle } of clientCas(configs)) {
      const verdict = judgeCa(bundle, now);
      // What is no PEM at all: rule pem-malformed.
      if (verdict.kind === 'refused') continue;
      const found = judge(verdict.certificates, now, soon);
      if (!found) continue;
      const { state, worst } = found;
      const others = state === 'some' ? '; others in the bundle are valid' : '';
      yield {
        kind: 'problem',
        message: `the CA ${clip(worst.subject.text)} in ${resourceText(ca.from.id)}, which client certificates are checked with, ${dateOf(worst, now)}${others}`,
        at: keyPlace(ca.from, ca.caKey),
        related: usersOf(uses, 'checks client certificates with it'),
        symptom: SYMPTOMS[state](refusedClients(uses, EXPIRED)),
        remedy: `Put the current CA there${state === 'some' ? ', without the expired one' : ''}:\n  ${replaceKey(ca.from, ca.caKey, 'CA.CRT')}`,
        severity: state === 'all' ? 'error' : 'warning',
      };
    }
  },
});

type State = 'all' | 'some' | 'soon';

/** `all`: no CA of the bundle is valid now; `some`: one has expired, and none of its name stands beside it; `soon`: all will. */
function judge(
  certificates: readonly Certificate[],
  now: Date,
  soon: Date,
): { readonly state: State; readonly worst: Certificate } | null {
  const valid = certificates.filter((one) => validityAt(one, now) === 'valid');
  if (valid.length === 0) return { state: 'all', worst: latest(certificates) };
  const renewed = new Set(valid.map((one) => one.subject.key));
  const lost = certificates.find((one) => validityAt(one, now) === 'expired' && !renewed.has(one.subject.key));
  if (lost) return { state: 'some', worst: lost };
  return certificates.every((one) => one.notAfter < soon) ? { state: 'soon', worst: latest(valid) } : null;
}

const latest = (certificates: readonly Certificate[]): Certificate =>
  certificates.reduce((a, b) => (b.notAfter > a.notAfter ? b : a));

const dateOf = (one: Certificate, now: Date): string =>
  validityAt(one, now) === 'not-yet-valid'
    ? `is not valid before ${dateText(one.notBefore, now)}`
    : `${one.notAfter < now ? 'expired' : 'expires'} on ${dateText(one.notAfter, now)}`;

const SYMPTOMS: Readonly<Record<State, (refused: string) => string>> = {
  all: (refused) => refused,
  some: (refused) => `those with a certificate of the expired CA only: ${refused}`,
  soon: (refused) => `from that day on: ${refused}`,
};
