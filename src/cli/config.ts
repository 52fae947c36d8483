import type { Severity } from '../model/finding.ts';
import type { Path } from '../model/location.ts';
import type { Workload } from '../model/workload.ts';
import type { ConfigIgnore } from '../rules/suppress.ts';
import { ConfigReader, type Locate } from './config-reader.ts';
import { didYouMean } from './nearest.ts';
import type { FailOn } from './verdict.ts';

/** What `.tlsgw.yaml` says; everything in it is optional. */
export interface Configuration {
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly ignores: readonly ConfigIgnore[];
  readonly failOn: FailOn | null;
  readonly istioVersion: string | null;
  readonly workloads: readonly Workload[];
}

/** No configuration file. */
export const noConfiguration: Configuration = {
  severities: {},
  ignores: [],
  failOn: null,
  istioVersion: null,
  workloads: [],
};

const keys = ['severities', 'ignores', 'failOn', 'istioVersion', 'workloads'] as const;

/** Checks what the file holds; throws UsageError with the place of the first mistake. */
export function readConfiguration(
  body: unknown,
  file: string,
  locate: Locate,
  ruleIds: readonly string[],
): Configuration {
  const reader = new ConfigReader(file, locate);
  const top = reader.object(body, [], keys);
  return {
    severities: severities(reader, top.severities, ruleIds),
    ignores: reader.list(top.ignores, ['ignores']).map((entry, i) => ignore(reader, entry, ['ignores', i], ruleIds)),
    failOn:
      top.failOn === undefined ? null : reader.choice(top.failOn, ['failOn'], ['error', 'warning', 'info', 'never']),
    istioVersion: istioVersion(reader, top.istioVersion),
    workloads: reader.list(top.workloads, ['workloads']).map((w, i) => workload(reader, w, ['workloads', i])),
  };
}

// `istioVersion: 1.30` is the number 1.3 in YAML: take only text, and say how to write it.
function istioVersion(reader: ConfigReader, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && /^\d+\.\d+(\.\d+)?$/.test(value)) return value;
  return reader.refuse(['istioVersion'], 'istioVersion must be a version in quotes, as "1.30"');
}

function knownRule(reader: ConfigReader, id: string, path: Path, ruleIds: readonly string[]): string {
  if (ruleIds.includes(id)) return id;
  return reader.refuse(path, `unknown rule ${JSON.stringify(id)}${didYouMean(id, ruleIds)}`);
}

function severities(reader: ConfigReader, value: unknown, ruleIds: readonly string[]): Configuration['severities'] {
  const result: Record<string, Severity | 'off'> = {};
  for (const [id, severity] of Object.entries(reader.object(value, ['severities'], null))) {
    const path: Path = ['severities', id];
    knownRule(reader, id, path, ruleIds);
    // YAML reads a bare `off` as false.
    result[id] = reader.choice(severity === false ? 'off' : severity, path, ['error', 'warning', 'info', 'off']);
  }
  return result;
}

function ignore(reader: ConfigReader, value: unknown, path: Path, ruleIds: readonly string[]): ConfigIgnore {
  const entry = reader.object(value, path, ['rule', 'resource', 'reason']);
  const id = reader.text(entry.rule, [...path, 'rule']);
  return {
    rule: knownRule(reader, id, [...path, 'rule'], ruleIds),
    ...(entry.resource === undefined ? {} : { resource: reader.text(entry.resource, [...path, 'resource']) }),
    reason: reader.text(entry.reason, [...path, 'reason']),
    location: reader.location(path),
  };
}

function workload(reader: ConfigReader, value: unknown, path: Path): Workload {
  const entry = reader.object(value, path, ['name', 'namespace', 'labels', 'ports']);
  const labels: Record<string, string> = {};
  for (const [key, label] of Object.entries(reader.object(entry.labels, [...path, 'labels'], null))) {
    labels[key] = reader.text(label, [...path, 'labels', key]);
  }
  const portMap: Record<number, number> = {};
  for (const [from, to] of Object.entries(reader.object(entry.ports, [...path, 'ports'], null))) {
    portMap[reader.port(from, [...path, 'ports', from])] = reader.port(to, [...path, 'ports', from]);
  }
  return {
    kind: 'Deployment',
    name: reader.text(entry.name, [...path, 'name']),
    namespace: reader.text(entry.namespace, [...path, 'namespace']),
    labels,
    serviceAccount: 'default',
    ports: Object.values(portMap).map((containerPort) => ({ containerPort, protocol: 'TCP' })),
    unprivileged: false,
    credentialSocket: false,
    hostNetwork: false,
    hostPorts: [],
    portMap: entry.ports === undefined ? null : portMap,
    resource: null,
  };
}
