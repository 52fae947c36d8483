import type { Drop, FilterChain, Listener, TlsContext } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import type { Place } from '../model/resource.ts';
import type { Workload } from '../model/workload.ts';
import { boundTo, type Reads } from './bound.ts';
import type { Lookup } from './clusters.ts';
import { destinationRulesFor, type NormalDestinationRule, subsetsOf } from './destination-rules.ts';
import { compareText, hostSubsetOf } from './hosts.ts';
import {
  isHttpFamily,
  isHttpsTerminated,
  isPassThroughServer,
  isTlsServer,
  parseProtocol,
  tlsMode,
} from './protocol.ts';
import { sniHosts } from './server-hosts.ts';
import type { MergedServer, MergeEntry } from './servers.ts';
import { type ServiceRegistry, visibleService } from './services.ts';
import { noChainDrop, passthroughTargets, type SniRegistry, type TcpTargets, tcpTarget } from './tcp-chains.ts';
import { tlsContext } from './tls-context.ts';
import type { VirtualServiceIndex } from './virtual-services.ts';
import { visibleTo } from './visibility.ts';

export interface ListenerInput {
  readonly workload: Workload;
  readonly mesh: MeshConfig;
  readonly index: VirtualServiceIndex;
  readonly registry: ServiceRegistry;
  readonly destinationRules: readonly NormalDestinationRule[];
}

export interface BuiltListeners {
  readonly listeners: readonly Listener[];
  readonly drops: readonly Drop[];
  readonly crash: Place | null;
}

/** ALPN list of chains between clusters. mirrors: G16. */
const interClusterAlpn = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];

/** The names a chain is chosen by; null takes everything. mirrors: D7. */
const serverNamesOf = (hosts: readonly string[]): readonly string[] | null =>
  hosts.length === 0 || hosts.includes('*') ? null : [...hosts].sort(compareText);

/** Builds the listeners from the merged servers. mirrors: A21-A24, D1-D7, G1-G17. */
export function buildListeners(entries: readonly MergeEntry[], input: ListenerInput): BuiltListeners {
  const drops: Drop[] = [];
  const sniTaken = new Map<number, SniRegistry>();
  const byName = new Map<string, { listener: Omit<Listener, 'chains'>; chains: FilterChain[] }>();
  // An entry that stands twice has its chains twice; what it drops is said once.
  const seen = new Set<MergeEntry>();
  let crash: Place | null = null;
  for (const entry of entries) {
    const isFirst = !seen.has(entry);
    seen.add(entry);
    if (input.workload.unprivileged && entry.port < 1024) {
      for (const server of isFirst ? entry.servers : []) {
        drops.push({
          reason: 'privileged-port',
          server: server.ref,
          port: entry.port,
          at: serverPlace(server.ref, 'port', 'number'),
          mirrors: 'A21',
        });
      }
      continue;
    }
    const taken = sniTaken.get(entry.port) ?? new Map();
    sniTaken.set(entry.port, taken);
    const built = chainsOf(entry, input, taken);
    if (isFirst) drops.push(...built.drops);
    crash ??= built.crash;
    if (built.chains.length === 0) continue;
    const address = addressOf(entry);
    const known = byName.get(address.name);
    if (known) known.chains.push(...built.chains);
    else byName.set(address.name, { listener: address, chains: [...built.chains] });
  }
  return { listeners: [...byName.values()].map((l) => ({ ...l.listener, chains: l.chains })), drops, crash };
}

