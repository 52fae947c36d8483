import { expect, test } from 'vitest';
import { compile } from '../../src/istio/compile.ts';
import { unexplained } from './explained.ts';
import { type RecordedCluster, recordedCases, recordedRandom } from './oracle.ts';
import { differences, viewOf } from './predict.ts';

const groups = [
  { what: 'hand-made cases', clusters: recordedCases('cases'), count: 178 },
  { what: 'random clusters', clusters: recordedRandom(), count: 1500 },
];

/** The facts a case names in its first line, to be read beside a difference. */
const factsOf = (cluster: RecordedCluster): string => /^# (.*)/.exec(cluster.yaml)?.[1] ?? '';

test.each(groups)('tables and configuration of all $what equal Istio 1.30.3', ({ what, clusters, count }) => {
  expect(clusters).toHaveLength(count);
  const wrong = clusters.flatMap((cluster) => {
    const found = differences(cluster);
    return found.length === 0 ? [] : [`${cluster.name}: ${factsOf(cluster)}\n${found.join('\n')}`];
  });
  console.log(`conformance: ${clusters.length - wrong.length} of ${clusters.length} ${what} equal, tables and config`);
  expect(wrong.slice(0, 5).join('\n\n')).toBe('');
});

test('every server, rule and credential is visible or explained by a drop', () => {
  const missing = groups.flatMap(({ clusters }) =>
    clusters.flatMap((cluster) => {
      const view = viewOf(cluster.yaml);
      return compile(view).flatMap((config) => unexplained(config, view).map((what) => `${cluster.name}: ${what}`));
    }),
  );
  expect(missing).toEqual([]);
});
