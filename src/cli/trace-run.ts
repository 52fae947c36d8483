import { hostForMatching } from '../envoy/match.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Trace } from '../model/trace.ts';
import { workloadText } from '../model/workload.ts';
import { callsJunit, callsText, type JudgedCall } from '../render/trace-calls.ts';
import { traceJson } from '../render/trace-json.ts';
import { type TraceStory, traceText } from '../render/trace-text.ts';
import type { InternalError } from '../rules/run.ts';
import { readTextFile } from '../sources/text-file.ts';
import { parseStrictly } from '../sources/yaml.ts';
import { authorities } from './call-fields.ts';
import { readAuthorities } from './client-authorities.ts';
import type { Surroundings } from './command.ts';
import { type ExitCode, InputError, UsageError } from './errors.ts';
import { scopeOf } from './host-scope.ts';
import { judgeSession } from './judging.ts';
import { complainOfBugs } from './problems.ts';
import { destinationOf, gatewaysAt } from './resolve.ts';
import type { Session } from './session.ts';
import { crashText, dataText, undecidedNotes } from './tables.ts';
import { type Expectation, type PlannedCall, readCalls } from './trace-calls.ts';
import { explaining, openSecrets } from './trace-findings.ts';
import { follow } from './trace-follow.ts';
import { type CallFlags, requestOf, token } from './trace-request.ts';
import { tellTrace } from './trace-story.ts';
import { portOf, shownUrl } from './url.ts';
import { chooseWorkloads } from './workload-choice.ts';

/** The flags of `trace`. */
export interface TraceFlags extends CallFlags {
  readonly output: 'text' | 'json' | 'yaml' | 'junit';
  readonly workload?: string | undefined;
  readonly calls?: string | undefined;
  readonly filename?: readonly string[] | undefined;
}

const requestFlags = [
  'request',
  'header',
  'sni',
  'cert',
  'cacert',
  'resolve',
  'port',
  'http1.1',
  'http2',
  'tls-max',
] as const;

/** How a calls file says the same. */
const inCalls: Readonly<Partial<Record<(typeof requestFlags)[number], string>>> = {
  request: '- {url: "https://shop.example.com/", method: POST}',
  header: '- {url: "https://shop.example.com/", headers: {x-user: a}}',
  sni: '- {url: "https://shop.example.com/", tls: {sni: other.example.com}}',
  cert: '- {url: "https://shop.example.com/", tls: {clientCert: trusted}}',
  port: '- {port: 8443, host: shop.example.com, tls: {sni: shop.example.com}}',
  'http1.1': '- {url: "https://shop.example.com/", tls: {alpn: [http/1.1]}}',
  'tls-max': '- {url: "https://shop.example.com/", tls: {maxVersion: "1.2"}}',
};

/** Refuses what cannot be traced before anything is read. */
export function checkTraceArguments(url: string | undefined, flags: TraceFlags): void {
  if (url === undefined && flags.calls === undefined) {
    throw new UsageError(
      'trace wants a URL, or a file of calls',
      'kubectl tlsgw trace https://shop.example.com/ -f gateways/',
    );
  }
  if (url !== undefined && flags.calls !== undefined) throw new UsageError('give a URL or --calls, not both');
  if (flags.output === 'junit' && flags.calls === undefined) throw new UsageError('-o junit is for --calls');
  if (flags.calls !== undefined) {
    const stray = requestFlags.find((name) => flags[name] !== undefined && flags[name] !== false);
    if (stray !== undefined)
      throw new UsageError(
        `--${stray} is about the request of a URL, and --calls has its own in the file`,
        inCalls[stray] ?? '',
      );
  }
  if (flags.request !== undefined && !token.test(flags.request))
    throw new UsageError(`-X wants a method, not ${JSON.stringify(flags.request)}`, '-X POST');
  if (flags.cert !== undefined && !authorities.includes(flags.cert))
    throw new UsageError(
      `--cert says who signed the client certificate (${authorities.join(', ')}), not ${JSON.stringify(flags.cert)}: files are not read`,
      '--cert trusted',
    );
  const fromInput = [flags.calls, flags.cacert, ...(flags.filename ?? [])].filter((path) => path === '-');
  if (fromInput.length > 1)
    throw new UsageError('standard input (-) can be read for one thing only: give the others as files');
  if (flags.port !== undefined && flags.resolve !== undefined)
    throw new UsageError('--port names a port of the pod itself, and --resolve an address before it: give one of them');
}

/** Traces one URL or a file of calls; returns the exit code. */
export async function runTrace(
  url: string | undefined,
  flags: TraceFlags,
  session: Session,
  around: Surroundings,
): Promise<ExitCode> {
  const configs = chooseWorkloads(session.configs, flags.workload);
  if (configs.length === 0)
    throw new InputError('the input holds no Gateway and no gateway pod', 'Nothing can be traced.');
  const crashed = configs.find((config) => config.crash !== null);
  if (crashed) {
    around.output.complaint(crashText(crashed, crashed.crash!, 'trace'));
    return 1;
  }
  for (const config of configs) undecidedNotes(config.undecided, around.output);
  if (flags.calls !== undefined) return traceCalls(flags.calls, flags, configs, session, around);
  const { stories, internalErrors } = await tellUrl(url!, flags, configs, session);
  if (flags.output === 'text') await around.output.result(stories.map(traceText).join('\n'));
  else {
    const results = stories.map((s) => ({
      workload: s.workload,
      ...traceJson(s.result),
      client: s.conclusion,
      steps: s.steps,
      explained: s.explained,
    }));
    await around.output.result(dataText(results, flags.output === 'yaml' ? 'yaml' : 'json'));
  }
  complainOfBugs(internalErrors, around.output);
  return internalErrors.length > 0 ? 70 : 0;
}

