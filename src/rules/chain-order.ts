import { resourceText } from '../model/resource.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type ChainJudgement, judgeChain } from '../x509/chain.ts';
import { readKey, replaceKey } from './facts/commands.ts';
import { keyPlace, type Served, servedCertificates, usersOf } from './facts/contents.ts';
import { refusedSymptom } from './facts/endangered.ts';
import { clip, enumerate } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'chain-order',
  summary: "The certificates of a bundle are in the wrong order: the server's own must come first, then each issuer",
  severity: 'error',
  inputs: ['configs', 'now'],
  since: '0.1.0',
  *check({ configs, now }) {
    for (const served of servedCertificates(configs)) {
      const { pair, uses, verdict } = served;
      if (verdict.kind === 'mismatch' && verdict.belongsTo !== null) {
        const { certificates } = verdict.chain;
        const own = verdict.belongsTo;
        yield {
          kind: 'problem',
          message: `the bundle in ${resourceText(pair.from.id)} begins with ${nameOf(certificates[0])}, but the private key belongs to certificate ${own + 1}, ${nameOf(certificates[own]!)}, which must come first`,
          at: keyPlace(pair.from, pair.certKey),
          related: [
            { at: keyPlace(pair.from, pair.keyKey), message: `key of certificate ${own + 1}` },
            ...usersOf(uses, 'serves it'),
          ],
          symptom: refusedSymptom(configs, served),
          remedy: reorder(served, startingWith(certificates, own, now)),
        };
      } else if (verdict.kind === 'accepted') {
        const { certificates } = verdict.chain;
        if (certificates.length === 1) continue;
        const judged = judgeChain(certificates, now);
        if (judged.inOrder) continue;
        const order = judged.path.map((index) => index + 1).join(', ');
        yield {
          kind: 'problem',
          message: `the bundle in ${resourceText(pair.from.id)} begins with the right certificate, but the issuers behind it are out of order: it should be ${order}`,
          at: keyPlace(pair.from, pair.certKey),
          related: usersOf(uses, 'serves it'),
          symptom:
            'most clients sort it out; strict ones (TLS 1.2 demands the order) fail: unable to get local issuer certificate',
          remedy: reorder(served, withRest(judged)),
          severity: 'warning',
        };
      }
    }
  },
});

const nameOf = ({ subject, dnsNames }: Certificate): string =>
  enumerate(dnsNames, 2) || clip(subject.text) || 'an unnamed one';

/** The positions in their right order when this certificate is the leaf. */
function startingWith(certificates: readonly Certificate[], leaf: number, now: Date): number[] {
  const others = [...certificates.keys()].filter((index) => index !== leaf);
  const positions = [leaf, ...others];
  const judged = judgeChain([certificates[leaf]!, ...others.map((index) => certificates[index]!)], now);
  return withRest(judged).map((index) => positions[index]!);
}

/** The path first, then what no path leads to. */
const withRest = ({ path, unrelated }: ChainJudgement): number[] => [...path, ...unrelated];

/** Splits the bundle into its certificates and puts them together again. */
function reorder({ pair: { from, certKey } }: Served, order: readonly number[]): string {
  const split = `awk '/-----BEGIN .*CERTIFICATE-----/ {n++; on = 1} on {print > ("CERT" n ".PEM")} /-----END / {on = 0}'`;
  const files = order.map((index) => `CERT${index + 1}.PEM`).join(' ');
  return `Put them in order:\n  ${readKey(from, certKey)} | ${split}\n  cat ${files} > TLS.CRT\n  ${replaceKey(from, certKey, 'TLS.CRT')}`;
}
