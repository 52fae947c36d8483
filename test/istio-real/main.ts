/**
 * Compares with istiod's own code: `npm run test:istio [NAME]`, where NAME is the beginning of names of recorded clusters,
 * checks that this code answers as Istio 1.30.3 did when the clusters were recorded; `npm run test:istio -- --random
 * CLUSTERS [SEED]` compares our predictions for clusters that were never recorded, `npm run test:istio -- FILE.yaml` for
 * one. Needs Go, and the Go module proxy once; it says so and exits with 2 where there is none. See CONTRIBUTING.md.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedCases, recordedRandom } from '../conformance/oracle.ts';
import { groupBy } from '../envoy-real/table.ts';
import { answersOf } from './answers.ts';
import { buildHarness } from './build.ts';
import { randomClusters } from './clusters.ts';
import { compareAnswer, type ExpectedCluster, predicted, type Row, recorded } from './compare.ts';
import { inputOf } from './input.ts';

interface Asked {
  readonly name: string;
  readonly yaml: string;
  readonly expected: () => ExpectedCluster;
}

/** How many differences are shown. */
const SHOWN = 10;

/** Why a cluster is not compared, or null. */
function reasonToSkip(yaml: string): string | null {
  // D16: 1.30.3 takes it for the pod's credential socket.
  if (yaml.includes('sds://')) return 'sds:// is newer than this version of istiod';
  // The harness gives istiod objects of Istio's kinds only, and we do not compile these.
  return yaml.includes('gateway.networking.k8s.io') ? 'Kubernetes Gateway API' : null;
}

function recordedClusters(name: string): Asked[] {
  const clusters = [...recordedCases('cases'), ...recordedRandom()].filter((cluster) => cluster.name.startsWith(name));
  return clusters.map((cluster) => ({ name: cluster.name, yaml: cluster.yaml, expected: () => recorded(cluster) }));
}

const predictedCluster = ({ name, yaml }: { readonly name: string; readonly yaml: string }): Asked => ({
  name,
  yaml,
  expected: () => predicted(yaml),
});

function clustersFor([first = '', count = '200', seed = '1']: readonly string[]): Asked[] {
  if (first === '--random') return randomClusters(Number(count), Number(seed)).map(predictedCluster);
  if (first.endsWith('.yaml')) return [predictedCluster({ name: first, yaml: readFileSync(first, 'utf8') })];
  return recordedClusters(first);
}

async function compareAll(binary: string, asked: readonly Asked[]): Promise<Row[]> {
  const byName = new Map(asked.map((cluster) => [cluster.name, cluster]));
  const inputs = asked.map(({ name, yaml }) => inputOf(name, yaml));
  const rows: Row[] = [];
  for await (const answer of answersOf(binary, inputs)) {
    const { yaml, expected } = byName.get(answer.name)!;
    rows.push(...compareAnswer(yaml, answer, expected()));
  }
  return rows;
}

/** Prints the first differences, each with a file that holds its cluster. */
function show(rows: readonly Row[], asked: readonly Asked[]): void {
  if (rows.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'tlsgw-istio-'));
  for (const { cluster, workload, difference } of rows.slice(0, SHOWN)) {
    const file = join(folder, `${cluster.replaceAll(/[^\w.-]/g, '_').replace(/\.yaml$/, '')}.yaml`);
    writeFileSync(file, asked.find(({ name }) => name === cluster)!.yaml, { mode: 0o600 });
    console.log(`${cluster} ${workload}: ${difference}\n  cluster: ${file}\n`);
  }
  if (rows.length > SHOWN) console.log(`and ${rows.length - SHOWN} more\n`);
}

async function main(args: readonly string[]): Promise<number> {
  const built = buildHarness((line) => console.error(line));
  if ('missing' in built) {
    console.error(`NOT RUN: ${built.missing}`);
    return 2;
  }
  const clusters = clustersFor(args);
  const asked = clusters.filter(({ yaml }) => reasonToSkip(yaml) === null);
  const skipped = clusters.flatMap(({ yaml }) => reasonToSkip(yaml) ?? []);
  for (const [why, some] of groupBy(skipped, (reason) => reason)) console.log(`not compared: ${some.length} (${why})`);
  if (asked.length === 0) {
    console.error(`nothing to compare; no recorded cluster has a name that begins with ${JSON.stringify(args[0])}`);
    return 2;
  }
  const rows = await compareAll(built.binary, asked);
  const differing = rows.filter(({ difference }) => difference !== null);
  show(differing, asked);
  const agree = rows.length - differing.length;
  console.log(`${agree} workloads of ${asked.length} clusters agree, ${differing.length} differ`);
  return differing.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
