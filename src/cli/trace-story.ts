import { type Handshake, handshake } from '../envoy/handshake.ts';
import { findChain } from '../envoy/match.ts';
import type { Entry } from '../istio/entry.ts';
import type { EnvoyConfig, FilterChain, Route, TlsContext } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import type { Place } from '../model/resource.ts';
import type { Call, Trace } from '../model/trace.ts';
import { workloadText } from '../model/workload.ts';
import { type Step, stepOf as step } from '../render/trace-text.ts';
import type { Authorities } from './client-authorities.ts';
import type { Destination } from './resolve.ts';
import type { Session } from './session.ts';
import { type Checking, certificateSteps, refusedCertificate } from './trace-certificate.ts';
import type { Told } from './trace-findings.ts';
import { follow } from './trace-follow.ts';
import { clientWords, share } from './trace-words.ts';

/** What is asked: a call whose port is the load balancer's (from a URL), or a listener's. */
export interface Question {
  readonly title: string;
  readonly call: Call;
  /** The port clients use; null: `call.port` is the listener's. */
  readonly clientPort: number | null;
  /** The name the client checks the certificate for. */
  readonly name: string;
  /** What the client trusts; null: not known. */
  readonly authorities: Authorities | null;
}

/** Follows one call through one workload and tells it step by step. */
export function tellTrace(question: Question, to: Destination, config: EnvoyConfig, session: Session, now: Date): Told {
  const { entry, call, result } = follow(question.call, question.clientPort, to, config, session, now);
  const checking: Checking = { name: question.name, authorities: question.authorities, now };
  const steps: Step[] = to.step === null ? [] : [to.step];
  if (entry) steps.push(entryStep(entry, question, config));
  steps.push(...stepsOf(result, question, config, checking));
  const shaken = handshakeOf(result, question.call, config, now);
  const ended = clientWords(result, question, shaken);
  const shown =
    result.chain && seesCertificate(shaken) ? refusedCertificate(result.chain.chain, config, checking) : null;
  return {
    title: question.title,
    workload: workloadText(config.workload),
    call,
    steps,
    result,
    conclusion:
      shown === null ? ended : `the client refuses the certificate: ${shown}; one that does not check it: ${ended}`,
    works: shown === null && works(result),
    met: steps.flatMap((s) => s.places.map(({ text }) => text)),
  };
}

/** Clients see the server's certificate before their own is asked for, let alone judged. */
const seesCertificate = (shaken: Handshake | null): boolean =>
  shaken?.kind === 'ok' || (shaken?.kind === 'failed' && shaken.why.startsWith('client-'));

/** Nothing is left to explain when the backend, or a redirect that was asked for, answers. */
const works = ({ outcome, status, weighted }: Trace): boolean =>
  (outcome === 'forwarded' || (outcome === 'response' && (status ?? 0) < 400)) &&
  !(weighted ?? []).some((w) => w.missing);

function handshakeOf(result: Trace, call: Call, config: EnvoyConfig, now: Date) {
  const chain = result.chain?.chain;
  return chain?.tls && call.tls ? handshake(chain, config, call.tls, now) : null;
}

function entryStep(entry: Entry, { clientPort }: Question, config: EnvoyConfig): Step {
  switch (entry.kind) {
    case 'service': {
      const place: Place = { resource: entry.service, path: ['spec', 'ports', entry.index] };
      const to = entry.podPort === null ? 'no container port' : `port ${entry.podPort} of the pod`;
      return step('service', `port ${clientPort} leads to ${to}`, place);
    }
    case 'direct':
      return step(
        'service',
        `no Service of ${workloadText(config.workload)} in the input: port ${clientPort} is taken as the pod's`,
      );
    case 'closed': {
      const places = entry.services.slice(0, 3).map((resource): Place => ({ resource, path: ['spec', 'ports'] }));
      const ports = entry.services.flatMap((s) => (s.spec.ports ?? []).flatMap((p) => p.port ?? []));
      const has = ports.length === 0 ? 'none' : [...new Set(ports)].slice(0, 10).join(', ');
      const text = `no Service of ${workloadText(config.workload)} has port ${clientPort}; ports that clients can use: ${has}`;
      return step('service', text, ...places);
    }
  }
}

