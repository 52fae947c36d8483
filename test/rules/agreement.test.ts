import { describe, expect, it } from 'vitest';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Server } from '../../src/model/specs.ts';
import { now } from '../../src/pages/expand.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import { type RecordedCluster, recordedRandom } from '../conformance/oracle.ts';

/** The parts of config.json that findings are held against (test/oracle/README.md). */
interface Tls {
  readonly certificates?: readonly string[];
  readonly validation?: string;
  readonly subjectAltNames?: readonly string[];
  readonly requireClientCertificate?: boolean;
  readonly minVersion?: string;
  readonly maxVersion?: string;
  readonly cipherSuites?: readonly string[];
  readonly ecdhCurves?: readonly string[];
}
interface Config {
  readonly listeners?: readonly { readonly port: number; readonly chains?: readonly { readonly tls?: Tls }[] }[];
  readonly secrets?: Readonly<Record<string, unknown>>;
}

interface Claim {
  readonly finding: Finding;
  readonly server: Server | undefined;
  /** What istiod recorded for the workloads that the finding is about. */
  readonly configs: readonly Config[];
}

const chainsOf = ({ listeners }: Config): readonly Tls[] =>
  (listeners ?? []).flatMap((l) => (l.chains ?? []).flatMap((c) => c.tls ?? []));
const someChain = ({ configs }: Claim, test: (tls: Tls) => boolean): boolean =>
  configs.some((c) => chainsOf(c).some(test));
const ports = ({ configs }: Claim): Set<number> =>
  new Set(configs.flatMap((c) => (c.listeners ?? []).map((l) => l.port)));
const inWords = ({ finding }: Claim, pattern: RegExp): number => Number(pattern.exec(finding.message)?.[1]);
const sds = (name: string | undefined): string => (name?.includes('://') ? name : `kubernetes://${name}`);

const versions = ['TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'];
const order = (version: string | undefined, otherwise: string): number =>
  versions.indexOf(version === undefined || version === 'TLS_AUTO' ? otherwise : version);

/** What the recorded configuration must show for a finding of each rule. */
const claims: Readonly<Record<string, (claim: Claim) => boolean>> = {
  'privileged-port-skipped': (c) => !ports(c).has(inWords(c, /leads to port (\d+)/)),
  'port-reserved': (c) => ports(c).has(inWords(c, /leads to port (\d+)/)),
  'port-not-exposed': (c) => ports(c).has(inWords(c, /listens on port (\d+)/)),
  'simple-with-subject-alt-names': (c) =>
    someChain(c, (tls) => tls.validation === undefined && (tls.subjectAltNames ?? []).length > 0),
  'optional-mutual-is-mandatory': (c) =>
    someChain(c, (tls) => tls.validation !== undefined && !tls.requireClientCertificate),
  'tls-versions-inverted': (c) =>
    someChain(c, (tls) => order(tls.minVersion, 'TLSv1_2') > order(tls.maxVersion, 'TLSv1_3')),
  'tls-version-ineffective': (c) =>
    c.finding.path.includes('cipherSuites')
      ? // Other servers may be given the name by the mesh; this one's list is never sent as it is written.
        !someChain(c, (tls) => String(tls.cipherSuites) === String(c.server?.tls?.cipherSuites))
      : someChain(c, (tls) => tls.minVersion === 'TLSv1_0' || tls.minVersion === 'TLSv1_1'),
  'mesh-tls-parameter-unknown': (c) =>
    someChain(c, (tls) =>
      [...(tls.cipherSuites ?? []), ...(tls.ecdhCurves ?? [])].some((n) => c.finding.message.includes(n)),
    ),
  'ca-credential-suffix': ({ finding, server, configs }) => {
    const ca = finding.path.endsWith('caCertCredentialName');
    const name = sds(ca ? server?.tls?.caCertCredentialName : server?.tls?.credentialName);
    const known = configs.map((c) => c.secrets?.[name] as Readonly<Record<string, unknown>> | string | undefined);
    return known.some((s) => s === 'not delivered' || (typeof s === 'object' && (ca ? 'certificate' : 'ca') in s));
  },
  'gateway-sa-cannot-list-secrets': ({ configs }) =>
    configs.some((c) =>
      Object.entries(c.secrets ?? {}).every(
        ([name, s]) => !name.startsWith('kubernetes://') || name.endsWith('-cacert') || s === 'not delivered',
      ),
    ),
};

function claimsIn(cluster: RecordedCluster): Claim[] {
  const view = buildView(parseText(cluster.yaml, cluster.name).documents, {
    source: 'files',
    complete: false,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  const rules = { only: Object.keys(claims) };
  const judgement = judge({ view, configs: compile(view), now, settings: { expiringWithinDays: 30 }, rules });
  expect(judgement.internalErrors, cluster.name).toEqual([]);
  return judgement.findings.map((finding) => ({
    finding,
    server: view.gateways.find(
      (g) => g.id.name === finding.resource.name && g.id.namespace === finding.resource.namespace,
    )?.spec.servers?.[Number(/^spec\.servers\[(\d+)\]/.exec(finding.path)?.[1])],
    configs: cluster.results
      .filter((r) => finding.workload === null || r.workload === finding.workload.replace('/', '.'))
      .map((r) => r.config as Config),
  }));
}

describe('findings about ports, TLS parameters and permissions agree with what Istio recorded', () => {
  it('in all random clusters', { timeout: 120_000 }, () => {
    const seen = new Map<string, number>();
    for (const cluster of recordedRandom()) {
      for (const claim of claimsIn(cluster)) {
        const { rule, message } = claim.finding;
        expect(claims[rule]!(claim), `${cluster.name}: ${rule}: ${message}`).toBe(true);
        seen.set(rule, (seen.get(rule) ?? 0) + 1);
      }
    }
    for (const rule of ['port-not-exposed', 'privileged-port-skipped', 'gateway-sa-cannot-list-secrets']) {
      expect(seen.get(rule), rule).toBeGreaterThan(20);
    }
  });
});
