import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Attempt, Dialled } from '../probe/dial.ts';
import { type ProbeStory, probeText } from '../render/probe-text.ts';
import { readCertificate } from '../x509/certificate.ts';
import { coverageOf } from '../x509/names.ts';
import type { Surroundings } from './command.ts';
import { type ExitCode, InputError, UsageError } from './errors.ts';
import { compare, type Prediction, predictionOf } from './probe-compare.ts';
import { type ClientFiles, clientFiles } from './probe-files.ts';
import type { Session } from './session.ts';
import { interruptible } from './standard-input.ts';
import { dataText } from './tables.ts';
import { resultsOf } from './trace-run.ts';
import { parseUrl, portOf, shownUrl, sniOf } from './url.ts';

/** The flags of `probe`. */
export interface ProbeFlags {
  readonly output: 'text' | 'json' | 'yaml';
  readonly all: boolean;
  readonly 'connect-to'?: string | undefined;
  readonly sni?: string | undefined;
  readonly http: boolean;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly cacert?: string | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
  readonly now?: Date | undefined;
}

/** For each connection. */
const TIMEOUT_MS = 5000;

/** Connections at the same time: enough to be quick, too few to look like an attack. */
const CONCURRENT = 4;

interface Target {
  readonly title: string;
  readonly url: URL;
}

/** Refuses what cannot be probed before anything is read. */
export function checkProbeArguments(urls: readonly string[], flags: ProbeFlags): void {
  if (urls.length > 0 && flags.all) throw new UsageError('give URLs or --all, not both');
  if (urls.length === 0 && !flags.all)
    throw new UsageError('probe wants a URL, or --all', 'kubectl tlsgw probe https://shop.example.com/');
  for (const text of urls) {
    if (parseUrl(text, 'probe', UsageError).hostname.includes('*'))
      throw new UsageError(`probe: ${JSON.stringify(shownUrl(text))} has a *, and clients ask for one host`);
  }
  if (flags['connect-to'] !== undefined) addressOf(flags['connect-to'], new URL('https://localhost/'));
  if ((flags.cert === undefined) !== (flags.key === undefined))
    throw new UsageError('--cert and --key belong together');
}

/** The URLs to probe: those given, or with --all every host that a Gateway in scope terminates or passes on. */
function probeTargets(urls: readonly string[], flags: ProbeFlags, session: Session | null): Target[] {
  if (!flags.all) {
    return urls.map((text) => ({ title: shownUrl(text), url: parseUrl(text, 'probe', UsageError) }));
  }
  const servers = (session?.view.gateways ?? []).flatMap((gateway) => gateway.spec.servers ?? []);
  const found = servers.flatMap((server) => {
    const scheme = server.tls && !server.tls.httpsRedirect ? 'https' : 'http';
    const hosts = (server.hosts ?? []).map((h) => h.slice(h.indexOf('/') + 1)).filter((h) => !h.includes('*'));
    return hosts.map((host) => `${scheme}://${host}:${server.port?.number ?? 443}/`);
  });
  // One host that is no name must not keep the others from being probed; rule invalid-host reports it.
  return [...new Set(found)]
    .filter((text) => URL.canParse(text))
    .map((text) => ({ title: text, url: parseUrl(text, 'probe') }));
}

/** What is offered to one target, one after another: TLS 1.3 and 1.2, each as the flags say. */
function attemptsFor(url: URL, flags: ProbeFlags, files: ClientFiles): Attempt[] {
  const [host, port] = addressOf(flags['connect-to'], url);
  if (url.protocol === 'http:')
    return [{ host, port, tls: null, request: requestFor(url), timeout: flags.timeout ?? TIMEOUT_MS }];
  const servername = flags.sni ?? sniOf(url) ?? '';
  return (['TLSv1.3', 'TLSv1.2'] as const).map((maxVersion) => ({
    host,
    port,
    tls: { servername, alpn: flags.http ? ['http/1.1'] : ['h2', 'http/1.1'], maxVersion, ...files },
    request: flags.http ? requestFor(url) : null,
    timeout: flags.timeout ?? TIMEOUT_MS,
  }));
}

/** One request; the connection is closed after it. */
const requestFor = (url: URL): string =>
  [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    'user-agent: kubectl-tlsgw',
    'connection: close',
    '',
    '',
  ].join('\r\n');