function stepsOf(result: Trace, question: Question, config: EnvoyConfig, checking: Checking): Step[] {
  const { call } = question;
  const steps: Step[] = [];
  if (!result.listener)
    return result.details === 'no listener' ? [step('listener', 'nothing listens on this port of the pod')] : [];
  steps.push(step('listener', result.listener.name));
  if (result.outcome === 'refused') return [...steps, step('envoy', `refuses the whole listener: ${result.details}`)];
  if (!result.chain)
    return [...steps, step('filter chain', noChainText(call, result)), ...elsewhere(call, result, config)];
  const { chain } = result.chain;
  steps.push(step('filter chain', chainText(chain, call), ...chainPlaces(chain)));
  // Who finds no common version is shown no certificate.
  const { details } = result;
  const versionless = details === 'UNSUPPORTED_PROTOCOL' || details === 'NO_SUPPORTED_VERSIONS_ENABLED';
  if (chain.tls && call.tls && versionless) steps.push(step('handshake', versionText(chain.tls, call.tls.maxVersion)));
  else if (chain.tls && call.tls) steps.push(...certificateSteps(chain, config, checking));
  else if (call.tls && checking.authorities !== null && result.outcome === 'forwarded')
    steps.push(step('certificate', "is the backend's own, which is not in the input: --cacert judges nothing here"));
  if (result.virtualHost) {
    const { host } = result.virtualHost;
    const redirect = host.requireTls ? ', which sends plain HTTP to https (httpsRedirect)' : '';
    steps.push(step('virtual host', `${host.name}${redirect}`));
  } else if (chain.target.kind === 'http' && result.outcome === 'response' && result.status === 404) {
    const dot = /\.(?::\d+)?$/.test(call.host ?? '')
      ? ', for Envoy another name than the one without the last dot'
      : '';
    steps.push(
      step('virtual host', `none of route configuration ${chain.target.route} has the host ${call.host}${dot}`),
    );
  }
  if (result.route) steps.push(step('route', routeText(result.route.route), rulePlace(result.route.route.origin)));
  else if (result.virtualHost && result.status === 404)
    steps.push(step('route', `none fits ${call.method} ${call.path}`));
  return [...steps, ...clusterSteps(result)];
}

const plainVersion = (version: string): string => version.replace('TLSv', '').replace('_', '.');

/** Envoy's own limits are 1.2 and 1.3 (D19). */
function versionText({ minVersion, maxVersion }: TlsContext, client: string): string {
  const limit = (version: string | null, own: string): string =>
    version === null || version === 'TLS_AUTO' ? own : plainVersion(version);
  return `the client offers TLS up to ${plainVersion(client)}, the server takes ${limit(minVersion, '1.2')} to ${limit(maxVersion, '1.3')}`;
}

function noChainText(call: Call, result: Trace): string {
  const names = (result.listener?.chains ?? []).flatMap((c) => c.serverNames ?? []);
  const shown =
    names.length === 0
      ? ''
      : `; this listener serves ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  if (!call.tls) return `none takes plain text${shown}`;
  return call.tls.sni === null ? `none takes clients without SNI${shown}` : `none for ${call.tls.sni}${shown}`;
}

/** Other ports of the pod that serve the name. */
function elsewhere(call: Call, result: Trace, config: EnvoyConfig): Step[] {
  const sni = call.tls?.sni;
  if (!sni) return [];
  return config.listeners
    .filter((l) => l !== result.listener)
    .flatMap((listener) => {
      const index = findChain(listener, { sni, alpn: call.tls?.alpn ?? [] });
      const chain = index === null ? undefined : listener.chains[index];
      if (!chain || chain.serverNames === null) return [];
      const text = `${chain.serverNames.join(', ')} is served on port ${listener.port} of the pod`;
      return [step('nearest miss', text, ...chainPlaces(chain))];
    });
}

function chainText(chain: FilterChain, call: Call): string {
  const how = chain.tls ? 'ends TLS here' : chain.target.kind === 'http' ? 'plain HTTP' : 'passes bytes on';
  const by =
    chain.serverNames === null ? 'takes every connection' : `SNI ${call.tls?.sni} fits ${chain.serverNames.join(', ')}`;
  return `${by}; ${how}`;
}

const chainPlaces = (chain: FilterChain): Place[] => [
  ...chain.servers.slice(0, 3).map((server) => serverPlace(server)),
  ...(chain.target.kind !== 'http' && chain.target.rule ? [rulePlace(chain.target.rule)] : []),
];

function routeText(route: Route): string {
  const { match } = route;
  const regex = (match['safeRegex'] as { regex?: string } | undefined)?.regex;
  const path =
    match['path'] ??
    (regex === undefined ? `${match['prefix'] ?? match['pathSeparatedPrefix'] ?? ''}*` : `regex ${regex}`);
  const more = match['headers'] || match['queryParameters'] ? ', with conditions' : '';
  return `${path}${more}${route.name === '' ? '' : ` (${route.name})`}`;
}

function clusterSteps(result: Trace): Step[] {
  if (result.redirect !== undefined) return [step('redirect', result.redirect)];
  if (result.weighted) {
    const { weighted } = result;
    return weighted.map((w) =>
      step('cluster', `${share([w], weighted)} ${w.cluster}${w.missing ? ': does not exist' : ''}`),
    );
  }
  if (result.cluster === undefined) return [];
  const missing = result.details === 'cluster_not_found';
  return [
    step(
      'cluster',
      `${result.cluster}${missing ? ': istiod makes no such cluster; no visible Service has this name, port and subset' : ''}`,
    ),
  ];
}