/** Listener name and address; with another port than 0 even `unix://` is sent as an address. mirrors: A22, A23, D1. The pod is taken to have one IPv4 address (M2). */
function addressOf(entry: MergeEntry): Omit<Listener, 'chains'> {
  const bind = entry.bind || '0.0.0.0';
  const name = `${bind}_${entry.port}`;
  if (entry.port === 0) return { name, address: '', port: 0, pipe: bind.replace(/^unix:\/\//, '') };
  return { name, address: bind, port: entry.port, pipe: null };
}

interface BuiltChains {
  readonly chains: readonly FilterChain[];
  readonly drops: readonly Drop[];
  readonly crash: Place | null;
}

/** The chains of one merge entry. mirrors: D6. */
function chainsOf(entry: MergeEntry, input: ListenerInput, taken: SniRegistry): BuiltChains {
  if (isHttpFamily(parseProtocol(entry.protocol))) {
    const chain: FilterChain = {
      serverNames: null,
      applicationProtocols: [],
      tls: null,
      target: { kind: 'http', route: entry.routeName },
      servers: entry.servers.map((s) => s.ref),
    };
    return { chains: [chain], drops: entry.servers.flatMap((s) => ignoredBlocks(s, input, 'http')), crash: null };
  }
  const chains: FilterChain[] = [];
  const drops: Drop[] = [];
  let crash: Place | null = null;
  for (const server of entry.servers) {
    if (isHttpsTerminated(server.ref.server)) {
      chains.push(httpsChain(server, input));
      drops.push(...ignoredBlocks(server, input, 'http'), ...hiddenNames(server));
      continue;
    }
    const built = l4Chains(server, entry.port, input, taken);
    chains.push(...built.chains);
    drops.push(...built.drops);
    crash ??= built.crash;
  }
  return { chains, drops, crash };
}

function httpsChain(server: MergedServer, input: ListenerInput): FilterChain {
  return {
    serverNames: serverNamesOf(sniHosts(server.hosts)),
    applicationProtocols: [],
    tls: tlsContext(server.ref, input.workload, input.mesh),
    target: { kind: 'http', route: server.routeName },
    servers: [server.ref],
  };
}

/** Names of a server that its own `*` hides: the chain takes everything and none is used as SNI. mirrors: D7. */
function hiddenNames(server: MergedServer): Drop[] {
  const names = sniHosts(server.hosts);
  const hidden = names.filter((name) => name !== '*');
  if (!names.includes('*') || hidden.length === 0) return [];
  return [
    {
      reason: 'sni-hidden-by-star',
      server: server.ref,
      hosts: hidden,
      at: serverPlace(server.ref, 'hosts'),
      mirrors: 'D7',
    },
  ];
}

/** TCP, TLS and passthrough chains of one server. mirrors: G1. */
function l4Chains(server: MergedServer, port: number, input: ListenerInput, taken: SniRegistry): BuiltChains {
  const { ref } = server;
  if (tlsMode(ref.server) === 'AUTO_PASSTHROUGH' && ref.server.tls) return autoPassthroughChains(server, port, input);
  const namespace = input.workload.namespace ?? '';
  const virtualServices = boundTo(input.index, ref.gateway, namespace).meeting(server.hosts);
  const lookup: Lookup = {
    domain: input.mesh.domain,
    find: (hostname) => visibleService(input.registry, hostname, namespace),
    serverPort: server.number,
  };
  const passthrough = isPassThroughServer(ref.server);
  const built: TcpTargets = passthrough
    ? passthroughTargets(server, virtualServices, lookup, taken)
    : tcpTarget(server, virtualServices, lookup);
  const terminates = !passthrough && isTlsServer(ref.server);
  const tls: TlsContext | null = terminates ? tlsContext(ref, input.workload, input.mesh) : null;
  const ownNames = terminates ? serverNamesOf(sniHosts(server.hosts)) : null;
  const chains = built.targets.map(
    ({ sniHosts: names, target }): FilterChain => ({
      serverNames: names === null ? ownNames : serverNamesOf(names),
      applicationProtocols: [],
      tls,
      target,
      servers: [ref],
    }),
  );
  const reads = passthrough ? 'tls' : 'tcp';
  const drops = [...built.drops, ...ignoredBlocks(server, input, reads), ...(terminates ? hiddenNames(server) : [])];
  if (chains.length === 0) drops.push(noChainDrop(ref, port, reads));
  return { chains, drops, crash: built.crash };
}

/** One chain per port and subset of every service that fits. mirrors: G16, G17. */
function autoPassthroughChains(server: MergedServer, port: number, input: ListenerInput): BuiltChains {
  const namespace = input.workload.namespace ?? '';
  const hosts = sniHosts(server.hosts);
  const chains: FilterChain[] = [];
  for (const service of input.registry.all) {
    if (service.meshExternal || !visibleTo(service.visibility, namespace)) continue;
    if (!hosts.some((host) => hostSubsetOf(service.hostname, host))) continue;
    const rules = destinationRulesFor(input.destinationRules, service, namespace, input.mesh.rootNamespace);
    const subsets = ['', ...subsetsOf(rules).map((s) => s.name ?? '')];
    for (const { number, protocol } of service.ports) {
      if (protocol === 'UDP') continue;
      for (const subset of subsets) {
        const cluster = `outbound_.${number}_.${subset}_.${service.hostname}`;
        chains.push({
          serverNames: [cluster],
          applicationProtocols: interClusterAlpn,
          tls: null,
          target: { kind: 'tcp', cluster, rule: null },
          servers: [server.ref],
        });
      }
    }
  }
  const drops = ignoredBlocks(server, input, 'service');
  if (chains.length === 0) drops.push(noChainDrop(server.ref, port, 'service'));
  return { chains, drops, crash: null };
}

/** Rules of bound VirtualServices in blocks that this kind of server does not read. mirrors: G2. */
function ignoredBlocks(server: MergedServer, input: ListenerInput, reads: Reads): Drop[] {
  const bound = boundTo(input.index, server.ref.gateway, input.workload.namespace ?? '');
  return bound.ignoredBy(reads).map(
    (rule): Drop => ({
      reason: 'block-ignored',
      rule,
      server: server.ref,
      reads,
      at: rulePlace(rule),
      mirrors: 'G2',
    }),
  );
}
