import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What Istio answered for one gateway pod. */
export interface RecordedWorkload {
  /** `<namespace>.<workload>`. */
  readonly workload: string;
  readonly listeners: string;
  readonly routes: string;
  readonly secrets: string;
  readonly config: unknown;
}

export interface RecordedCluster {
  readonly name: string;
  readonly yaml: string;
  /** Why the admission webhook refuses it; absent or null where it does not. */
  readonly invalid?: readonly unknown[] | null;
  readonly results: readonly RecordedWorkload[];
}

const root = join(process.cwd(), 'test', 'oracle');

/** The hand-made cases of a folder of the oracle (`cases` or `cases-gateway-api`). */
export function recordedCases(folder: string): RecordedCluster[] {
  const path = join(root, folder);
  return readdirSync(path).map((name) => {
    const expected = join(path, name, 'expected');
    const text = (...parts: string[]) => readFileSync(join(expected, ...parts), 'utf8');
    return {
      name,
      yaml: readFileSync(join(path, name, 'input.yaml'), 'utf8'),
      results: (existsSync(expected) ? readdirSync(expected) : []).map((workload) => ({
        workload,
        listeners: text(workload, 'listeners.txt'),
        routes: text(workload, 'routes.txt'),
        secrets: text(workload, 'secrets.txt'),
        config: JSON.parse(text(workload, 'config.json')),
      })),
    };
  });
}

/** The 1,500 random clusters. */
export function recordedRandom(): RecordedCluster[] {
  const lines = gunzipSync(readFileSync(join(root, 'random', 'clusters.jsonl.gz')))
    .toString('utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const cluster = JSON.parse(line) as RecordedCluster;
    return { ...cluster, results: cluster.results ?? [] };
  });
}
