import pkg from '../../package.json' with { type: 'json' };
import type { AccessAnswer, Gap } from '../model/coverage.ts';
import { AccessError } from '../sources/access-error.ts';
import type { ConnectionOptions } from '../sources/api-connection.ts';
import { readCluster } from '../sources/cluster.ts';
import { type Access, type AccessFlags, resolveAccess } from '../sources/cluster-access.ts';
import type { FileDocuments } from '../sources/files.ts';
import type { KubeconfigPlaces } from '../sources/kubeconfig.ts';
import type { Surroundings } from './command.ts';
import { ClusterError, UsageError } from './errors.ts';
import { progressOn } from './progress.ts';
import { interruptible } from './standard-input.ts';

/** The flags that decide which cluster is read, and as whom. */
export interface LiveFlags extends AccessFlags {
  readonly namespace?: string | undefined;
  readonly 'all-namespaces'?: boolean | undefined;
  readonly 'istio-namespace': string;
  readonly 'request-timeout'?: string | undefined;
  readonly v?: string | undefined;
  readonly quiet?: boolean | undefined;
}

/** What was read of a cluster. */
export interface LiveInput {
  /** `cluster dev`, for reports. */
  readonly name: string;
  readonly server: string;
  readonly documents: FileDocuments;
  readonly gaps: readonly Gap[];
  readonly access: readonly AccessAnswer[];
  readonly istiodVersions: readonly string[];
}

/** Where this process finds kubeconfigs. */
export const kubeconfigPlaces = (explicit: string | undefined, cwd: string): KubeconfigPlaces => ({
  explicit,
  env: process.env,
  cwd,
});

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `15s`, `1m30s`, `500ms` or `20` (seconds), as kubectl reads them; 0 is no limit. */
function parseTimeout(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((p) => p[0]).join('') !== text) {
    throw new UsageError(`--request-timeout wants a time, not ${JSON.stringify(text)}`, '--request-timeout 30s');
  }
  return Math.round(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0));
}

const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** The kubectl command that speaks to the same cluster as the same user. */
function kubectlFor(flags: AccessFlags): string {
  const named = (['kubeconfig', 'context', 'cluster', 'user', 'server', 'as'] as const).flatMap((name) => {
    const value = flags[name];
    return value ? [`--${name} ${word(value)}`] : [];
  });
  return ['kubectl', ...named].join(' ');
}

/** How this process makes requests: as whom, how long it waits, what it shows of it. */
export function connectionOptions(flags: LiveFlags, { output }: Surroundings): ConnectionOptions {
  const level = Number(flags.v ?? 0);
  return {
    env: process.env,
    interactive: process.stdin.isTTY === true,
    stderr: (text) => output.complaint(text),
    timeout: parseTimeout(flags['request-timeout'] ?? '15s'),
    userAgent: `kubectl-tlsgw/${pkg.version}`,
    clock: Date.now,
    ...(level >= 6 ? { log: (line: string) => output.complaint(line) } : {}),
  };
}

/** Tells which cluster the flags mean. */
export function accessFor(flags: AccessFlags, { cwd }: Surroundings): Access {
  try {
    return resolveAccess(flags, kubeconfigPlaces(flags.kubeconfig, cwd));
  } catch (error) {
    throw asClusterError(error);
  }
}

/** Without a cluster there is nothing to say: exit code 4. */
export const asClusterError = (error: unknown): unknown =>
  error instanceof AccessError ? new ClusterError(error.message, error.hint) : error;

/** Reads a cluster, with progress on a terminal and an end at Ctrl-C. */
export async function readLive(
  flags: LiveFlags,
  parseMesh: (text: string) => unknown,
  around: Surroundings,
): Promise<LiveInput> {
  const options = connectionOptions(flags, around);
  const access = accessFor(flags, around);
  const progress = progressOn(flags.quiet ?? false);
  try {
    const read = await interruptible(() =>
      readCluster(access, {
        ...options,
        namespace: flags.namespace,
        istioNamespace: flags['istio-namespace'],
        kubectl: kubectlFor(flags),
        parseMesh,
        progress: progress.show,
        log: (line) => {
          progress.clear();
          options.log?.(line);
        },
      }),
    );
    const documents = { documents: read.documents, problems: [], files: [], notes: read.notes, skipped: 0 };
    return { ...read, name: `cluster ${access.name}`, server: access.server, documents };
  } catch (error) {
    throw asClusterError(error);
  } finally {
    progress.end();
  }
}