function addressOf(connectTo: string | undefined, url: URL): [string, number] {
  const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1');
  if (connectTo === undefined) return [bare(url.hostname), portOf(url)];
  const colon = connectTo.lastIndexOf(':');
  const port = Number(connectTo.slice(colon + 1));
  if (colon <= 0 || !/^\d+$/.test(connectTo.slice(colon + 1)) || port > 65535)
    throw new UsageError('--connect-to wants HOST:PORT, with a port up to 65535', '--connect-to 10.0.0.7:443');
  return [bare(connectTo.slice(0, colon)), port];
}

/** Connects, compares with the prediction, and says how they agree; returns 1 when reality differs or fails. */
export async function runProbe(
  urls: readonly string[],
  flags: ProbeFlags,
  session: Session | null,
  around: Surroundings,
): Promise<ExitCode> {
  const targets = probeTargets(urls, flags, session);
  if (targets.length === 0)
    throw new InputError('no Gateway in scope names a host that could be probed', 'Hosts with * cannot.');
  if (flags.all) around.output.note(`note: probing ${targets.map((t) => t.title).join(' ')}`);
  const files = await clientFiles(flags);
  const stories = await interruptible(() => inParallel(targets, (target) => probeOne(target, flags, files, session)));
  if (flags.output === 'text') await around.output.result(stories.map(probeText).join('\n'));
  else await around.output.result(dataText(stories.map(storyJson), flags.output));
  return stories.some((story) => !story.good) ? 1 : 0;
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENT, items.length) }, worker));
  return results;
}

async function probeOne(
  target: Target,
  flags: ProbeFlags,
  files: ClientFiles,
  session: Session | null,
): Promise<ProbeStory> {
  const { dial } = await import('../probe/dial.ts');
  const { url } = target;
  const now = flags.now ?? new Date();
  const attempts: (ProbeStory['attempts'][number] & { readonly dialled: Dialled })[] = [];
  for (const attempt of attemptsFor(url, flags, files)) {
    const dialled = await dial(attempt);
    const name = attempt.tls?.servername || url.hostname;
    attempts.push({
      offers: attempt.tls?.maxVersion ?? 'plain text',
      dialled,
      certificate: judgeShown(dialled, name, now),
    });
  }
  const predictions = session === null ? [] : predicted(target, flags, session);
  const verdict =
    predictions.length === 0 ? null : compare(predictions, attempts, flags.http || url.protocol === 'http:');
  const works =
    attempts.some((a) => a.dialled.outcome === 'connected') &&
    attempts.every((a) => a.certificate.problems.length === 0);
  return { title: target.title, attempts, verdict, good: verdict === null ? works : verdict.agrees };
}

function predicted(target: Target, flags: ProbeFlags, session: Session): Prediction[] {
  const configs: EnvoyConfig[] = session.configs.filter((c) => c.crash === null);
  const call = {
    'http1.1': flags.http,
    now: flags.now,
    ...(flags.sni === undefined ? {} : { sni: flags.sni }),
    ...(flags.cert === undefined ? {} : { cert: 'trusted' }),
  };
  return resultsOf(target.url.href, call, configs, session).map((result, i) => predictionOf(result, configs[i]!));
}

/** Node accepts certificates with a common name only, so names are checked here, as browsers do. */
function judgeShown(
  { certificate, trust }: Dialled,
  name: string,
  now: Date,
): ProbeStory['attempts'][number]['certificate'] {
  if (certificate === null) return { text: '', problems: [] };
  const problems: string[] = [];
  const read = readCertificate(certificate.der);
  const coverage = read === null ? null : coverageOf(read, name);
  if (coverage?.kind === 'common-name-only')
    problems.push('no subject alternative name: browsers and Go refuse it, curl and Node accept it');
  else if (coverage !== null && coverage.kind !== 'covered') problems.push(`not for ${name}`);
  if (certificate.notAfter < now) problems.push(`expired on ${certificate.notAfter.toISOString()}`);
  if (certificate.notBefore > now) problems.push(`valid from ${certificate.notBefore.toISOString()}`);
  const names = certificate.names.length === 0 ? 'no names' : certificate.names.join(', ');
  const untrusted =
    trust === '' || trust === 'CERT_HAS_EXPIRED'
      ? ''
      : `; not trusted here (${trust}), --cacert FILE names the authority`;
  return { text: `${certificate.subject} for ${names}, serial ${certificate.serial}${untrusted}`, problems };
}

const storyJson = (story: ProbeStory) => ({
  url: story.title,
  attempts: story.attempts.map(({ offers, dialled, certificate }) => {
    const { certificate: shown, ...rest } = dialled;
    return {
      offers,
      ...rest,
      certificate: shown === null ? null : { ...shown, der: undefined, problems: certificate.problems },
    };
  }),
  prediction: story.verdict,
  good: story.good,
});
