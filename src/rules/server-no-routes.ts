import { isOpenTo } from '../istio/hosts.ts';
import { isDelegate } from '../istio/virtual-services.ts';
import type { ClusterView, Gateway, VirtualService } from '../model/cluster-view.ts';
import type { EnvoyConfig, ServerRef } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { oncePer } from '../model/once.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { bindingOf } from './facts/bindings.ts';
import { explainedServers } from './facts/explained.ts';
import { hostsOfAllGateways, hostsOfGateway } from './facts/host-index.ts';
import { httpsServers, misdirected } from './facts/misdirected.ts';
import { boundTo, hostsOf, hostsOnServer } from './facts/routes.ts';
import { clientHosts, serverText } from './facts/servers.ts';
import { clientsOf, enumerate, NO_ROUTE } from './facts/symptoms.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'server-no-routes',
  summary: 'A server terminates TLS, but no VirtualService gives it a route',
  severity: 'info',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const wrongKind = new Set([...misdirected(view, configs)].map((m) => m.server.server));
    const explained = oncePer((config: EnvoyConfig) => explainedServers(view, config, 'http'));
    for (const { config, server, configuration } of httpsServers(configs)) {
      if (configuration.virtualHosts.some((host) => host.routes.length > 0)) continue;
      // The routes are bound to the server that lost against this one: rule server-dropped-duplicate-host.
      if (winners(config).has(server.server)) continue;
      if (wrongKind.has(server.server) || explained(config).has(server.server) || isMissed(view, server)) continue;
      const bound = boundTo(view, server.gateway);
      const fitting = bound.filter((vs) => hostsOnServer(vs, server, view.mesh.domain).length > 0);
      const why =
        fitting.length > 0
          ? `no http route of ${enumerate(fitting.map((vs) => resourceText(vs.id)))} applies to it`
          : bound.length > 0
            ? 'no VirtualService bound to its Gateway has one of its hosts'
            : 'no VirtualService is bound to its Gateway';
      yield {
        kind: 'problem',
        message: `${serverText(server)} answers every request with 404: ${why}`,
        at: serverPlace(server),
        related: fitting.map((vs) => ({ at: { resource: vs, path: ['spec'] }, message: 'bound to this Gateway' })),
        symptom: clientsOf(clientHosts(server.server), NO_ROUTE),
        remedy:
          `Bind a VirtualService to it:\n  hosts: ["${clientHosts(server.server)[0] ?? '*'}"]\n  gateways: [${keyOf(server.gateway.id)}]\n` +
          '  http:\n  - route: [{destination: {host: BACKEND, port: {number: 80}}}]',
        workload: config.workload,
      };
    }
  },
});

/** Servers that have hosts of dropped ones. */
const winners = oncePer(
  (config: EnvoyConfig): ReadonlySet<ServerRef['server']> =>
    new Set(config.drops.flatMap((d) => (d.reason === 'duplicate-host' ? d.hosts.map((h) => h.winner.server) : []))),
);

/** Servers that have a name of a VirtualService for the mesh only: rule vs-no-gateways. */
const namedForMesh = oncePer((view: ClusterView): ReadonlySet<ServerRef['server']> => {
  const servers = new Set<ServerRef['server']>();
  for (const vs of traitsOf(view).withoutGateways) {
    if (isDelegate(vs) || (vs.spec.gateways ?? []).length > 0) continue;
    for (const open of hostsOf(vs, view.mesh.domain).flatMap((host) => hostsOfAllGateways(view).meeting(host))) {
      if (open.host !== '*' && isOpenTo(open, vs.id.namespace)) servers.add(open.ref.server);
    }
  }
  return servers;
});

/** Gateways with a VirtualService of which no server takes any host: rule vs-host-not-in-gateway. */
const hasMissedOne = oncePer((view: ClusterView) =>
  oncePer((gateway: Gateway): boolean => {
    const index = hostsOfGateway(gateway);
    const isTaken = (vs: VirtualService, host: string) => index.meeting(host).some((o) => isOpenTo(o, vs.id.namespace));
    return boundTo(view, gateway).some(
      (vs) => !bindingOf(view, vs).keys.has('mesh') && !hostsOf(vs, view.mesh.domain).some((host) => isTaken(vs, host)),
    );
  }),
);

const isMissed = (view: ClusterView, { gateway, server }: ServerRef): boolean =>
  hasMissedOne(view)(gateway) || namedForMesh(view).has(server);
