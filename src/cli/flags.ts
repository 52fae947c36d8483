import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type { Format } from '../render/index.ts';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';

const repeatable = { multiple: true, multipleNonGreedy: true } as const;

/** RFC 3339, with a zone: a moment that is the same everywhere. */
const moment = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function parseTime(text: string): Date {
  const time = new Date(text.replace(' ', 'T').toUpperCase());
  if (!moment.test(text) || Number.isNaN(time.getTime())) {
    throw new UsageError(
      `--now wants a time as in RFC 3339, not ${JSON.stringify(text)}`,
      '--now 2026-12-31T00:00:00Z',
    );
  }
  return time;
}

const perDay: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7 };

/** Days of `30d`, `2w` or `12h`. */
function parseDays(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([hdw])$/.exec(text);
  const factor = match?.[2] === undefined ? undefined : perDay[match[2]];
  if (factor === undefined) {
    throw new UsageError(
      `--expiring-within wants days, weeks or hours, not ${JSON.stringify(text)}`,
      '--expiring-within 30d',
    );
  }
  return Number(match?.[1]) * factor;
}

function parseVersion(text: string): string {
  if (/^\d+\.\d+(\.\d+)?$/.test(text)) return text;
  throw new UsageError(`--istio-version wants a version, not ${JSON.stringify(text)}`, '--istio-version 1.30');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new UsageError(`--port wants a number, not ${JSON.stringify(text)}`);
  return port;
}

const listenerTypes = ['HTTP', 'TCP', 'HTTP+TCP', 'UNKNOWN'];

/** In any case, as istioctl takes it; '' is no filter. */
function parseType(text: string): string {
  if (text === '' || listenerTypes.includes(text.toUpperCase())) return text;
  throw new UsageError(
    `--type wants a type of listeners, not ${JSON.stringify(text)}${didYouMean(text, listenerTypes)}`,
    `Known: ${listenerTypes.join(', ')}`,
  );
}

/** What is read. */
export const input = {
  filename: Flags.string({
    ...repeatable,
    char: 'f',
    helpValue: 'PATH',
    description: 'Read this file, directory or glob (- is stdin) instead of a cluster; repeatable',
  }),
  kustomize: Flags.string({
    ...repeatable,
    char: 'k',
    helpValue: 'DIR',
    description: 'Render this directory with kubectl kustomize and read the result; repeatable',
  }),
  recursive: Flags.boolean({
    char: 'R',
    default: true,
    allowNo: true,
    helpLabel: '-R, --recursive',
    description: 'Read directories with all their subdirectories (default; --recursive=false turns it off)',
  }),
  namespace: Flags.string({
    char: 'n',
    helpValue: 'NAMESPACE',
    description:
      'Of a cluster: report only what touches this namespace. With files: the namespace of objects that name none (default: default)',
  }),
  complete: Flags.boolean({
    description: 'The input is everything there is: what is not in it does not exist',
  }),
  'istio-namespace': Flags.string({
    char: 'i',
    default: 'istio-system',
    helpValue: 'NAMESPACE',
    description: 'Where istiod runs and the mesh configuration lies',
  }),
  'istio-version': Flags.custom<string>({
    helpValue: 'VERSION',
    description: 'Version of the control plane; predictions are those of 1.30, and another one is noted',
    parse: async (text) => parseVersion(text),
  })(),
};

/** Where only a cluster is read: the namespace to fall back on, since a snapshot holds all that can be read. */
export const namespaceOfCluster = Flags.string({
  char: 'n',
  helpValue: 'NAMESPACE',
  description: 'The namespace to read where not all may be read',
});

/** Nothing but results and errors. */
export const quiet = { quiet: Flags.boolean({ char: 'q', description: 'No notes on stderr' }) };

/** How it is shown. */
export const display = {
  ...quiet,
  color: Flags.option({
    options: ['auto', 'always', 'never'] as const,
    default: 'auto' as const,
    helpValue: 'auto|always|never',
    description: 'Colours; NO_COLOR and FORCE_COLOR are obeyed, NO_COLOR first',
  })(),
};

/** Every command has it. */
export const help = Flags.boolean({ char: 'h', description: 'Show this help' });

/** The formats of a report. */
export const formats = [
  'text',
  'json',
  'yaml',
  'sarif',
  'junit',
  'github',
  'gitlab',
  'markdown',
] as const satisfies readonly Format[];

/** Which gateway pods a table is about. */
export const workloadArgument = Args.string({
  ignoreStdin: true,
  description: "Gateway in istioctl's form, [<type>/]<name>[.<namespace>]; left out: all of them",
});

/** The formats of one command; the first is the default. */
export const output = <const F extends string>(...formats: readonly [F, ...F[]]) =>
  Flags.option({
    char: 'o',
    options: formats,
    default: formats[0] as F,
    helpValue: formats.join('|'),
    description: 'Output format',
  })();

