import { compile } from '../istio/compile.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import { buildView, type ViewOptions } from '../model/decode.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { type AnyResource, resourceText } from '../model/resource.ts';
import type { FileDocuments } from '../sources/files.ts';
import { snapshotIn } from '../sources/snapshot.ts';
import { parseText, parseValue } from '../sources/yaml.ts';
import { assumedWorkloads, assumptionText } from './assumed-workloads.ts';
import type { Surroundings } from './command.ts';
import { type Configuration, noConfiguration } from './config.ts';
import { loadConfiguration } from './config-file.ts';
import { stage, UsageError } from './errors.ts';
import { clusterFlags } from './flags.ts';
import { joinDocuments, type PathFlags, readInputs } from './inputs.ts';
import type { LiveFlags } from './live.ts';
import { didYouMean } from './nearest.ts';
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
  /** Tells what is reported: the objects of the input and not of --with, those of -n; null when everything is. */
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

/** Of them what the compiler needs. */
type CompileFlags = Pick<InputFlags, 'namespace' | 'istio-namespace'>;

const meshAssumption = (flags: CompileFlags): string =>
  `the mesh configuration (key mesh of ConfigMap ${flags['istio-namespace']}/istio) is no YAML, so Istio's defaults are assumed`;

const isGatewayApi = (apiVersion: string): boolean => apiVersion.startsWith('gateway.networking.');

/** Nothing but Gateway API: "no problem found" would be heard as a verdict about it. */
const holdsGatewayApiOnly = (view: ClusterView): boolean =>
  view.gateways.length === 0 &&
  view.virtualServices.length === 0 &&
  [...view.others.values()].some((of) => of.some(({ id }) => isGatewayApi(id.apiVersion)));

/** Istio's own objects, and those of Kubernetes that istiod compiles. */
const holdsIstio = (view: ClusterView): boolean =>
  [...view.others.values()].some((of) =>
    of.some(({ id }) => /\bistio\.io\/|^gateway\.networking\./.test(id.apiVersion)),
  );

const networkingKinds = [
  'Gateway',
  'VirtualService',
  'DestinationRule',
  'ServiceEntry',
  'WorkloadEntry',
  'WorkloadGroup',
  'Sidecar',
  'EnvoyFilter',
  'ProxyConfig',
];

/** Objects that the API server will not know: a misspelt kind must not look like one that was checked. */
const misspelt = (view: ClusterView): string[] =>
  [...view.others].flatMap(([kind, objects]) =>
    networkingKinds.includes(kind)
      ? []
      : objects
          .filter(({ id }) => id.apiVersion.startsWith('networking.istio.io/'))
          .map(
            ({ id }) =>
              `${resourceText(id)} is not judged: Istio has no kind ${kind}${didYouMean(kind, networkingKinds)}`,
          ),
  );

async function configurationFor(
  paths: readonly string[],
  flags: InputFlags,
  around: Surroundings,
): Promise<Configuration> {
  const ids = catalogue.map((rule) => rule.id);
  const configuration = await stage('reading .tlsgw.yaml', () => loadConfiguration(paths, around.cwd, ids));
  noteVersion(flags['istio-version'] ?? configuration.istioVersion, around);
  return configuration;
}

/** A mesh configuration that cannot be read counts as empty, which is said. */
function meshParser(): { readonly parse: (text: string) => unknown; readonly failed: () => boolean } {
  let failed = false;
  const parse = (text: string): unknown => {
    try {
      return parseValue(text);
    } catch {
      failed = true;
      return {};
    }
  };
  return { parse, failed: () => failed };
}

/** What was read, before it means anything. */
interface Read extends Pick<Session, 'inputs' | 'documents' | 'configuration' | 'isInput'> {
  readonly coverage: Pick<ViewOptions, 'source' | 'complete' | 'gaps' | 'access' | 'istiodVersions'>;
}

