import { isPassThroughServer, isPlainHttpServer } from '../../istio/protocol.ts';
import type { ClusterView, Gateway, VirtualService } from '../../model/cluster-view.ts';
import type { EnvoyConfig, RuleRef, ServerRef, VirtualHost } from '../../model/envoy-config.ts';
import { getOrMake, oncePer } from '../../model/once.ts';
import type { Place } from '../../model/resource.ts';
import type { Destination, RouteDestination } from '../../model/specs.ts';
import { bindingOf, isOnGateway } from './bindings.ts';

/** A cluster that a workload's routes or chains lead to, and the destination of the VirtualService behind it. */
export interface Use {
  readonly config: EnvoyConfig;
  /** The rule that names the destination; of a delegate where there is one. */
  readonly rule: RuleRef;
  /** Position in the rule's `route`. */
  readonly destination: number;
  readonly cluster: string;
  /** What the gateway speaks to it: HTTP, or bytes as they come: still encrypted (`tls`) or not. */
  readonly over: 'http' | 'tls' | 'tcp';
  /** The virtual hosts or filter chains that lead to it. */
  readonly ways: readonly Way[];
}

/** A virtual host, or what a filter chain has of one: the names that clients use for it, and its servers. */
type Way = Pick<VirtualHost, 'domains' | 'servers'>;

/** The names that clients use for what leads to these clusters, each once. */
export const namesOf = (uses: readonly Use[]): string[] => [
  ...new Set(uses.flatMap(({ ways }) => ways.flatMap(({ domains }) => domains))),
];

/** The servers that lead to these clusters, each once. */
export const serversOfUses = (uses: readonly Use[]): ServerRef[] => [
  ...new Set(uses.flatMap(({ ways }) => ways.flatMap(({ servers }) => servers))),
];

/** VirtualServices that istiod makes from the Gateway API or an Ingress: their places are not in the input (L12, L21). */
const isGenerated = ({ virtualService }: RuleRef): boolean => virtualService.id.name.includes('~');

const BLOCKS = ['http', 'tls', 'tcp'] as const;

/** Names a rule of one VirtualService; with hundreds of thousands of rules, texts of their names would cost seconds. */
const ruleNumber = (block: RuleRef['block'], index: number): number => index * BLOCKS.length + BLOCKS.indexOf(block);

interface OpenUse extends Use {
  readonly ways: Way[];
}

/** What a table by VirtualService and number of its rule holds for a rule. */
function listOf<T>(table: Map<VirtualService, T[][]>, { virtualService, block, index }: RuleRef): T[] {
  const ofThis = getOrMake(table, virtualService, (): T[][] => []);
  const number = ruleNumber(block, index);
  const list = ofThis[number] ?? [];
  ofThis[number] = list;
  return list;
}

/** Told of each cluster that a rule leads to, as often as a virtual host or filter chain leads there. */
type Visit = (rule: RuleRef, destination: number, cluster: string, over: Use['over'], way: Way) => void;

/** Goes through every destination that reaches Envoy and may get requests. */
export function eachUse(config: EnvoyConfig, visit: Visit): void {
  const visitAll = (rule: RuleRef, clusters: readonly string[], over: Use['over'], way: Way): void => {
    if (isGenerated(rule)) return;
    const sent = sentDestinations(routeOf(rule));
    for (let i = 0; i < clusters.length; i++) visit(rule, sent[i] ?? 0, clusters[i]!, over, way);
  };
  for (const { virtualHosts } of config.routes) {
    for (const host of virtualHosts) {
      if (isRedirectOnly(host)) continue;
      for (const { action, origin } of host.routes) {
        if (action.kind === 'cluster') visitAll(origin, [action.cluster], 'http', host);
        if (action.kind === 'weighted') {
          const clusters = action.weighted.map((w) => w.cluster);
          visitAll(origin, clusters, 'http', host);
        }
      }
    }
  }
  for (const { chains } of config.listeners) {
    for (const { target, serverNames, servers } of chains) {
      if (target.kind === 'http' || target.rule === null) continue;
      const clusters = target.kind === 'tcp' ? [target.cluster] : target.weighted.map((w) => w.cluster);
      const over = servers.some((s) => isPassThroughServer(s.server)) ? 'tls' : 'tcp';
      visitAll(target.rule, clusters, over, { domains: serverNames ?? ['*'], servers });
    }
  }
}

/** Every destination that reaches Envoy and may get requests, once per cluster it becomes. */
export const usesOf = oncePer((config: EnvoyConfig): readonly Use[] => {
  const found: Use[] = [];
  /** By rule, which has few destinations, and these few clusters. */
  const ofRules = new Map<VirtualService, OpenUse[][]>();
  eachUse(config, (rule, destination, cluster, over, way) => {
    const ofRule = listOf(ofRules, rule);
    const known = ofRule.find((u) => u.destination === destination && u.cluster === cluster && u.over === over);
    if (known) {
      if (known.ways.at(-1) !== way) known.ways.push(way);
      return;
    }
    const use: OpenUse = { config, rule, destination, cluster, over, ways: [way] };
    ofRule.push(use);
    found.push(use);
  });
  return found;
});

