import { compile } from '../../src/istio/compile.ts';
import type { ClusterView } from '../../src/model/cluster-view.ts';
import { buildView } from '../../src/model/decode.ts';
import type { EnvoyConfig } from '../../src/model/envoy-config.ts';
import { configJson } from '../../src/render/config-json.ts';
import { listenersTable } from '../../src/render/listeners-table.ts';
import { routesTable } from '../../src/render/routes-table.ts';
import { secretsTable } from '../../src/render/secrets-table.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import { configDifference, tableDifference } from './compare.ts';
import type { RecordedCluster } from './oracle.ts';

/** VALID CERT was recorded in 2026; the random clusters' certificates begin on 2026-11-22. */
export const recordedNow = new Date('2026-12-01T00:00:00Z');

/** The view of a text, through the real sources. */
export function viewOf(yaml: string): ClusterView {
  const parsed = parseText(yaml, 'input.yaml');
  return buildView(parsed.documents, {
    source: 'files',
    complete: true,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
}

/** Runs text through the real pipeline: sources, view, compiler. */
export const predict = (yaml: string): EnvoyConfig[] => compile(viewOf(yaml));

/** Every difference between what Istio answered and what we predict for one cluster; empty when equal. */
export function differences(cluster: RecordedCluster): string[] {
  const configs = new Map(predict(cluster.yaml).map((c) => [`${c.workload.namespace}.${c.workload.name}`, c]));
  const found: string[] = [];
  for (const wanted of cluster.results) {
    const config = configs.get(wanted.workload);
    if (!config) {
      found.push(`${wanted.workload}: no such workload in ours: ${[...configs.keys()].join(', ')}`);
      continue;
    }
    const options = { now: recordedNow };
    const each = [
      configDifference(wanted.config, configJson(config)),
      tableDifference('listeners', wanted.listeners, listenersTable(config, options)),
      tableDifference('routes', wanted.routes, routesTable(config, options)),
      tableDifference('secrets', wanted.secrets, secretsTable(config, options)),
    ];
    for (const difference of each) if (difference) found.push(`${wanted.workload}: ${difference}`);
  }
  for (const name of configs.keys()) {
    if (!cluster.results.some((r) => r.workload === name)) found.push(`${name}: Istio has no such gateway`);
  }
  return found;
}
