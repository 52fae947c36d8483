import type { Service } from '../model/cluster-view.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { groupBy, type LiveServer, liveServers } from './facts/live.ts';
import { podPorts, servicePortPlace } from './facts/ports.ts';
import { clientHosts, patchGateway, serverText } from './facts/servers.ts';
import { clientsOf } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'istio-mutual-on-ingress',
  summary: 'A server that is reachable from outside of the cluster demands certificates of the mesh from its clients',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const mutual = liveServers(configs).filter(
      (live) => live.server.server.tls?.mode === 'ISTIO_MUTUAL' && !isBetweenClusters(live),
    );
    for (const [live] of groupBy(
      mutual,
      (l) => `${l.server.gateway.id.namespace}/${l.server.gateway.id.name}/${l.server.index}/${l.config.workload.name}`,
    )) {
      const { server, config, listener } = live;
      const leading = podPorts(view, config.workload).targets.filter((t) => t.targetPort === listener.port);
      const outside = leading.find((t) => isPublic(t.service));
      if (!outside) continue;
      yield {
        kind: 'problem',
        message: `${serverText(server)} has tls.mode ISTIO_MUTUAL, for clients of the mesh, and ${resourceText(outside.service.id)} (${outside.service.spec.type}) opens its port to the outside`,
        at: serverPlace(server, 'tls', 'mode'),
        related: [
          {
            at: servicePortPlace(outside.service, outside.servicePort),
            message: `leads to port ${listener.port} from outside`,
          },
        ],
        symptom: clientsOf(
          clientHosts(server.server),
          'curl: (60) ... unable to get local issuer certificate; with -k: alert certificate required',
        ),
        remedy: `Serve your own certificate:\n  ${patchGateway(server, 'replace', ['tls'], { mode: 'SIMPLE', credentialName: 'NAME-OF-THE-SECRET' })}\nor let a Service of type ClusterIP lead to the port, when its clients are in the mesh.`,
        workload: config.workload,
      };
    }
  },
});

/** Annotations by which cloud providers are told to make a load balancer that only the own network reaches. */
const internalLoadBalancer: readonly (readonly [key: RegExp, value: RegExp])[] = [
  [/load-balancer-internal$/, /^(?!false$)/],
  [/load-balancer-scheme$/, /^internal$/],
  [/(^|\/)load-balancer-type$/, /^internal$/i],
  [/load-balancer-ip-type$/, /^private$/],
  [/internal-load-balancer$/, /^true$/],
  [/address-type$/, /^intranet$/],
];

/** Reached by clients outside of the cluster; an internal load balancer usually joins clusters of one mesh. */
function isPublic({ spec, meta }: Service): boolean {
  if (spec.type !== 'LoadBalancer' && spec.type !== 'NodePort') return false;
  return !Object.entries(meta.annotations).some(([key, value]) =>
    internalLoadBalancer.some(([k, v]) => k.test(key) && v.test(value)),
  );
}

/** Gateways between the clusters of one mesh: their clients have its certificates. */
function isBetweenClusters({ config, server }: LiveServer): boolean {
  const hosts = clientHosts(server.server);
  return (
    config.workload.labels['topology.istio.io/network'] !== undefined ||
    (hosts.length > 0 && hosts.every((host) => /\.(local|global|internal|mesh)\.?$/.test(host)))
  );
}
