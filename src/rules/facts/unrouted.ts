import type { ClusterView, VirtualService } from '../../model/cluster-view.ts';
import { absence } from '../../model/coverage.ts';
import type { EnvoyConfig, ServerRef } from '../../model/envoy-config.ts';
import { serverPlace } from '../../model/envoy-config.ts';
import type { Severity } from '../../model/finding.ts';
import { resourceText } from '../../model/resource.ts';
import type { Open } from '../rule.ts';
import { explainedServers } from './explained.ts';
import { decidedBy } from './gaps.ts';
import { boundTo } from './routes.ts';
import { clientHosts, serverText, writtenPort } from './servers.ts';
import { clientsOf, enumerate, REFUSED, RESET } from './symptoms.ts';

/** A server that istiod builds no filter chain for, because no VirtualService gives it a route of the kind it reads. */
export interface Unrouted {
  readonly config: EnvoyConfig;
  readonly server: ServerRef;
  readonly bound: readonly VirtualService[];
  readonly symptom: string;
}

/** The servers without a chain that read blocks of this kind (G1-G3). */
export function* unrouted(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  wants: 'tls' | 'tcp',
): Generator<Unrouted> {
  for (const config of configs) {
    const dropped = config.drops.flatMap((drop) => (drop.reason === 'no-chain' && drop.wants === wants ? [drop] : []));
    if (dropped.length === 0) continue;
    const explained = explainedServers(view, config, wants);
    const servedElsewhere = new Set(config.drops.flatMap((d) => (d.reason === 'duplicate-sni' ? [d.server] : [])));
    for (const { server, port } of dropped) {
      // All its names are taken by another server's routes: the hosts are served.
      if (servedElsewhere.has(server) || explained.has(server.server)) continue;
      const alone = !config.listeners.some((l) => l.port === port);
      const symptom = alone ? `${writtenPort(server)}: ${REFUSED}` : clientsOf(clientHosts(server.server), RESET);
      yield { config, server, bound: boundTo(view, server.gateway), symptom };
    }
  }
}

/**
 * Who is bound, and how sure it is that nobody gives the route: VirtualServices that are bound but give none prove it;
 * with none bound it is an absence (rules.md, "What files can prove").
 */
export function verdict(
  view: ClusterView,
  { server, bound }: Unrouted,
  block: 'tls' | 'tcp',
): { readonly because: string; readonly severity: Severity } | Open {
  if (bound.length > 0) {
    const with_ = bound.filter((vs) => (vs.spec[block] ?? []).length > 0);
    const names = (list: readonly VirtualService[]) =>
      enumerate(
        list.map((vs) => resourceText(vs.id)),
        1,
      );
    return {
      severity: 'error',
      because:
        with_.length > 0
          ? `no match under ${block} of ${names(with_)} fits its hosts, port and Gateway`
          : `${names(bound)} ${bound.length > 1 ? 'are' : 'is'} bound to it without any route under ${block}`,
    };
  }
  const missing = absence(view.coverage, 'virtualservices', server.gateway.id.namespace);
  if (missing.kind === 'absent') {
    return { severity: missing.certain ? 'error' : 'warning', because: 'no VirtualService is bound to it' };
  }
  return {
    kind: 'open',
    question: `Does a VirtualService give ${serverText(server)} a route under ${block}?`,
    because: missing.because,
    decides: decidedBy(missing.gap, missing.decides),
    at: serverPlace(server),
  };
}
