import { hostSubsetOf } from '../../istio/hosts.ts';
import type { ClusterView } from '../../model/cluster-view.ts';
import type { EnvoyConfig, Listener, Route, ServerRef } from '../../model/envoy-config.ts';
import { append, oncePer } from '../../model/once.ts';
import { keyOf } from '../../model/resource.ts';
import { candidatesOf } from './leaves.ts';
import { boundTo } from './routes.ts';
import { clientHosts } from './servers.ts';
import { testedNames } from './tested-hosts.ts';
import { virtualHostsOf } from './virtual-hosts.ts';

/** A server whose HTTPS chain is on a listener, with the names that clients use for it and those of its certificates. */
export interface Site {
  readonly server: ServerRef;
  readonly route: string;
  readonly config: EnvoyConfig;
  /** The hosts of its server as written, wildcards too. */
  readonly own: readonly string[];
  readonly hosts: readonly string[];
  readonly names: readonly string[];
  /** VirtualServices are bound to its Gateway. */
  readonly isRouted: boolean;
}

/** A host of another site that the certificate of `by` covers, so that browsers may send its requests there. */
export interface Strayed {
  readonly by: Site;
  readonly host: string;
  readonly home: Site;
}

/** Sites whose connections are mixed up, directly or through others. */
export interface Mixture {
  /** Of the first site whose certificate reaches too far. */
  readonly strayed: readonly [Strayed, ...Strayed[]];
  readonly sites: number;
}

interface Home {
  readonly host: string;
  readonly home: Site;
}

/** How many hosts of a name are looked at again for each further certificate: they hang together already. */
const AGAIN = 8;
/** Sites with one set of names differ in their own hosts only, so that a few of them speak for all. */
const SPEAKERS = 3;

/**
 * The mixtures of one listener. Near linear: hosts are indexed by the names that can cover them, sites with the same
 * names are one group, and each list of hosts is walked as a whole once.
 */
export function mixturesOf(sites: readonly Site[]): Mixture[] {
  const covered = coveredHosts(sites);
  if (covered.size === 0) return [];
  const groups = new Map<string, Site[]>();
  for (const site of sites) {
    if (site.names.some((name) => covered.has(name)) && !isUnused(site)) append(groups, site.names.join(), site);
  }
  const together = parts<Site>();
  const walked = new Set<string>();
  const reaching = new Set<Site>();
  const reach = (by: Site, home: Site) => {
    together.join(by, home);
    reaching.add(by);
  };
  for (const group of groups.values()) {
    const speakers = group.slice(0, SPEAKERS);
    const within = group[0]!.names.map((name) => {
      const homes = covered.get(name) ?? [];
      const some = homes.slice(0, AGAIN);
      for (const { host, home } of walked.has(name) ? some : homes) {
        const by = speakers.find((site) => strays(site, host, home));
        if (by) reach(by, home);
      }
      walked.add(name);
      return some;
    });
    const near = within.flat();
    for (const site of group) {
      const found = near.find(({ host, home }) => strays(site, host, home));
      if (found) reach(site, found.home);
    }
  }
  const first = new Map<Site, Site>();
  for (const site of sites) if (reaching.has(site) && !first.has(together.of(site))) first.set(together.of(site), site);
  const sizes = new Map<Site, number>();
  for (const site of sites) sizes.set(together.of(site), (sizes.get(together.of(site)) ?? 0) + 1);
  return [...first].flatMap(([part, by]): Mixture[] => {
    const all = by.names.flatMap((name) => covered.get(name) ?? []).filter(({ host, home }) => strays(by, host, home));
    const [one, ...more] = all.map(({ host, home }) => ({ by, host, home }));
    return one ? [{ strayed: [one, ...more], sites: sizes.get(part)! }] : [];
  });
}

/** The hosts that certificates cover, by the name that does, without those that no other site's certificate covers. */
function coveredHosts(sites: readonly Site[]): ReadonlyMap<string, readonly Home[]> {
  const certified = new Map<string, Site | 'several'>();
  for (const site of sites) {
    for (const name of site.names) certified.set(name, certified.has(name) ? 'several' : site);
  }
  const covered = new Map<string, Home[]>();
  for (const home of sites) {
    for (const host of home.hosts) {
      for (const key of keysOf(host)) {
        const by = certified.get(key);
        if (by !== undefined && by !== home) append(covered, key, { host, home });
      }
    }
  }
  return covered;
}