/** The moment for which certificates are judged. */
export const now = Flags.custom<Date>({
  helpValue: 'TIME',
  description: 'Judge certificates for this moment (RFC 3339) instead of now, for reproducible results',
  parse: async (text) => parseTime(text),
})();

/** What doctor and lint report, and when they fail. */
export const report = {
  'fail-on': Flags.option({
    options: ['error', 'warning', 'info', 'never'] as const,
    helpValue: 'error|warning|info|never',
    description: 'Exit 1 when a finding is at least this severe (default: error)',
  })(),
  rule: Flags.string({ ...repeatable, helpValue: 'ID', description: 'Only this rule; repeatable' }),
  skip: Flags.string({ ...repeatable, helpValue: 'ID', description: 'All rules but this one; repeatable' }),
  'show-info': Flags.boolean({ description: 'List findings of severity info too, not only their number' }),
  now,
  'expiring-within': Flags.custom<number>({
    helpValue: 'TIME',
    description: 'Report certificates that expire within this time, as 30d (default), 2w or 12h',
    parse: async (text) => parseDays(text),
  })(),
};

/** What a report is compared with, and where else it goes. */
export const control = {
  with: Flags.string({
    helpValue: 'FILE',
    description:
      'Background, as a snapshot of the cluster: only findings that involve an object of the input are reported',
  }),
  each: Flags.boolean({ description: 'Judge every PATH by itself: environments side by side' }),
  baseline: Flags.string({ helpValue: 'FILE', description: 'Ignore the findings of this file' }),
  'write-baseline': Flags.string({
    helpValue: 'FILE',
    description: 'Write the findings of this run as a baseline; exit 0',
  }),
  report: Flags.string({
    ...repeatable,
    helpValue: 'FORMAT=FILE',
    description: 'Write the report in this format to this file too; repeatable',
  }),
};

/** What a listener table is narrowed to, as istioctl's flags do. */
export const listenerFilter = {
  port: Flags.custom<number>({
    helpValue: 'PORT',
    description: 'Only listeners on this port',
    parse: async (text) => parsePort(text),
  })(),
  address: Flags.string({ helpValue: 'ADDRESS', description: 'Only listeners with this address' }),
  type: Flags.custom<string>({
    helpValue: 'TYPE',
    description: 'Only listeners of this type: HTTP, TCP, HTTP+TCP or UNKNOWN',
    parse: async (text) => parseType(text),
  })(),
};

/** What a route table is narrowed to, as istioctl's flag does. */
export const routeFilter = {
  name: Flags.string({ helpValue: 'NAME', description: 'Only the route configuration of this name' }),
};

const cluster = { helpGroup: 'cluster' } as const;

/** kubectl's own flags; without --filename they tell which cluster is read. */
export const clusterFlags = {
  'all-namespaces': Flags.boolean({ ...cluster, char: 'A', description: 'Report on all namespaces, as without -n' }),
  context: Flags.string({ ...cluster, helpValue: 'NAME', description: 'Context of the kubeconfig' }),
  kubeconfig: Flags.string({ ...cluster, helpValue: 'FILE', description: 'Path of the kubeconfig' }),
  cluster: Flags.string({ ...cluster, helpValue: 'NAME', description: 'Cluster of the kubeconfig' }),
  user: Flags.string({ ...cluster, helpValue: 'NAME', description: 'User of the kubeconfig' }),
  as: Flags.string({ ...cluster, helpValue: 'USER', description: 'User to impersonate' }),
  'as-group': Flags.string({
    ...cluster,
    ...repeatable,
    helpValue: 'GROUP',
    description: 'Group to impersonate; repeatable',
  }),
  'as-uid': Flags.string({ ...cluster, helpValue: 'UID', description: 'UID to impersonate' }),
  server: Flags.string({ ...cluster, char: 's', helpValue: 'URL', description: 'Address of the API server' }),
  token: Flags.string({ ...cluster, helpValue: 'TOKEN', description: 'Bearer token for the API server' }),
  'client-certificate': Flags.string({ ...cluster, helpValue: 'FILE', description: 'Client certificate' }),
  'client-key': Flags.string({ ...cluster, helpValue: 'FILE', description: 'Client key' }),
  'tls-server-name': Flags.string({
    ...cluster,
    helpValue: 'NAME',
    description: "Name to expect in the server's certificate",
  }),
  'insecure-skip-tls-verify': Flags.boolean({ ...cluster, description: "Do not check the server's certificate" }),
  'certificate-authority': Flags.string({ ...cluster, helpValue: 'FILE', description: 'CA of the API server' }),
  'request-timeout': Flags.string({
    ...cluster,
    default: '15s',
    helpValue: 'TIME',
    description: 'Time limit of one request',
  }),
  v: Flags.string({
    ...cluster,
    char: 'v',
    helpValue: 'LEVEL',
    description: 'Show requests to the API server, as kubectl -v does',
  }),
};
