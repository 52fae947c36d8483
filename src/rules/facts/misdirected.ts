import { resolveGatewayName } from '../../istio/hosts.ts';
import { isHttpsTerminated } from '../../istio/protocol.ts';
import type { ClusterView, VirtualService } from '../../model/cluster-view.ts';
import type { EnvoyConfig, RouteConfiguration, ServerRef } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import { keyOf } from '../../model/resource.ts';
import type { L4Match } from '../../model/specs.ts';
import { liveServers } from './live.ts';
import { boundTo, hostsOnServer } from './routes.ts';
import { traitsOf } from './traits.ts';
import { virtualHostsOf } from './virtual-hosts.ts';

/** A server that terminates TLS and what it asks for its routes. */
export interface HttpsServer {
  readonly config: EnvoyConfig;
  readonly server: ServerRef;
  readonly configuration: RouteConfiguration;
}

const configurationsByName = oncePer((config: EnvoyConfig) => new Map(config.routes.map((r) => [r.name, r])));

/** Every HTTPS server that terminates TLS in some chain. */
export function* httpsServers(configs: readonly EnvoyConfig[]): Generator<HttpsServer> {
  for (const { config, server, chain } of liveServers(configs)) {
    if (chain.target.kind !== 'http' || !isHttpsTerminated(server.server)) continue;
    const configuration = configurationsByName(config).get(chain.target.route);
    if (configuration) yield { config, server, configuration };
  }
}

/** A VirtualService with routes of the wrong kind for a server that terminates TLS: they are used nowhere (G2). */
export interface Misdirected extends HttpsServer {
  readonly virtualService: VirtualService;
  /** Its hosts on this server that nobody else answers. */
  readonly hosts: readonly string[];
}

const hasL4 = ({ spec }: VirtualService): boolean => (spec.tls ?? []).length + (spec.tcp ?? []).length > 0;

/** VirtualServices whose rules some TCP or passthrough chain leads to. */
function usedForL4(configs: readonly EnvoyConfig[]): ReadonlySet<VirtualService> {
  const used = new Set<VirtualService>();
  for (const { listeners } of configs) {
    for (const { chains } of listeners) {
      for (const { target } of chains) if (target.kind !== 'http' && target.rule) used.add(target.rule.virtualService);
    }
  }
  return used;
}

/** Some rule is for this server: its port and Gateway, or any. */
const isMeantFor = (vs: VirtualService, { gateway, server }: ServerRef): boolean =>
  [...(vs.spec.tls ?? []), ...(vs.spec.tcp ?? [])].some(({ match = [] }) => {
    const fits = ({ port, gateways = [] }: L4Match) =>
      (!port || port === server.port?.number) &&
      (gateways.length === 0 || gateways.some((g) => resolveGatewayName(g, vs.id.namespace) === keyOf(gateway.id)));
    return match.length === 0 || match.some(fits);
  });

/** The VirtualServices with only tls and tcp routes whose hosts are on servers that read http. */
export function* misdirected(view: ClusterView, configs: readonly EnvoyConfig[]): Generator<Misdirected> {
  if (traitsOf(view).withoutHttp.length === 0) return;
  const used = usedForL4(configs);
  for (const of of httpsServers(configs)) {
    for (const virtualService of boundTo(view, of.server.gateway)) {
      if ((virtualService.spec.http ?? []).length > 0 || !hasL4(virtualService) || used.has(virtualService)) continue;
      if (!isMeantFor(virtualService, of.server)) continue;
      const isHidden = of.config.drops.some(
        (d) => d.reason === 'vs-not-visible' && d.virtualService === virtualService,
      );
      if (isHidden) continue;
      const hosts = hostsOnServer(virtualService, of.server, view.mesh.domain).filter(
        (host) => (virtualHostsOf(of.configuration).find(host)?.routes ?? []).length === 0,
      );
      if (hosts.length > 0) yield { ...of, virtualService, hosts };
    }
  }
}
