import type { ClusterView, Gateway } from '../model/cluster-view.ts';
import type { Drop, EnvoyConfig, FilterChain, RouteConfiguration } from '../model/envoy-config.ts';
import type { AnyResource } from '../model/resource.ts';
import type { Server } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { type NormalDestinationRule, normaliseDestinationRules } from './destination-rules.ts';
import { convertGatewayApi } from './gateway-api.ts';
import { generatedClusters } from './generated-clusters.ts';
import { ignoredCredentials } from './ignored-credentials.ts';
import { buildListeners } from './listeners.ts';
import { portResolver, serviceTargets } from './ports.ts';
import { buildSecrets } from './secrets.ts';
import { inScope, orderGateways, selectGateways } from './select.ts';
import { mergeServers } from './servers.ts';
import { type ServiceRegistry, serviceRegistry } from './services.ts';
import { unboundDrops } from './unbound.ts';
import { undecidedQuestions } from './undecided.ts';
import { buildRouteConfiguration } from './virtual-hosts.ts';
import { indexVirtualServices, type VirtualServiceIndex } from './virtual-services.ts';

/** What is the same for every workload; built once. */
interface Shared {
  readonly view: ClusterView;
  readonly uncompiled: readonly AnyResource[];
  readonly gateways: readonly Gateway[];
  readonly index: VirtualServiceIndex;
  readonly registry: ServiceRegistry;
  readonly destinationRules: readonly NormalDestinationRule[];
}

/**
 * Compiles the input as istiod 1.30 does, once per gateway workload, and keeps what istiod discards.
 * Reads like section O of spec/istio-semantics.md. Never throws for any input.
 */
export function compile(input: ClusterView): EnvoyConfig[] {
  const api = convertGatewayApi(input);
  const view: ClusterView = {
    ...input,
    gateways: [...input.gateways, ...api.gateways],
    virtualServices: [...input.virtualServices, ...api.virtualServices],
  };
  const shared: Shared = {
    view,
    uncompiled: api.uncompiled,
    gateways: orderGateways(view),
    index: indexVirtualServices(view),
    registry: serviceRegistry(view),
    destinationRules: normaliseDestinationRules(view),
  };
  return view.workloads.map((workload) => compileFor(workload, shared));
}

function compileFor(workload: Workload, shared: Shared): EnvoyConfig {
  const { view, index, registry, destinationRules } = shared;
  const { targets } = serviceTargets(view, workload);
  const selected = selectGateways(inScope(shared.gateways, view, workload), workload, targets);
  const gateways = selected.map((s) => s.gateway);
  const merged = mergeServers(selected, portResolver(workload, targets));
  const built = merged.crash
    ? { listeners: [], drops: [], crash: merged.crash }
    : buildListeners(merged.entries, { workload, mesh: view.mesh, index, registry, destinationRules });
  const chains = built.listeners.flatMap((l) => l.chains);
  const live = new Set<Server>();
  for (const chain of chains) for (const { server } of chain.servers) live.add(server);
  const bound = unboundDrops(gateways, index, workload, live);
  const drops: Drop[] = [...merged.drops, ...bound.drops, ...built.drops];
  for (const { server } of merged.resolved) drops.push(...ignoredCredentials(server));
  const routes: RouteConfiguration[] = [];
  for (const name of routeNames(chains)) {
    const result = buildRouteConfiguration(name, merged.serversOfRoute.get(name) ?? [], {
      workload,
      mesh: view.mesh,
      index,
      registry,
    });
    routes.push(result.route);
    drops.push(...result.drops);
  }
  const secrets = buildSecrets(chains, gateways, view, workload);
  drops.push(...secrets.drops);
  return {
    workload,
    listeners: built.listeners,
    routes,
    secrets: secrets.secrets,
    clusters: generatedClusters(registry, destinationRules, chains, workload.namespace ?? '', view.mesh.rootNamespace),
    drops,
    undecided: undecidedQuestions({ view, workload, gateways, drops, uncompiled: shared.uncompiled }),
    gateways,
    servers: merged.resolved,
    crash: built.crash,
    notForUs: { gateways: view.gateways.length - gateways.length, virtualServices: bound.notForUs },
  };
}

/** The route configurations that Envoy asks for: one per HTTP chain. mirrors: F1. */
function routeNames(chains: readonly FilterChain[]): Set<string> {
  const names = new Set<string>();
  for (const { target } of chains) if (target.kind === 'http') names.add(target.route);
  return names;
}
