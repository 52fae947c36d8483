import type { EnvoyConfig } from '../../src/model/envoy-config.ts';
import { configJson } from '../../src/render/config-json.ts';
import { listenersTable } from '../../src/render/listeners-table.ts';
import { routesTable } from '../../src/render/routes-table.ts';
import { secretsTable } from '../../src/render/secrets-table.ts';
import { readConfigDump } from '../../src/sources/envoy.ts';
import { readFirstCertificate } from '../../src/x509/certificate.ts';
import { configDifference, tableDifference } from '../conformance/compare.ts';
import type { RecordedCluster } from '../conformance/oracle.ts';
import { predict } from '../conformance/predict.ts';
import type { Answer, Sent } from './answers.ts';

/** What one gateway pod should get. */
export interface Expected {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tables: Readonly<Record<'listeners' | 'routes' | 'secrets', string>>;
  /** Whether istiod panics; null where that is not known. */
  readonly crash: boolean | null;
}

/** What each gateway pod of a cluster should get, by `<namespace>.<workload>`. */
export type ExpectedCluster = ReadonlyMap<string, Expected>;

/** One gateway pod: how the answer differs, in words, or null where it does not. */
export interface Row {
  readonly cluster: string;
  readonly workload: string;
  readonly difference: string | null;
}

const isEmpty = (config: object): boolean =>
  Object.values(config).every((part) => Object.keys(part ?? {}).length === 0);

/** What Istio 1.30.3 answered. A panic was recorded as an empty configuration, and so was a pod without Gateways. */
export const recorded = (cluster: RecordedCluster): ExpectedCluster =>
  new Map(
    cluster.results.map(({ workload, config, ...tables }) => {
      const parts = config as Expected['config'];
      return [workload, { config: parts, tables, crash: isEmpty(parts) ? null : false }];
    }),
  );

function expectedOf(config: EnvoyConfig): Expected {
  // istioctl's VALID CERT knows no other time.
  const options = { now: new Date() };
  return {
    config: JSON.parse(JSON.stringify(configJson(config))),
    tables: {
      listeners: listenersTable(config, options),
      routes: routesTable(config, options),
      secrets: secretsTable(config, options),
    },
    crash: config.crash !== null,
  };
}

/** What we predict. */
export const predicted = (yaml: string): ExpectedCluster =>
  new Map(predict(yaml).map((config) => [`${config.workload.namespace}.${config.workload.name}`, expectedOf(config)]));

function fingerprint(pem: Uint8Array): Readonly<Record<string, unknown>> {
  const found = readFirstCertificate(pem);
  return found === null ? { unparsable: true } : { serial: found.serial, sha256: found.sha256 };
}

/** The configuration in the words of config.json (test/oracle/README.md). */
function configOf({ dump, wanted }: Sent): Expected['config'] {
  const { listeners, routes, secrets } = readConfigDump(dump, fingerprint);
  const asked = wanted.filter((name) => name.includes('://'));
  return { listeners, routes, secrets: Object.fromEntries(asked.map((n) => [n, secrets[n] ?? 'not delivered'])) };
}

/**
 * The harness has no API server to ask who may read a Secret, so it delivers all of them: with a Role or a binding in
 * the cluster nothing can be said about that part.
 */
const mayNotRead = (yaml: string): boolean => /^kind: ["']?(?:Cluster)?Role(?:Binding)?\b/m.test(yaml);

function differenceOf(sent: Sent, expected: Expected, secretsToo: boolean): string | null {
  if (sent.panic !== undefined) return expected.crash === false ? `istiod panics, we do not: ${sent.panic}` : null;
  if (expected.crash) return 'we say that istiod panics, and it does not';
  const config = configOf(sent);
  const compared = (whole: Expected['config']) => (secretsToo ? whole : { ...whole, secrets: {} });
  const table = (name: 'listeners' | 'routes' | 'secrets') =>
    tableDifference(name, sent.tables[name], expected.tables[name]);
  return (
    configDifference(compared(config), compared(expected.config)) ??
    table('listeners') ??
    table('routes') ??
    (secretsToo ? table('secrets') : null)
  );
}

/** Sets istiod's answer for a cluster beside what is expected, one row for each gateway pod of either. */
export function compareAnswer(yaml: string, answer: Answer, expected: ExpectedCluster): Row[] {
  const cluster = answer.name;
  if (answer.problem !== undefined) return [{ cluster, workload: '', difference: `no answer: ${answer.problem}` }];
  const workloads = new Set([...Object.keys(answer.gateways), ...expected.keys()]);
  return [...workloads].map((workload) => {
    const [sent, wanted] = [answer.gateways[workload], expected.get(workload)];
    if (!sent || !wanted)
      return { cluster, workload, difference: `only ${sent ? 'istiod has' : 'we have'} such a gateway` };
    return { cluster, workload, difference: differenceOf(sent, wanted, !mayNotRead(yaml)) };
  });
}
