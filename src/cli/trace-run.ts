import { hostForMatching } from '../envoy/match.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Call, Trace } from '../model/trace.ts';
import { workloadText } from '../model/workload.ts';
import { callsJunit, callsText, type JudgedCall } from '../render/trace-calls.ts';
import { traceJson } from '../render/trace-json.ts';
import { type TraceStory, traceText } from '../render/trace-text.ts';
import { readTextFile } from '../sources/text-file.ts';
import { parseValue } from '../sources/yaml.ts';
import type { Surroundings } from './command.ts';
import { type ExitCode, InputError, UsageError } from './errors.ts';
import { scopeOf } from './host-scope.ts';
import { judgeSession } from './judging.ts';
import type { Session } from './session.ts';
import { dataText } from './tables.ts';
import { type Expectation, type PlannedCall, readCalls, tlsVersion } from './trace-calls.ts';
import { explaining } from './trace-findings.ts';
import { follow } from './trace-follow.ts';
import { tellTrace } from './trace-story.ts';
import { parseUrl, portOf, shownUrl } from './url.ts';
import { chooseWorkloads } from './workload-choice.ts';

/** What a request looks like; named as curl names it. */
export interface CallFlags {
  readonly request: string;
  readonly header?: readonly string[] | undefined;
  readonly sni?: string | undefined;
  readonly cert?: string | undefined;
  readonly port?: number | undefined;
  readonly 'http1.1': boolean;
  readonly 'tls-max'?: string | undefined;
  readonly now?: Date | undefined;
}

/** The flags of `trace`. */
export interface TraceFlags extends CallFlags {
  readonly output: 'text' | 'json' | 'yaml' | 'junit';
  readonly workload?: string | undefined;
  readonly calls?: string | undefined;
}

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
  if (crashed)
    throw new UsageError(`istiod crashes on this input, so ${workloadText(crashed.workload)} has no configuration`);
  if (flags.calls !== undefined) return traceCalls(flags.calls, flags, configs, session, around);
  const stories = await tellUrl(url!, flags, configs, session);
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
  return 0;
}

/** The stories of one URL at these workloads, each with the findings that touch its host. */
export async function tellUrl(
  url: string,
  flags: CallFlags,
  configs: readonly EnvoyConfig[],
  session: Session,
): Promise<TraceStory[]> {
  const { call, url: parsed } = fromUrl(url, flags);
  const now = flags.now ?? new Date();
  const host = hostForMatching(call.host ?? '');
  const name = call.tls?.sni ?? host;
  const { findings } = (await judgeSession(session, { now }, scopeOf([name, host], session).inScope)).report;
  const title = `${call.method} ${shownUrl(url)}`;
  const clientPort = parsed === null ? null : portOf(parsed);
  return configs.map((config) => {
    const story = tellTrace({ title, call, clientPort, name }, config, session, now);
    return { ...story, explained: explaining(findings, story, name) };
  });
}

/** Prints what happens to a plain GET of each host or URL, after a report about it. */
export async function printHostTraces(
  urls: readonly string[],
  session: Session,
  now: Date | undefined,
  { output }: Surroundings,
): Promise<void> {
  const configs = session.configs.filter((config) => config.crash === null);
  for (const url of urls) {
    const stories = await tellUrl(url, { request: 'GET', 'http1.1': false, now }, configs, session);
    // The report above says already what is wrong.
    for (const story of stories) await output.result(`\n${traceText({ ...story, explained: [] })}`);
  }
}

/** A call as curl would make it for this URL. */
function fromUrl(text: string, flags: CallFlags): PlannedCall {
  const url = parseUrl(text, 'trace', UsageError);
  const isTls = url.protocol === 'https:';
  const headers = Object.fromEntries((flags.header ?? []).map(headerOf));
  const host = headers['host'] ?? url.host;
  delete headers['host'];
  const call: Call = {
    address: '0.0.0.0',
    port: flags.port ?? portOf(url),
    tls: isTls
      ? {
          sni: flags.sni === undefined ? (isAddress(url.hostname) ? null : url.hostname) : flags.sni || null,
          alpn: flags['http1.1'] ? ['http/1.1'] : ['h2', 'http/1.1'],
          maxVersion: tlsVersion(flags['tls-max'] ?? '1.3'),
          certificate: flags.cert === undefined ? null : { authority: flags.cert, subjectAltNames: [] },
        }
      : null,
    host,
    path: `${url.pathname}${url.search}`,
    method: flags.request,
    headers,
  };
  return { title: shownUrl(text), url: flags.port === undefined ? url : null, call, expect: null };
}

/** Clients send no SNI for addresses (RFC 6066 section 3). */
const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.startsWith('[');

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon <= 0) throw new UsageError(`-H wants "name: value", not ${JSON.stringify(text)}`);
  return [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()];
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
  const judged = readCalls(textOf(file), file, parseValue).map((planned): JudgedCall => {
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
  return follow(call, url === null ? null : portOf(url), config, session, now).result;
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