/** One URL at these workloads, before any finding is known. */
function tell(url: string, flags: CallFlags, configs: readonly EnvoyConfig[], session: Session) {
  const { call, url: parsed } = requestOf(url, flags);
  const now = flags.now ?? new Date();
  const authorities = flags.cacert === undefined ? null : readAuthorities(flags.cacert);
  // Clients check for the name that they connect to, whatever they write into the Host header.
  const name = call.tls?.sni ?? parsed.hostname;
  const title = `${call.method} ${shownUrl(url)}`;
  const clientPort = flags.port === undefined ? portOf(parsed) : null;
  const question = { title, call, clientPort, name, authorities };
  const resolves = flags.resolve ?? [];
  const told = gatewaysAt(resolves, parsed, configs, session).map((config) => {
    const to = destinationOf(resolves, parsed, config, session);
    return { story: tellTrace(question, to, config, session, now), isHere: to.elsewhere === null };
  });
  return { told, name, host: hostForMatching(call.host ?? ''), now };
}

/** What Envoy makes of one URL at each of these workloads. */
export const resultsOf = (
  url: string,
  flags: CallFlags,
  configs: readonly EnvoyConfig[],
  session: Session,
): readonly Trace[] => tell(url, flags, configs, session).told.map(({ story }) => story.result);

/** The stories of one URL at these workloads, each with the findings that touch its host; and the rules that threw. */
export async function tellUrl(
  url: string,
  flags: CallFlags,
  configs: readonly EnvoyConfig[],
  session: Session,
): Promise<{ readonly stories: readonly TraceStory[]; readonly internalErrors: readonly InternalError[] }> {
  const { told, name, host, now } = tell(url, flags, configs, session);
  const scope = scopeOf([name, host], session).inScope;
  const { report, internalErrors } = await judgeSession(session, { now }, { scope });
  const stories = told.map(({ story, isHere }) => {
    const open = openSecrets(report.undecided, story);
    return {
      ...story,
      conclusion:
        open.length === 0 ? story.conclusion : `${story.conclusion}; unless the cluster has what the input lacks`,
      explained: isHere ? explaining(report.findings, open, story, name) : [],
    };
  });
  return { stories, internalErrors };
}

/** Prints what happens to a plain GET of each host or URL, after a report about it. */
export async function printHostTraces(
  urls: readonly string[],
  session: Session,
  now: Date | undefined,
  { output }: Surroundings,
): Promise<void> {
  const configs = session.configs.filter((config) => config.crash === null);
  for (const url of urls.filter((text) => !text.includes('*'))) {
    const { stories } = await tellUrl(url, { now }, configs, session);
    // The report above says already what is wrong.
    for (const story of stories) await output.result(`\n${traceText({ ...story, explained: [] })}`);
  }
}

async function traceCalls(
  file: string,
  flags: TraceFlags,
  configs: readonly EnvoyConfig[],
  session: Session,
  { output }: Surroundings,
): Promise<ExitCode> {
  if (configs.length > 1) {
    const names = configs.map((c) => workloadText(c.workload)).join(', ');
    throw new UsageError('--calls is about one gateway, and the input holds several', `--workload one of ${names}`);
  }
  const [config] = configs;
  const now = flags.now ?? new Date();
  const judged = readCalls(textOf(file), file, parseStrictly).map((planned): JudgedCall => {
    const result = resultOf(planned, config!, session, now);
    return { title: planned.title, result, failures: planned.expect ? failuresOf(planned.expect, result) : null };
  });
  if (flags.output === 'text') await output.result(callsText(judged));
  else if (flags.output === 'junit') await output.result(callsJunit(judged, file));
  else {
    const results = judged.map((j) => ({ ...traceJson(j.result), ...(j.failures ? { failures: j.failures } : {}) }));
    await output.result(dataText(results, flags.output));
  }
  return judged.some((j) => (j.failures ?? []).length > 0) ? 1 : 0;
}

function textOf(file: string): string {
  const read = readTextFile(file);
  if ('text' in read) return read.text;
  throw new InputError(`${file}: ${read.problem}`, 'A calls file is a YAML list of requests');
}

function resultOf({ url, call }: PlannedCall, config: EnvoyConfig, session: Session, now: Date): Trace {
  return follow(call, url === null ? null : portOf(url), { services: [], elsewhere: null }, config, session, now)
    .result;
}

/** Every expectation that does not hold, in words. */
function failuresOf(expect: Expectation, result: Trace): string[] {
  const got: Readonly<Record<string, unknown>> = traceJson(result);
  return Object.entries(expect).flatMap(([field, wanted]) => {
    const value = got[field];
    if (field === 'virtualService' ? namesVirtualService(String(wanted), value) : value === wanted) return [];
    return [
      `${field}: expected ${JSON.stringify(wanted)}, got ${value === undefined ? 'none' : JSON.stringify(value)}`,
    ];
  });
}

function namesVirtualService(wanted: string, config: unknown): boolean {
  const found = /^\/apis\/.*\/namespaces\/([^/]*)\/virtual-service\/(.*)$/.exec(String(config ?? ''));
  if (!found) return false;
  const [whole, namespace, name] = found;
  return [whole, name, `${namespace}/${name}`, `${name}.${namespace}`].includes(wanted);
}
