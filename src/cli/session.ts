import { compile } from '../istio/compile.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import { buildView } from '../model/decode.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { AnyResource } from '../model/resource.ts';
import type { FileDocuments } from '../sources/files.ts';
import { parseValue } from '../sources/yaml.ts';
import { assumedWorkloads, assumptionText } from './assumed-workloads.ts';
import type { Surroundings } from './command.ts';
import type { Configuration } from './config.ts';
import { loadConfiguration } from './config-file.ts';
import { ClusterError, stage, UsageError } from './errors.ts';
import { clusterFlags } from './flags.ts';
import { joinDocuments, type PathFlags, readInputs } from './inputs.ts';
import { catalogue } from './rule-ids.ts';
import { interruptible } from './standard-input.ts';

/** The flags that decide what is read. */
export interface InputFlags extends PathFlags {
  readonly filename?: readonly string[] | undefined;
  readonly namespace?: string | undefined;
  readonly complete: boolean;
  readonly 'istio-namespace': string;
  readonly 'istio-version'?: string | undefined;
}

/** Everything that was read, and what istiod makes of it. */
export interface Session {
  readonly inputs: readonly string[];
  readonly documents: FileDocuments;
  readonly configuration: Configuration;
  readonly view: ClusterView;
  readonly configs: readonly EnvoyConfig[];
  /** What was taken for granted, one sentence each. */
  readonly assumptions: readonly string[];
  /** Tells the objects of the input from those of --with; null when there is no background. */
  readonly isInput: ((resource: AnyResource) => boolean) | null;
}

/** The Istio whose control plane is mirrored. */
export const ISTIO_VERSION = '1.30';

function noteVersion(version: string | null, { output }: Surroundings): void {
  if (version === null || version === ISTIO_VERSION || version.startsWith(`${ISTIO_VERSION}.`)) return;
  output.note(
    `note: predictions are those of Istio ${ISTIO_VERSION}; what ${version} does differently is not known to this version`,
  );
}

const meshAssumption = (flags: InputFlags): string =>
  `the mesh configuration (key mesh of ConfigMap ${flags['istio-namespace']}/istio) is no YAML, so Istio's defaults are assumed`;

/** Istio's own objects, and those of Kubernetes that istiod compiles. */
const holdsIstio = (view: ClusterView): boolean =>
  [...view.others.values()].some((of) =>
    of.some(({ id }) => /\bistio\.io\/|^gateway\.networking\./.test(id.apiVersion)),
  );

/** Reads the YAML of these paths and compiles it. */
export async function openFiles(paths: readonly string[], flags: InputFlags, around: Surroundings): Promise<Session> {
  const { cwd, output } = around;
  const configuration = await stage('reading .tlsgw.yaml', () =>
    loadConfiguration(
      paths,
      cwd,
      catalogue.map((rule) => rule.id),
    ),
  );
  noteVersion(flags['istio-version'] ?? configuration.istioVersion, around);
  const { documents, background } = await stage('reading', () => interruptible(() => readInputs(paths, flags, cwd)));
  for (const note of documents.notes) output.note(`note: ${note}`);
  let meshUnreadable = false;
  const decoded = await stage('decoding', () =>
    buildView(documents.documents, {
      source: 'files',
      complete: flags.complete,
      defaultNamespace: flags.namespace ?? 'default',
      istioNamespace: flags['istio-namespace'],
      parseMesh: (text) => {
        try {
          return parseValue(text);
        } catch {
          meshUnreadable = true;
          return {};
        }
      },
      workloads: configuration.workloads,
    }),
  );
  const assumed = decoded.workloads.length === 0 ? assumedWorkloads(decoded.gateways) : [];
  const view = assumed.length === 0 ? decoded : { ...decoded, workloads: assumed };
  const configs = await stage('compiling', () => compile(view));
  const assumptions = [
    ...(assumed.length === 0 ? [] : [assumptionText(assumed)]),
    ...(meshUnreadable ? [meshAssumption(flags)] : []),
  ];
  for (const assumption of assumptions) output.note(`note: ${assumption}`);
  if (documents.problems.length === 0 && !holdsIstio(view)) output.note('note: the input holds no Istio object');
  const isInput = background === null ? null : (resource: AnyResource) => !background.has(resource.origin);
  const inputs = [...paths, ...(flags.kustomize ?? [])];
  return { inputs, documents, configuration, view, configs, assumptions, isInput };
}

/** The flags that say something about a cluster when they are given. */
const clusterFlagNames = Object.keys(clusterFlags).filter(
  (name) => name !== 'request-timeout' && name !== 'all-namespaces',
);

/** Reads files where -f names some, and the cluster otherwise. */
export async function openSession(
  flags: InputFlags & Readonly<Record<string, unknown>>,
  around: Surroundings,
  command: string,
): Promise<Session> {
  const paths = flags.filename ?? [];
  if (paths.length > 0 || (flags.kustomize ?? []).length > 0) {
    const stray = clusterFlagNames.find((name) => flags[name] !== undefined && flags[name] !== false);
    if (stray !== undefined) {
      throw new UsageError(`--${stray} is about a cluster, and -f reads files: give one of them`);
    }
    return openFiles(paths, flags, around);
  }
  throw new ClusterError(
    `reading a cluster comes with the next version; give the YAML with -f: kubectl tlsgw ${command} -f DIRECTORY`,
  );
}

/** One session for all paths, or with --each one per path. */
export async function openEach(
  paths: readonly string[],
  flags: InputFlags & { readonly each: boolean },
  around: Surroundings,
): Promise<Session[]> {
  if (!flags.each) return [await openFiles(paths, flags, around)];
  const alone = { ...flags, kustomize: undefined };
  const sessions: Session[] = [];
  for (const path of paths) sessions.push(await openFiles([path], alone, around));
  for (const directory of flags.kustomize ?? []) {
    sessions.push(await openFiles([], { ...flags, kustomize: [directory] }, around));
  }
  return sessions;
}

/** What a report of several sessions needs of them: what was read, what could not be, and the first configuration. */
export function mergeSessions(sessions: readonly Session[]): Session {
  const [first, ...rest] = sessions;
  return {
    ...first!,
    inputs: sessions.flatMap((s) => s.inputs),
    documents: rest.reduce((sum, next) => joinDocuments(sum, next.documents), first!.documents),
  };
}