/** Disjoint sets: which things hang together. */
function parts<T>(): { of(item: T): T; join(a: T, b: T): void } {
  const parents = new Map<T, T>();
  const of = (item: T): T => {
    let root = item;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    if (root !== item) parents.set(item, root);
    return root;
  };
  const join = (a: T, b: T): void => {
    const [x, y] = [of(a), of(b)];
    if (x !== y) parents.set(y, x);
  };
  return { of, join };
}

/** True when requests for a host of `home` are answered otherwise on a connection to `by`. */
function strays(by: Site, host: string, home: Site): boolean {
  if (by === home || ownOf(by).hosts.has(host)) return false;
  const here = answerOf(home, host);
  // Where routes are known, a host without any is a 404 on both; of a wildcard nothing else is known.
  if (here === '' && (home.isRouted || host.startsWith('*'))) return false;
  if (!ownOf(by).wildcards.some((wildcard) => hostSubsetOf(host, wildcard))) return true;
  // A wildcard of `by` contains the host: what matters is whether the same routes answer.
  return here !== '' && here !== answerOf(by, host);
}

const ownOf = oncePer(({ own }: Site) => ({
  hosts: new Set(own),
  wildcards: own.filter((host) => host.startsWith('*')),
}));

/** True when nobody stays connected to a site: its certificate fits none of its hosts, or all of them answer 404. */
const isUnused = oncePer((site: Site): boolean => {
  const names = new Set(site.names);
  const fits = (host: string) => keysOf(host).some((key) => names.has(key));
  if (site.hosts.length > 0 && !site.hosts.some(fits)) return true;
  return site.isRouted && site.hosts.every((host) => routesFor(site, host).length === 0);
});

/** The names of certificates that cover a host. */
const keysOf = (host: string): string[] =>
  host.startsWith('*') || !host.includes('.') ? [host] : [host, `*${host.slice(host.indexOf('.'))}`];

const routesByName = oncePer(
  (config: EnvoyConfig) => new Map(config.routes.map((configuration) => [configuration.name, configuration])),
);

function routesFor({ config, route }: Site, name: string): readonly Route[] {
  const configuration = routesByName(config).get(route);
  return (configuration ? virtualHostsOf(configuration).find(name) : null)?.routes ?? [];
}

/** The routes that answer for a host on a connection to a site, '' for a 404. */
const answerOf = (site: Site, name: string): string =>
  routesFor(site, name)
    .map(({ origin }) => `${keyOf(origin.virtualService.id)} ${origin.block} ${origin.index} ${origin.match}`)
    .join();

const dotless = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();

/** Wildcard names that browsers honour stand for one label above two others (RFC 9525). */
const isHonoured = (name: string): boolean =>
  name.startsWith('*.') ? !name.includes('*', 1) && name.includes('.', 2) : !name.includes('*');

/** The sites of a listener: HTTPS chains that end in a route configuration, with what is known of their certificates. */
export function sitesOf(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  config: EnvoyConfig,
  listener: Listener,
): Site[] {
  const sites: Site[] = [];
  for (const { tls, target, servers } of listener.chains) {
    const [server] = servers;
    if (!tls || !server || target.kind !== 'http') continue;
    const names = new Set<string>();
    for (const { verdict, chain } of candidatesOf(configs, config, server) ?? []) {
      if (verdict.kind !== 'accepted') continue;
      for (const name of chain?.[0].dnsNames ?? []) if (isHonoured(name)) names.add(name.toLowerCase());
    }
    sites.push({
      server,
      route: target.route,
      config,
      own: clientHosts(server.server).map(dotless),
      hosts: [...new Set(testedNames(view, config, server).map(dotless))],
      names: [...names].sort(),
      isRouted: boundTo(view, server.gateway).length > 0,
    });
  }
  return sites;
}
