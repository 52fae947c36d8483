import type { EnvoyConfig } from '../../src/model/envoy-config.ts';
import { configJson } from '../../src/render/config-json.ts';
import { recordedCases } from '../conformance/oracle.ts';
import { predict, recordedNow } from '../conformance/predict.ts';
import { type RecordedCall, recordedTraces } from '../envoy/traces.ts';
import type { Call } from './versions.ts';

/** A chain as config.json has it (test/oracle/README.md). */
export interface RecordedChain {
  readonly serverNames?: readonly string[] | null;
  readonly applicationProtocols?: readonly string[];
  readonly tls?: {
    readonly certificates?: readonly string[];
    readonly validation?: string;
    readonly subjectAltNames?: readonly string[];
    readonly requireClientCertificate?: boolean;
    readonly alpn?: readonly string[];
    readonly minVersion?: string;
    readonly maxVersion?: string;
    readonly cipherSuites?: readonly string[];
    readonly ecdhCurves?: readonly string[];
  };
  readonly http?: { readonly route: string };
  readonly tcp?: { readonly cluster?: string; readonly weighted?: readonly Weighted[] };
}

export interface Weighted {
  readonly cluster: string;
  readonly weight: number;
}

export interface RecordedRoute {
  readonly match: object;
  readonly cluster?: string;
  readonly weighted?: readonly Weighted[];
  readonly redirect?: object;
  readonly directResponse?: number;
}

/** What istiod sent to one gateway pod. */
export interface RecordedConfig {
  readonly listeners: readonly {
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly pipe?: string;
    readonly chains: readonly RecordedChain[];
  }[];
  readonly routes: readonly {
    readonly name: string;
    readonly virtualHosts: readonly {
      readonly name: string;
      readonly domains: readonly string[];
      readonly requireTls?: string;
      readonly routes?: readonly RecordedRoute[];
    }[];
  }[];
  readonly secrets: Readonly<Record<string, unknown>>;
}

/** One gateway pod: what istiod sent it, what we predict for it, and the requests that were recorded. */
export interface Pod {
  /** Its place in the list; names in Envoy begin with it, since all pods share one Envoy. */
  readonly index: number;
  readonly name: string;
  readonly yaml: string;
  readonly workload: string;
  readonly sent: RecordedConfig;
  readonly predicted: EnvoyConfig;
  readonly calls: readonly Call[];
  /** The moment of the prediction. */
  readonly now: Date;
}

/** The configuration as JSON, which test/conformance holds equal to Istio's own. */
export const compiled = (config: EnvoyConfig): RecordedConfig => JSON.parse(JSON.stringify(configJson(config)));

interface Recorded {
  readonly name: string;
  readonly yaml: string;
  readonly workload: string;
  readonly calls: readonly RecordedCall[];
  /** Absent: that of the hand-made case of this name. */
  readonly sent?: RecordedConfig;
}

/** The pods with what we predict for them. */
export function podsOf(recorded: readonly Recorded[]): Pod[] {
  const cases = new Map(recordedCases('cases').map((c) => [c.name, c]));
  return recorded.map(({ name, yaml, workload, calls, sent: known }, index) => {
    const result = cases.get(name)?.results.find((r) => r.workload === workload);
    const predicted = predict(yaml).find((c) => `${c.workload.namespace}.${c.workload.name}` === workload);
    if (!predicted) throw new Error(`${name}: no pod ${workload}`);
    const sent = known ?? (result?.config as RecordedConfig | undefined) ?? compiled(predicted);
    return { index, name, yaml, workload, sent, predicted, calls, now: recordedNow };
  });
}

/**
 * Every pod of test/oracle/traces. Hand-made cases are run with the configuration that Istio's control plane made; of the
 * random clusters there only the requests were kept, so our own compiler makes it.
 */
export const recordedPods = (wanted: (name: string) => boolean): Pod[] =>
  podsOf(recordedTraces().filter(({ name }) => wanted(name)));

/** The first pod of each of these cases, without any call. */
export const casePods = (names: readonly string[]): Pod[] =>
  podsOf(
    recordedCases('cases')
      .filter(({ name }) => names.includes(name))
      .map(({ name, yaml, results }) => ({ name, yaml, workload: results[0]!.workload, calls: [] })),
  );
