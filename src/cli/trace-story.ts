import { handshake } from '../envoy/handshake.ts';
import { findChain } from '../envoy/match.ts';
import type { Entry } from '../istio/entry.ts';
import type { EnvoyConfig, FilterChain, Route } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import { type Place, resourceText } from '../model/resource.ts';
import { secretBytes } from '../model/secret.ts';
import type { Call, Trace } from '../model/trace.ts';
import { workloadText } from '../model/workload.ts';
import { writtenPath, writtenText } from '../model/written-path.ts';
import type { Step } from '../render/trace-text.ts';
import { readChain } from '../x509/bundle.ts';
import { coverageOf } from '../x509/names.ts';
import { validityAt } from '../x509/validity.ts';
import type { Session } from './session.ts';
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
}

const placed = (place: Place): Step['places'][number] => ({
  text: `${resourceText(place.resource.id)}${place.path.length > 0 ? ` ${writtenText(place.resource, place.path)}` : ''}`,
  location: place.resource.origin.locate(writtenPath(place.resource, place.path)),
});

const step = (title: string, text: string, ...places: readonly Place[]): Step => ({
  title,
  text,
  places: places.map(placed),
});

/** Follows one call through one workload and tells it step by step. */
export function tellTrace(question: Question, config: EnvoyConfig, session: Session, now: Date): Told {
  const { entry, call, result } = follow(question.call, question.clientPort, config, session, now);
  const steps: Step[] = [];
  if (entry) steps.push(entryStep(entry, question, config));
  steps.push(...stepsOf(result, question, config, now));
  const ended = clientWords(result, question, handshakeOf(result, question.call, config, now));
  const shown =
    result.chain && result.outcome === 'response'
      ? refusedCertificate(result.chain.chain, question, config, now)
      : null;
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

/** Nothing is left to explain when the backend, or a redirect that was asked for, answers. */
const works = ({ outcome, status, weighted }: Trace): boolean =>
  (outcome === 'forwarded' || (outcome === 'response' && (status ?? 0) < 400)) &&
  !(weighted ?? []).some((w) => w.missing);

/** Why a client that checks dates and names refuses what it is shown, or null; several certificates leave it open. */
function refusedCertificate(chain: FilterChain, question: Question, config: EnvoyConfig, now: Date): string | null {
  const leaves = question.call.tls ? (chain.tls?.certificates ?? []).flatMap((name) => leafOf(name, config) ?? []) : [];
  const [leaf] = leaves;
  if (!leaf || leaves.length > 1) return null;
  const judged = acceptance(leaf, question.name, now);
  return judged.accepted ? null : judged.words;
}

/** The leaf that istiod delivers under an SDS name, where it can be read. */
function leafOf(name: string, config: EnvoyConfig): Leaf | null {
  const payload = config.secrets.find((s) => s.name === name)?.payload;
  if (payload?.kind !== 'certificate') return null;
  const read = readChain(secretBytes(payload.from, payload.certKey) ?? new Uint8Array());
  return read.kind === 'chain' ? read.certificates[0] : null;
}

type Leaf = Extract<ReturnType<typeof readChain>, { kind: 'chain' }>['certificates'][0];

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
      return step('service', `no Service of ${workloadText(config.workload)} has port ${clientPort}`, ...places);
    }
  }
}

function stepsOf(result: Trace, question: Question, config: EnvoyConfig, now: Date): Step[] {
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
  if (chain.tls && call.tls) steps.push(...certificateSteps(chain, question, config, now));
  if (result.virtualHost) {
    const { host } = result.virtualHost;
    const redirect = host.requireTls ? ', which sends plain HTTP to https (httpsRedirect)' : '';
    steps.push(step('virtual host', `${host.name}${redirect}`));
  } else if (chain.target.kind === 'http' && result.outcome === 'response' && result.status === 404) {
    steps.push(step('virtual host', `none of route configuration ${chain.target.route} has the host ${call.host}`));
  }
  if (result.route) steps.push(step('route', routeText(result.route.route), rulePlace(result.route.route.origin)));
  else if (result.virtualHost && result.status === 404)
    steps.push(step('route', `none fits ${call.method} ${call.path}`));
  return [...steps, ...clusterSteps(result)];
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

function certificateSteps(chain: FilterChain, question: Question, config: EnvoyConfig, now: Date): Step[] {
  return (chain.tls?.certificates ?? []).map((name) => {
    const entry = config.secrets.find((s) => s.name === name);
    if (!entry) return step('certificate', `${name}: not from a Secret, so it cannot be seen here`);
    if (entry.payload.kind !== 'certificate') return step('certificate', `${name} is not delivered by istiod`);
    const { from, certKey } = entry.payload;
    const refused = entry.payload.judge(now).refused;
    const place: Place = { resource: from, path: ['data', certKey] };
    if (refused !== null) return step('certificate', `${name}: Envoy refuses it: ${refused}`, place);
    const leaf = leafOf(name, config);
    if (leaf === null) return step('certificate', `${name}: cannot be read`, place);
    const judged = acceptance(leaf, question.name, now);
    return step('certificate', `${name}: ${judged.text}${judged.words === '' ? '' : `: ${judged.words}`}`, place);
  });
}

interface Acceptance {
  readonly accepted: boolean;
  readonly text: string;
  /** The client's own words; '' when it has none. */
  readonly words: string;
}

/** Will a client that checks names and dates take the certificate? Trust in the issuer is the client's own. */
function acceptance(leaf: Leaf, name: string, now: Date): Acceptance {
  const refused = (text: string, words: string): Acceptance => ({ accepted: false, text, words });
  const validity = validityAt(leaf, now);
  if (validity === 'expired') {
    return refused(
      `expired on ${leaf.notAfter.toISOString()}`,
      'curl: (60) SSL certificate problem: certificate has expired',
    );
  }
  if (validity === 'not-yet-valid') {
    return refused(
      `valid from ${leaf.notBefore.toISOString()}`,
      'curl: (60) SSL certificate problem: certificate is not yet valid',
    );
  }
  const coverage = coverageOf(leaf, name);
  switch (coverage.kind) {
    case 'covered':
      return { accepted: true, text: `good for ${name}, for clients that trust its issuer`, words: '' };
    case 'common-name-only':
      return {
        accepted: true,
        text: `has no subject alternative name, only the common name ${coverage.commonName}`,
        words: 'curl and Node accept it, browsers and Go refuse',
      };
    default:
      return refused(
        `not for ${name} (it names ${leaf.dnsNames.join(', ') || 'nobody'})`,
        `curl: (60) SSL: no alternative certificate subject name matches target host name '${name}'`,
      );
  }
}

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
