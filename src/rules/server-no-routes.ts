import type { ClusterView, VirtualService } from '../model/cluster-view.ts';
import type { ServerRef } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { bindingOf, isDelegate } from './facts/bindings.ts';
import { explainedServers } from './facts/explained.ts';
import { hostsOfGateway, isOpenTo } from './facts/host-index.ts';
import { httpsServers, misdirected } from './facts/misdirected.ts';
import { append, oncePer } from './facts/once.ts';
import { boundTo, hostsOf, hostsOnServer } from './facts/routes.ts';
import { clientHosts, serverText } from './facts/servers.ts';
import { clientsOf, enumerate, NO_ROUTE } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'server-no-routes',
  summary: 'A server terminates TLS, but no VirtualService gives it a route',
  severity: 'info',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const wrongKind = new Set([...misdirected(view, configs)].map((m) => m.server.server));
    const explained = oncePer((config: (typeof configs)[number]) => explainedServers(view, config, 'http'));
    for (const { config, server, configuration } of httpsServers(configs)) {
      if (configuration.virtualHosts.some((host) => host.routes.length > 0)) continue;
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

/** VirtualServices that were perhaps meant for a Gateway but are not bound to it, by the Gateway's name; '' for those without gateways. */
const astray = oncePer((view: ClusterView) => {
  const index = new Map<string, VirtualService[]>();
  const known = new Set(view.gateways.map((g) => keyOf(g.id)));
  for (const vs of view.virtualServices) {
    if (isDelegate(vs)) continue;
    if ((vs.spec.gateways ?? []).length === 0) append(index, '', vs);
    for (const key of bindingOf(view, vs).keys) if (!known.has(key)) append(index, key.split('/').at(-1)!, vs);
  }
  return index;
});

/** Explained by vs-host-not-in-gateway, vs-gateway-not-found or vs-no-gateways. */
function isMissed(view: ClusterView, server: ServerRef): boolean {
  const index = hostsOfGateway(server.gateway);
  const takesNone = (vs: VirtualService) =>
    hostsOf(vs, view.mesh.domain).every((host) => !index.meeting(host).some((o) => isOpenTo(o, vs.id.namespace)));
  if (boundTo(view, server.gateway).some((vs) => !bindingOf(view, vs).keys.has('mesh') && takesNone(vs))) return true;
  const { name } = server.gateway.id;
  const candidates = [
    ...(astray(view).get(name) ?? []),
    ...(clientHosts(server.server).includes('*') ? [] : (astray(view).get('') ?? [])),
  ];
  return candidates.some((vs) => hostsOnServer(vs, server, view.mesh.domain).length > 0);
}