async function compileSession(read: Read, flags: CompileFlags, { output }: Surroundings): Promise<Session> {
  const { inputs, documents, configuration, isInput, coverage } = read;
  for (const note of documents.notes) output.note(`note: ${note}`);
  const mesh = meshParser();
  const decoded = await stage('decoding', () =>
    buildView(documents.documents, {
      ...coverage,
      defaultNamespace: flags.namespace ?? 'default',
      istioNamespace: flags['istio-namespace'],
      parseMesh: mesh.parse,
      workloads: configuration.workloads,
    }),
  );
  const assumed = decoded.workloads.length === 0 ? assumedWorkloads(decoded.gateways) : [];
  const view = assumed.length === 0 ? decoded : { ...decoded, workloads: assumed };
  const configs = await stage('compiling', () => compile(view));
  const assumptions = [
    ...(assumed.length === 0 ? [] : [assumptionText(assumed)]),
    ...(mesh.failed() ? [meshAssumption(flags)] : []),
  ];
  for (const assumption of assumptions) output.note(`note: ${assumption}`);
  if (documents.problems.length === 0 && !holdsIstio(view)) output.note('note: the input holds no Istio object');
  for (const text of misspelt(view)) output.note(`note: ${text}`);
  if (holdsGatewayApiOnly(view))
    output.note('note: the input has Gateways and routes of the Gateway API only, which are not judged yet');
  return { inputs, documents, configuration, view, configs, assumptions, isInput };
}

/** Reads the YAML of these paths and compiles it. */
async function openFiles(paths: readonly string[], flags: InputFlags, around: Surroundings): Promise<Session> {
  const configuration = await configurationFor(paths, flags, around);
  const { documents, background } = await stage('reading', () =>
    interruptible(() => readInputs(paths, flags, around.cwd)),
  );
  const snapshot = snapshotIn(documents.documents);
  const isInput = background === null ? null : (resource: AnyResource) => !background.has(resource.origin);
  const inputs = [...paths, ...(flags.kustomize ?? [])];
  const coverage = snapshot?.coverage ?? { source: 'files', complete: flags.complete };
  const rest = snapshot === null ? documents : { ...documents, documents: snapshot.documents };
  const istioNamespace = snapshot?.coverage.istioNamespace ?? flags['istio-namespace'];
  const own = { ...flags, 'istio-namespace': istioNamespace };
  return compileSession({ inputs, documents: rest, configuration, isInput, coverage }, own, around);
}

/** Compiles texts that are no files of the user's, each under the name that places shall show. */
export function openTexts(
  texts: readonly { readonly file: string; readonly text: string }[],
  complete: boolean,
  around: Surroundings,
): Promise<Session> {
  const files = texts.map(({ file }) => file);
  const parsed = texts.map(({ file, text }) => ({ ...parseText(text, file), files: [file] }));
  const documents = parsed.map((p): FileDocuments => p).reduce(joinDocuments);
  const read = { inputs: files, documents, configuration: noConfiguration, isInput: null } as const;
  return compileSession(
    { ...read, coverage: { source: 'files', complete } },
    { 'istio-namespace': 'istio-system' },
    around,
  );
}

/** Reads the cluster that kubectl's flags name and compiles it. */
async function openCluster(flags: InputFlags & LiveFlags, around: Surroundings): Promise<Session> {
  const configuration = await configurationFor([], flags, around);
  // Here, since what speaks to a cluster takes a tenth of the time of a small lint to load.
  const { readLive } = await import('./live.ts');
  const live = await stage('reading the cluster', () => readLive(flags, meshParser().parse, around));
  const { namespace } = flags;
  // As in kubectl, -A wins over -n.
  const isInput =
    namespace === undefined || flags['all-namespaces']
      ? null
      : ({ id }: AnyResource) => (id.kind === 'Namespace' ? id.name : id.namespace) === namespace;
  const coverage = { ...live, source: 'cluster', complete: true } as const;
  const { documents } = live;
  const session = await compileSession(
    { inputs: [live.name], documents, configuration, isInput, coverage },
    flags,
    around,
  );
  if (isInput !== null && ![...session.view.others.values()].some((of) => of.some(isInput))) {
    around.output.note(`note: nothing of namespace ${namespace} was read: does it exist?`);
  }
  return session;
}

/** The flags that say something about a cluster when they are given. */
const clusterFlagNames = Object.keys(clusterFlags).filter(
  (name) => name !== 'request-timeout' && name !== 'all-namespaces',
);

/** Reads files where -f names some, and the cluster otherwise. */
export async function openSession(
  flags: InputFlags & LiveFlags & Readonly<Record<string, unknown>>,
  around: Surroundings,
): Promise<Session> {
  const paths = flags.filename ?? [];
  if (paths.length > 0 || (flags.kustomize ?? []).length > 0) {
    const stray = clusterFlagNames.find((name) => flags[name] !== undefined && flags[name] !== false);
    if (stray !== undefined) {
      throw new UsageError(`--${stray} is about a cluster, and -f reads files: give one of them`);
    }
    return openFiles(paths, flags, around);
  }
  return openCluster(flags, around);
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
