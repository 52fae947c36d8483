import { isIP } from 'node:net';
import { addressesOf, type ServiceAddress, servicesAt } from '../istio/addresses.ts';
import { servicesOf } from '../istio/ports.ts';
import type { Service } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { type Step, stepOf as step } from '../render/trace-text.ts';
import { UsageError } from './errors.ts';
import type { Session } from './session.ts';
import { portOf } from './url.ts';

/** `--resolve HOST:PORT:ADDRESS`: where curl connects for this host and port. */
export interface Resolve {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

const FORM = '--resolve shop.example.com:443:203.0.113.7';

const isEmpty = 'is empty: is the variable of the shell set?';

/** Reads curl's form; what a trace cannot follow is refused by name. */
export function parseResolve(text: string): Resolve {
  const wrong = (because: string): never => {
    throw new UsageError(`--resolve wants HOST:PORT:ADDRESS, not ${JSON.stringify(text)}: ${because}`, FORM);
  };
  if (text.startsWith('+')) wrong('an entry that times out (+) means nothing to a trace; leave the + out');
  if (text.startsWith('-')) wrong('there is no entry that could be removed (-)');
  const [, host = '', port = '', given = ''] =
    /^(\[[^\]]*\]|[^:]*):([^:]*):(.*)$/s.exec(text) ?? wrong('it has three parts, with colons between them');
  if (host === '') wrong(`HOST ${isEmpty}`);
  if (port === '') wrong(`PORT ${isEmpty}`);
  if (given === '') wrong(`ADDRESS ${isEmpty}`);
  if (host.includes('*')) wrong('* (every host) is not taken; name the host of the URL');
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535)
    wrong(`${JSON.stringify(port)} is no port, which is a number from 1 to 65535`);
  if (given.includes(',')) wrong('a trace follows one connection, so give one address');
  const address = given.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 0) wrong(`${JSON.stringify(given)} is no IP address (curl resolves no names here either)`);
  const url = `http://${host}/`;
  if (!URL.canParse(url)) wrong(`${JSON.stringify(host)} is no host`);
  return { host: new URL(url).hostname, port: Number(port), address };
}

/** Where the client connects, as far as `--resolve` says it. */
export interface Destination {
  /** null: nothing to tell. */
  readonly step: Step | null;
  /** The Services that have the address; empty: not known, and every Service of the gateway may be meant. */
  readonly services: readonly Service[];
  /** Why the request does not reach this gateway; null when it does or may. */
  readonly elsewhere: string | null;
}

const ANYWHERE: Destination = { step: null, services: [], elsewhere: null };

const names = (found: readonly { readonly service: Service }[]): string =>
  found.map(({ service }) => resourceText(service.id)).join(', ');

const leadsTo = ({ service }: ServiceAddress, { workload }: EnvoyConfig, { view }: Session): boolean =>
  servicesOf(view, workload).includes(service);

/** The entry for this URL; of several the last one counts, as in curl. */
const resolveFor = (resolves: readonly Resolve[], url: URL): Resolve | undefined =>
  resolves.findLast((r) => r.host === url.hostname && r.port === portOf(url));

/** What `--resolve` means for the way of this URL to one gateway. */
export function destinationOf(
  resolves: readonly Resolve[],
  url: URL,
  config: EnvoyConfig,
  session: Session,
): Destination {
  const [first] = resolves;
  if (first === undefined) return ANYWHERE;
  const own = resolveFor(resolves, url);
  if (own === undefined) {
    const text = `--resolve is about ${first.host}:${first.port}, the URL about ${url.hostname}:${portOf(url)}, so it is not used (nor does curl)`;
    return { ...ANYWHERE, step: step('address', text) };
  }
  const { address, host } = own;
  const found = servicesAt(session.view, address);
  if (found.length === 0) {
    const text = `no Service in the input has ${address}: a node, or a load balancer in front, may have it; followed as if it led to this gateway${balancers(config, session)}`;
    return { ...ANYWHERE, step: step('address', text) };
  }
  const leading = found.filter((a) => leadsTo(a, config, session));
  const used = leading.length > 0 ? leading : found;
  const places = used.map(({ service: resource, path }) => ({ resource, path }));
  if (leading.length > 0) {
    const text = `${host} is taken to ${address}, an address of a Service of this gateway`;
    return { step: step('address', text, ...places), services: leading.map((a) => a.service), elsewhere: null };
  }
  return {
    step: step('address', `${host} is taken to ${address}, which is no address of this gateway`, ...places),
    services: [],
    elsewhere: `${address} is an address of ${names(found)}, which does not lead to this gateway; what answers there is not predicted`,
  };
}

/** Load balancers that are known by name: DNS says whether they have an address. */
function balancers({ workload }: EnvoyConfig, { view }: Session): string {
  const named = servicesOf(view, workload).flatMap((service) =>
    addressesOf(service).filter(({ path }) => path.at(-1) === 'hostname'),
  );
  const [first] = named;
  return first === undefined ? '' : `; ${resourceText(first.service.id)} is reached as ${first.address}, see DNS`;
}

/** Of several gateways those that the address leads to; all when it leads to none, or nowhere that is known. */
export function gatewaysAt(
  resolves: readonly Resolve[],
  url: URL,
  configs: readonly EnvoyConfig[],
  session: Session,
): readonly EnvoyConfig[] {
  const reached = configs.filter((config) => destinationOf(resolves, url, config, session).services.length > 0);
  return reached.length > 0 ? reached : configs;
}
