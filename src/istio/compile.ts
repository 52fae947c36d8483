import type { ClusterView, Gateway } from '../model/cluster-view.ts';
import type { Drop, EnvoyConfig, RouteConfiguration } from '../model/envoy-config.ts';
import type { Workload } from '../model/workload.ts';
import { type NormalDestinationRule, normaliseDestinationRules } from './destination-rules.ts';
import { buildListeners } from './listeners.ts';
import { portResolver, serviceTargets } from './ports.ts';
import { buildSecrets } from './secrets.ts';
import { orderGateways, selectGateways } from './select.ts';
import { mergeServers } from './servers.ts';
import { type ServiceRegistry, serviceRegistry } from './services.ts';
import { unboundDrops } from './unbound.ts';
import { buildRouteConfiguration } from './virtual-hosts.ts';
import { indexVirtualServices, type VirtualServiceIndex } from './virtual-services.ts';

/** What is the same for every workload; built once. */
interface Shared {
  readonly view: ClusterView;
  readonly gateways: readonly Gateway[];
  readonly index: VirtualServiceIndex;
  readonly registry: ServiceRegistry;
  readonly destinationRules: readonly NormalDestinationRule[];
}

/**
 * Compiles the input as istiod 1.30 does, once per gateway workload, and keeps what istiod discards.
 * Reads like section O of spec/istio-semantics.md. Never throws for any input.
 */
export function compile(view: ClusterView): EnvoyConfig[] {
  const shared: Shared = {
    view,
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
  const selected = selectGateways(shared.gateways, workload, targets);
  const gateways = selected.map((s) => s.gateway);
  const merged = mergeServers(selected, portResolver(workload, targets));
  const bound = unboundDrops(gateways, index, workload);
  const base = {
    workload,
    gateways,
    servers: merged.resolved,
    undecided: [],
    notForUs: { gateways: view.gateways.length - gateways.length, virtualServices: bound.notForUs },
  };
  if (merged.crash) {
    return { ...base, listeners: [], routes: [], secrets: [], drops: merged.drops, crash: merged.crash };
  }

  const built = buildListeners(merged.entries, { workload, mesh: view.mesh, index, registry, destinationRules });
  const drops: Drop[] = [...merged.drops, ...bound.drops, ...built.drops];
  const routes: RouteConfiguration[] = [];
  for (const name of routeNames(built.listeners.flatMap((l) => l.chains))) {
    const result = buildRouteConfiguration(name, merged.serversOfRoute.get(name) ?? [], { workload, index, registry });
    routes.push(result.route);
    drops.push(...result.drops);
  }
  const secrets = buildSecrets(
    built.listeners.flatMap((l) => l.chains),
    gateways,
    view,
    workload,
  );
  return {
    ...base,
    listeners: built.listeners,
    routes,
    secrets: secrets.secrets,
    drops: [...drops, ...secrets.drops],
    crash: built.crash,
  };
}

/** The route configurations that Envoy asks for: one per HTTP chain. mirrors: F1. */
function routeNames(chains: EnvoyConfig['listeners'][number]['chains']): Set<string> {
  return new Set(chains.flatMap((chain) => (chain.target.kind === 'http' ? [chain.target.route] : [])));
}

