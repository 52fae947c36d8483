import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One request that a real Envoy handled (test/oracle/traces/README.md). */
export interface RecordedCall {
  readonly address: string;
  readonly port: number;
  readonly tls: { readonly sni: string | null; readonly alpn?: readonly string[]; readonly clientCert?: string } | null;
  readonly host: string | null;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly observed: Readonly<Record<string, unknown>>;
}

export interface RecordedTrace {
  readonly name: string;
  readonly yaml: string;
  readonly workload: string;
  readonly rejected: readonly { readonly listener: string; readonly error: string }[];
  readonly rejectedRoutes: readonly { readonly config: string; readonly error: string }[];
  readonly calls: readonly RecordedCall[];
}

/** All recorded traces; the YAML of a cluster is filled in on each of its lines. */
export function recordedTraces(): RecordedTrace[] {
  const file = join(process.cwd(), 'test', 'oracle', 'traces', 'traces.jsonl.gz');
  const yaml = new Map<string, string>();
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const trace = JSON.parse(line) as Partial<RecordedTrace> & Pick<RecordedTrace, 'name' | 'workload' | 'calls'>;
      if (trace.yaml !== undefined) yaml.set(trace.name, trace.yaml);
      return { rejected: [], rejectedRoutes: [], ...trace, yaml: yaml.get(trace.name)! };
    });
}
