import type { Difference } from '../envoy/difference.ts';
import { differences } from '../envoy/differences.ts';
import { type EnvoyConfig, unknownBecause } from '../model/envoy-config.ts';
import type { ActualConfig, PlainConfig } from '../model/plain-config.ts';
import { workloadText } from '../model/workload.ts';
import { configJson } from '../render/config-json.ts';
import { visible } from '../render/visible.ts';
import { DumpError, readConfigDump } from '../sources/envoy.ts';
import { dumpOfPod } from '../sources/pod-dump.ts';
import { readTextFile } from '../sources/text-file.ts';
import { readFirstCertificate } from '../x509/certificate.ts';
import type { Surroundings } from './command.ts';
import { type ExitCode, InputError, stage, UsageError } from './errors.ts';
import { accessFor, asClusterError, connectionOptions, type LiveFlags } from './live.ts';
import type { Session } from './session.ts';
import { interruptible } from './standard-input.ts';
import { dataText, undecidedNotes } from './tables.ts';
import { chooseWorkloads } from './workload-choice.ts';

/** The flags of diff that decide what is compared, and how it is shown. */
export interface DiffFlags extends LiveFlags {
  readonly filename?: readonly string[] | undefined;
  readonly 'config-dump'?: string | undefined;
  readonly output: 'text' | 'json' | 'yaml';
}

/** One workload, compared. */
interface Compared {
  readonly config: EnvoyConfig;
  /** The pod, or the file with its dump. */
  readonly source: string;
  readonly actual: ActualConfig;
  readonly found: readonly Difference[];
}

/** Refuses what cannot be compared, before anything is read. */
export function checkDiffFlags(flags: DiffFlags): void {
  if ((flags.filename ?? []).length > 0 && flags['config-dump'] === undefined) {
    throw new UsageError(
      'with -f there is no pod to compare with: give its dump too',
      'kubectl exec POD -c istio-proxy -- pilot-agent request GET config_dump > dump.json; kubectl tlsgw diff -f PATH --config-dump dump.json',
    );
  }
}

function fingerprint(pem: Uint8Array): Readonly<Record<string, unknown>> {
  const certificate = readFirstCertificate(pem);
  return certificate === null ? { unparsable: true } : { serial: certificate.serial, sha256: certificate.sha256 };
}

function readDump(text: string, source: string): ActualConfig {
  try {
    return readConfigDump(JSON.parse(text), fingerprint);
  } catch (error) {
    if (error instanceof DumpError) throw new InputError(`${source}: ${error.message}`);
    if (error instanceof SyntaxError)
      throw new InputError(`${source}: this is no JSON, which a config_dump of Envoy is`);
    throw error;
  }
}

/** The prediction; of Secrets nobody could look at it says nothing. */
function predicted(config: EnvoyConfig): PlainConfig {
  const unknown = config.secrets.filter(
    ({ payload }) => payload.kind === 'not-delivered' && unknownBecause(payload.reason) !== null,
  );
  const plain = JSON.parse(JSON.stringify(configJson(config))) as PlainConfig;
  const secrets = { ...plain.secrets };
  for (const { name } of unknown) delete secrets[name];
  return { ...plain, secrets };
}

async function dumps(
  configs: readonly EnvoyConfig[],
  flags: DiffFlags,
  around: Surroundings,
): Promise<{ readonly config: EnvoyConfig; readonly source: string; readonly text: string }[]> {
  const file = flags['config-dump'];
  if (file !== undefined) {
    const [config, ...others] = configs;
    if (!config) throw new InputError('there is no gateway workload to compare with');
    if (others.length > 0) {
      const names = configs.map((c) => workloadText(c.workload));
      throw new UsageError(`of which workload is ${file}?`, `kubectl tlsgw diff WORKLOAD: ${names.join(', ')}`);
    }
    const read = readTextFile(file);
    if ('problem' in read) throw new InputError(`${file}: ${read.problem}`);
    return [{ config, source: file, text: read.text }];
  }
  const access = accessFor(flags, around);
  const options = connectionOptions(flags, around);
  const result = [];
  for (const config of configs) {
    const { namespace, labels } = config.workload;
    if (namespace === null) throw new InputError(`no pod of ${config.workload.name} is known`);
    const own = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== 'topology.istio.io/cluster'));
    try {
      const { pod, text } = await interruptible(() => dumpOfPod(namespace, own, access, options));
      result.push({ config, source: `pod ${namespace}/${pod}`, text });
    } catch (error) {
      throw asClusterError(error);
    }
  }
  return result;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function textOf({ config, source, actual, found }: Compared): string {
  const name = workloadText(config.workload);
  if (found.length === 0) {
    const parts = [
      counted(actual.listeners.length, 'listener'),
      counted(actual.routes.length, 'route configuration'),
      counted(Object.keys(actual.secrets).length, 'secret'),
    ];
    return visible(`No difference: the Envoy of ${name} (${source}) is as predicted: ${parts.join(', ')}.`);
  }
  const lines = found.map((d) => `${visible(`${d.where}: ${d.message}`)}   ${d.kind}`);
  return [
    `${visible(`${name} (${source})`)}: ${counted(found.length, 'difference')}`,
    ...lines.map((l) => `  ${l}`),
  ].join('\n');
}

/** Compares predictions with what Envoy runs with; returns the exit code. */
export async function runDiff(
  wanted: string | undefined,
  flags: DiffFlags,
  session: Session,
  around: Surroundings,
): Promise<ExitCode> {
  const configs = chooseWorkloads(session.configs, wanted);
  if (configs.length === 0) throw new InputError('there is no gateway workload to compare with');
  const compared: Compared[] = [];
  for (const { config, source, text } of await dumps(configs, flags, around)) {
    const actual = await stage('reading the config_dump', () => readDump(text, source));
    const found = await stage('comparing', () => differences(predicted(config), actual));
    compared.push({ config, source, actual, found });
  }
  const { output } = around;
  if (flags.output === 'text') await output.result(compared.map(textOf).join('\n\n'));
  else {
    const workloads = compared.map(({ config, source, found }) => ({
      workload: workloadText(config.workload),
      source,
      differences: found,
    }));
    await output.result(dataText({ schema: 'kubectl-tlsgw/diff.v1', workloads }, flags.output));
  }
  for (const { config } of compared) undecidedNotes(config.undecided, output);
  return compared.some(({ found }) => found.length > 0) ? 1 : 0;
}
