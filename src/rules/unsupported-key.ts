import type { EnvoyConfig } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { judgeChain } from '../x509/chain.ts';
import type { KeyPairVerdict, UnsupportedKey } from '../x509/key-pair.ts';
import { replacePair, requestCertificate } from './facts/commands.ts';
import { keyPlace, type Served, servedCertificates, usersOf } from './facts/contents.ts';
import { refusedSymptom } from './facts/endangered.ts';
import { candidatesOf } from './facts/leaves.ts';
import { clientHosts } from './facts/servers.ts';
import { clientsOf, clip } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'unsupported-key',
  summary: 'Envoy or common clients do not take the key or the signature of a certificate',
  severity: 'error',
  inputs: ['configs', 'now'],
  since: '0.1.0',
  *check({ configs, now }) {
    for (const served of servedCertificates(configs)) {
      const { pair, uses, verdict } = served;
      const told =
        verdict.kind === 'unsupported-key' ? refused(configs, served, verdict) : minded(configs, served, now);
      if (!told) continue;
      yield {
        kind: 'problem',
        message: `${told.of} ${resourceText(pair.from.id)} ${told.what}`,
        at: keyPlace(pair.from, told.of === KEY ? pair.keyKey : pair.certKey),
        related: usersOf(uses, 'serves it'),
        symptom: told.symptom,
        remedy: `${told.wanted}, and replace the Secret:\n${requestCertificate(uses.flatMap((use) => clientHosts(use.server.server)))}\n  ${replacePair(pair.from, pair.certKey, pair.keyKey)}`,
        severity: told.severity,
      };
    }
  },
});

interface Told {
  readonly of: string;
  readonly what: string;
  readonly symptom: string;
  readonly wanted: string;
  readonly severity: 'error' | 'warning';
}

const KEY = 'the private key in';
const LEAF = 'the certificate in';
const ANOTHER_KEY = 'Have a certificate issued for a P-256 key (RSA with 2048 bits or more is fine too)';

type Refused = Extract<KeyPairVerdict, { readonly kind: 'unsupported-key' }>;

const refused = (configs: readonly EnvoyConfig[], served: Served, { because, in: part }: Refused): Told => ({
  of: part === 'key' ? KEY : LEAF,
  what: `${why(because)}, which Envoy refuses`,
  symptom: refusedSymptom(configs, served),
  wanted: because.why === 'key-usage' ? 'Have the certificate issued with the key usage digitalSignature' : ANOTHER_KEY,
  severity: 'error',
});

function why(because: UnsupportedKey): string {
  switch (because.why) {
    case 'curve':
      return because.curve === null || because.curve === 'explicit'
        ? 'has an EC key with parameters of its own instead of a named curve'
        : `has an EC key on the curve ${because.curve}`;
    case 'rsa-too-short':
      return `has an RSA key of ${because.bits} bits`;
    case 'algorithm':
      return `has a key of type ${because.algorithm}`;
    case 'unreadable':
      return 'has a public key that nobody can read';
    case 'key-usage':
      return 'has an EC key that it does not allow to sign (its key usage lacks digitalSignature)';
  }
}

/** What Envoy serves and clients mind. */
function minded(configs: readonly EnvoyConfig[], served: Served, now: Date): Told | null {
  const { verdict, uses } = served;
  if (verdict.kind !== 'accepted' || verdict.warnings.length === 0) return null;
  const { certificates } = verdict.chain;
  const onPath = new Set(judgeChain(certificates, now).path);
  const hosts = uses.flatMap((use) => clientHosts(use.server.server));
  for (const warning of verdict.warnings) {
    if (warning.kind === 'rarely-offered' && !hasCommonKey(configs, served)) {
      return {
        of: LEAF,
        what: `has a key of type ${warning.algorithm}, which browsers do not offer to take`,
        symptom: clientsOf(hosts, 'browsers: ERR_SSL_VERSION_OR_CIPHER_MISMATCH; others: alert handshake failure (40)'),
        wanted: ANOTHER_KEY,
        severity: 'warning',
      };
    }
    if (warning.kind === 'weak-signature' && onPath.has(warning.index)) {
      const { subject } = certificates[warning.index]!;
      return {
        of: warning.index === 0 ? LEAF : `the intermediate certificate ${clip(subject.text)} in`,
        what: `is signed with ${warning.algorithm}, which clients refuse`,
        symptom: clientsOf(hosts, 'curl: (60) SSL certificate problem: CA signature digest algorithm too weak'),
        wanted: 'Have it issued with a SHA-256 signature',
        severity: 'warning',
      };
    }
  }
  return null;
}

/** True when every server of this certificate may have another one beside it with a key that all clients take. */
const hasCommonKey = (configs: readonly EnvoyConfig[], served: Served): boolean =>
  served.uses.every(({ config, server }) => {
    const candidates = candidatesOf(configs, config, server);
    return candidates === null || candidates.some((other) => other !== served && isCommon(other));
  });

const isCommon = ({ verdict }: Served): boolean =>
  verdict.kind === 'accepted' && !verdict.warnings.some(({ kind }) => kind === 'rarely-offered');
