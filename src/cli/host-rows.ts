import { splitServerHost } from '../istio/hosts.ts';
import { compare } from '../model/compare.ts';
import type { EnvoyConfig, Route, ServerRef } from '../model/envoy-config.ts';
import type { Finding, Severity, Undecided } from '../model/finding.ts';
import { append } from '../model/once.ts';
import { type AnyResource, keyOf, type ResourceId } from '../model/resource.ts';
import { writtenText } from '../model/written-path.ts';
import { type HostRow, hostsTable, NO_POD } from '../render/certs-table.ts';
import type { Surroundings } from './command.ts';
import { takes } from './host-scope.ts';
import type { Judged } from './judging.ts';
import type { Session } from './session.ts';
import { undecidedNotes } from './tables.ts';

const rank: Readonly<Record<Severity, number>> = { error: 2, warning: 1, info: 0 };

const idKey = ({ kind, namespace, name }: ResourceId): string => `${kind} ${namespace}/${name}`;

/** Findings by what they are about: `Gateway ns/name`, `Gateway ns/name spec.servers[1]`, `Secret ns/name`. */
type Index = ReadonlyMap<string, readonly Finding[]>;

function indexOf(findings: readonly Finding[]): Index {
  const index = new Map<string, Finding[]>();
  for (const finding of findings) {
    // Those about anything but a Secret are not even listed (judgeSession, hidesInfo).
    if (finding.severity === 'info') continue;
    // The winner of a conflict is named as related, and nothing is wrong with it: only the primary place counts.
    const server = /^spec\.servers\[\d+\]/.exec(finding.path)?.[0];
    const key = `${idKey(finding.resource)}${server === undefined ? '' : ` ${server}`}`;
    append(index, key, finding);
  }
  return index;
}

const worst = (findings: readonly Finding[]): Finding | undefined =>
  findings.reduce<Finding | undefined>(
    (a, b) => (a === undefined || rank[b.severity] > rank[a.severity] ? b : a),
    undefined,
  );

/** What one gateway makes of its servers, by server, so that thousands of hosts take no longer than they must. */
interface Facts {
  readonly config: EnvoyConfig;
  readonly http: ReadonlySet<string>;
  readonly secrets: ReadonlyMap<string, readonly AnyResource[]>;
  readonly routes: ReadonlyMap<string, readonly Route[]>;
}

const serverKey = (ref: ServerRef): string => `${keyOf(ref.gateway.id)} ${ref.index}`;

const hostsOf = ({ server }: ServerRef): ReadonlySet<string> =>
  new Set((server.hosts ?? []).map((name) => splitServerHost(name).host));

/** The host of a server in whose row a domain counts: itself, or else the longest wildcard above it. */
function closest(domain: string, hosts: ReadonlySet<string> | undefined): string {
  if (hosts === undefined || hosts.has(domain)) return domain;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const wildcard = `*${domain.slice(dot)}`;
    if (hosts.has(wildcard)) return wildcard;
  }
  return hosts.has('*') ? '*' : domain;
}

function factsOf(config: EnvoyConfig): Facts {
  const chains = config.listeners.flatMap((listener) => listener.chains);
  const http = new Set(chains.flatMap((c) => (c.target.kind === 'http' ? c.servers.map(serverKey) : [])));
  const secrets = new Map<string, AnyResource[]>();
  for (const { payload, usedBy } of config.secrets) {
    if (payload.kind === 'not-delivered') continue;
    for (const { server } of usedBy) append(secrets, serverKey(server), payload.from);
  }
  const routes = new Map<string, Route[]>();
  const listed = new Map(config.servers.map(({ server: ref }) => [serverKey(ref), hostsOf(ref)]));
  for (const virtualHost of config.routes.flatMap((route) => route.virtualHosts)) {
    for (const server of virtualHost.servers) {
      const key = serverKey(server);
      const hosts = new Set(virtualHost.domains.map((domain) => closest(domain, listed.get(key))));
      for (const host of hosts) for (const route of virtualHost.routes) append(routes, `${key} ${host}`, route);
    }
  }
  return { config, http, secrets, routes };
}

const secretsOf = (ref: ServerRef, facts: Facts | null): readonly AnyResource[] =>
  facts?.secrets.get(serverKey(ref)) ?? [];

function concerning(ref: ServerRef, routes: readonly Route[], facts: Facts | null, index: Index): Finding[] {
  const gateway = idKey(ref.gateway.id);
  const virtualServices = routes.map((route) => idKey(route.origin.virtualService.id));
  const secrets = secretsOf(ref, facts).map(({ id }) => idKey(id));
  const keys = new Set([
    gateway,
    `${gateway} ${writtenText(ref.gateway, ['spec', 'servers', ref.index])}`,
    ...secrets,
    ...virtualServices,
  ]);
  return [...keys].flatMap((key) => index.get(key) ?? []);
}

function verdictOf(found: Finding | undefined, open: readonly Undecided[]): Pick<HostRow, 'verdict' | 'because'> {
  if (found !== undefined) return { verdict: found.severity === 'error' ? 'error' : 'warning', because: found.rule };
  const reasons = [...new Set(open.map(({ because }) => because))];
  return { verdict: reasons.length > 0 ? 'undecided' : 'ok', because: reasons.join('; ') };
}

const routesOf = (ref: ServerRef, host: string, facts: Facts | null): readonly Route[] =>
  facts?.routes.get(`${serverKey(ref)} ${host}`) ?? [];