/** Every request gets 301 before a route is looked at (F6); behind TLS `httpsRedirect` changes nothing. */
const isRedirectOnly = ({ requireTls, servers }: VirtualHost): boolean =>
  requireTls && servers.every((s) => isPlainHttpServer(s.server));

const routeOf = (rule: RuleRef): readonly RouteDestination[] =>
  rule.virtualService.spec[rule.block]?.[rule.index]?.route ?? [];

/** Positions of the destinations that get requests: one alone whatever its weight, of several those above 0 (F29). */
export function sentDestinations(route: readonly RouteDestination[]): readonly number[] {
  if (route.length <= 1) return route.length === 0 ? [] : FIRST;
  return route.flatMap(({ weight }, index) => ((weight ?? 0) > 0 ? [index] : []));
}

const FIRST: readonly number[] = [0];

/** Whether a rule is sent to some workload, by its number. */
const sentRules = oncePer((configs: readonly EnvoyConfig[]): ReadonlyMap<VirtualService, readonly boolean[]> => {
  const sent = new Map<VirtualService, boolean[]>();
  const add = ({ virtualService, block, index }: RuleRef) => {
    getOrMake(sent, virtualService, () => [])[ruleNumber(block, index)] = true;
  };
  for (const { routes, listeners } of configs) {
    for (const { virtualHosts } of routes)
      for (const host of virtualHosts) for (const route of host.routes) add(route.origin);
    for (const { chains } of listeners)
      for (const { target } of chains) if (target.kind !== 'http' && target.rule) add(target.rule);
  }
  return sent;
});

/** The Gateways that some workload is compiled with. */
const selectedGateways = oncePer(
  (configs: readonly EnvoyConfig[]): ReadonlySet<Gateway> => new Set(configs.flatMap((c) => c.gateways)),
);

/**
 * True when a rule is sent to a gateway, and false when the prediction leaves it out: then that is the defect. Where it
 * goes may be out of sight: a Gateway or pods that the input does not hold.
 */
export function mayBeSent(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  vs: VirtualService,
  block: RuleRef['block'],
  index: number,
): boolean {
  if (sentRules(configs).get(vs)?.[ruleNumber(block, index)]) return true;
  const binding = bindingOf(view, vs);
  if (!isOnGateway(binding)) return false;
  return (
    binding.isPartial ||
    binding.keys.has('mesh') ||
    binding.gateways.some((gateway) => !selectedGateways(configs).has(gateway))
  );
}

const byVirtualService = oncePer((configs: readonly EnvoyConfig[]) => {
  const found = new Map<VirtualService, Use[][]>();
  for (const use of configs.flatMap(usesOf)) {
    listOf(found, use.rule).push(use);
  }
  return found;
});

/** What a written destination becomes, in all workloads; empty where no prediction has it. */
export const usesOfDestination = (configs: readonly EnvoyConfig[], of: WrittenDestination): readonly Use[] => {
  const ofRule = byVirtualService(configs).get(of.virtualService)?.[ruleNumber(of.block, of.index)] ?? [];
  return ofRule.filter((use) => use.destination === of.destination);
};

/** One destination of one rule, as it is written. */
export interface WrittenDestination {
  readonly virtualService: VirtualService;
  readonly block: RuleRef['block'];
  readonly index: number;
  readonly destination: number;
}

/** The destination of a use as it is written. */
export const destinationOf = ({ rule, destination }: Use): WrittenDestination => {
  const { virtualService, block, index } = rule;
  return { virtualService, block, index, destination };
};

/** The place of a destination, or of a field in it. */
export const destinationPlace = (
  { virtualService, block, index, destination }: WrittenDestination,
  ...rest: Place['path']
): Place => ({
  resource: virtualService,
  path: ['spec', block, index, 'route', destination, 'destination', ...rest],
});

/** The destinations of these VirtualServices that get requests, sent or possibly sent to a gateway, as far as `wanted` says so. */
export function writtenDestinations(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  among: readonly VirtualService[],
  wanted: (vs: VirtualService, destination: Destination | undefined) => boolean,
): WrittenDestination[] {
  const found: WrittenDestination[] = [];
  for (const virtualService of among) {
    for (const block of BLOCKS) {
      const rules = virtualService.spec[block] ?? [];
      for (let index = 0; index < rules.length; index++) {
        const rule = rules[index]!;
        if ('redirect' in rule || 'directResponse' in rule || 'delegate' in rule) continue;
        const route = rule.route ?? [];
        let isSent: boolean | undefined;
        for (const destination of sentDestinations(route)) {
          if (!wanted(virtualService, route[destination]!.destination)) continue;
          isSent ??= mayBeSent(view, configs, virtualService, block, index);
          if (isSent) found.push({ virtualService, block, index, destination });
        }
      }
    }
  }
  return found;
}