function rowOf(ref: ServerRef, host: string, facts: Facts | null, index: Index, open: readonly Undecided[]): HostRow {
  const { port, tls } = ref.server;
  const names = [tls?.credentialName, ...(tls?.credentialNames ?? []), tls?.serverCertificate];
  const routes = routesOf(ref, host, facts);
  const found = worst(concerning(ref, routes, facts, index));
  return {
    host,
    port: port?.number ?? 0,
    tls: tls === undefined ? '' : (tls.mode ?? (tls.httpsRedirect ? '' : 'PASSTHROUGH')),
    certificate: names.filter((name) => name !== undefined && name !== '').join(','),
    // A server without an HTTP chain has nothing to count.
    routes: facts?.http.has(serverKey(ref)) ? routes.length : null,
    // A Gateway that no known pod serves must not look fine.
    ...(found === undefined && facts === null ? { verdict: 'undecided', because: NO_POD } : verdictOf(found, open)),
  };
}

/** Tells whether the objects behind a row are among those that are reported on (-n, --with). */
function isWanted(ref: ServerRef, host: string, facts: Facts | null, isInput: Session['isInput']): boolean {
  if (isInput === null) return true;
  const behind = routesOf(ref, host, facts).map((route) => route.origin.virtualService);
  return isInput(ref.gateway) || behind.some(isInput) || secretsOf(ref, facts).some(isInput);
}

const placeKey = (resource: AnyResource, server: number | null): string =>
  server === null ? idKey(resource.id) : `${idKey(resource.id)} ${server}`;

/** The questions about an object as a whole, or about a server of a Gateway. */
function questionsByPlace(open: readonly Undecided[], askedAbout: Judged['askedAbout']): Map<string, Undecided[]> {
  const index = new Map<string, Undecided[]>();
  for (const one of open) {
    const keys = (askedAbout.get(one) ?? []).map(({ resource, path: [, field, server] }) =>
      placeKey(resource, field === 'servers' && typeof server === 'number' ? server : null),
    );
    for (const key of new Set(keys)) append(index, key, one);
  }
  return index;
}

/** The questions of the compiler about each workload: all rows of it hold under their conditions. */
function questionsOf(configs: readonly EnvoyConfig[], open: readonly Undecided[]): Map<EnvoyConfig, Undecided[]> {
  const byText = new Map(open.flatMap((one) => (one.rule === null ? [[one.question, one] as const] : [])));
  return new Map(
    configs.map((config) => [config, config.undecided.flatMap(({ question }) => byText.get(question) ?? [])]),
  );
}

/**
 * One row per host and port of every server of every Gateway, by host and port, and the questions behind those that are undecided.
 * If `about` names hosts, only the rows of servers that take one of them, with their questions.
 */
export function hostRows(
  { view, configs, isInput }: Session,
  { report, beyond, askedAbout }: Omit<Judged, 'internalErrors'>,
  about: readonly string[] = [],
): { readonly rows: readonly HostRow[]; readonly questions: readonly Undecided[] } {
  const index = indexOf([...report.findings, ...beyond.findings]);
  const open = [...report.undecided, ...beyond.undecided];
  const ofPlace = questionsByPlace(open, askedAbout);
  const ofWorkload = questionsOf(configs, open);
  const isAbout = (host: string): boolean => about.length === 0 || about.some((one) => takes(host, one));
  const behind = new Set(about.length === 0 ? [...ofWorkload.values()].flat() : []);
  const rows = new Map<string, HostRow>();
  const addServer = (ref: ServerRef, facts: Facts | null) => {
    const keys = [placeKey(ref.gateway, null), placeKey(ref.gateway, ref.index)];
    const secrets = secretsOf(ref, facts).map(({ id }) => idKey(id));
    const own = [...new Set([...keys, ...secrets])].flatMap((key) => ofPlace.get(key) ?? []);
    const ofCompiler = facts === null ? [] : (ofWorkload.get(facts.config) ?? []);
    const asked = [...own, ...ofCompiler];
    for (const name of ref.server.hosts ?? []) {
      const { host } = splitServerHost(name);
      const key = `${host} ${serverKey(ref)}`;
      if (rows.has(key) || !isAbout(host) || !isWanted(ref, host, facts, isInput)) continue;
      const row = rowOf(ref, host, facts, index, asked);
      rows.set(key, row);
      for (const question of ofCompiler) behind.add(question);
      if (row.verdict === 'undecided') for (const question of asked) behind.add(question);
    }
  };
  for (const facts of configs.map(factsOf)) for (const { server } of facts.config.servers) addServer(server, facts);
  const served = new Set(configs.flatMap((config) => config.gateways));
  for (const gateway of view.gateways.filter((g) => !served.has(g))) {
    for (const [i, server] of (gateway.spec.servers ?? []).entries()) addServer({ gateway, index: i, server }, null);
  }
  const order = (a: HostRow, b: HostRow) => compare(a.host, b.host) || a.port - b.port;
  // Servers that merge look alike: one row tells it all.
  const distinct = new Map([...rows.values()].map((row) => [JSON.stringify(row), row]));
  return { rows: [...distinct.values()].sort(order), questions: open.filter((one) => behind.has(one)) };
}

// More rows than this would push the findings off the screen.
const FEW = 20;

/** Prints the hosts before a report, when they are few; only those that `about` names, if it names any. */
export async function printHosts(
  session: Session,
  judged: Judged,
  about: readonly string[],
  around: Surroundings,
): Promise<void> {
  const { rows, questions } = hostRows(session, judged, about);
  if (rows.length === 0 || rows.length > FEW) return;
  await around.output.result(`${await hostsTable(rows, around)}\n`);
  // The report below asks the others.
  const asked = new Set(judged.report.undecided);
  const more = questions.filter((question) => !asked.has(question));
  undecidedNotes(more, around.output);
}
