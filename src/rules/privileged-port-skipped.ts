import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig, ServerRef } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { groupBy, sent } from './facts/live.ts';
import { envPlace, podsText } from './facts/pods.ts';
import { patchService, podPorts, servicePortPlace, translating, unprivilegedPort } from './facts/ports.ts';
import { patchGateway, serverText, writtenPort } from './facts/servers.ts';
import { REFUSED } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'privileged-port-skipped',
  summary: 'A server leads to a port below 1024 of pods that are marked as unprivileged: istiod skips it',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of sent(configs)) {
      const { workload } = config;
      const skipped = config.drops.flatMap((d) => (d.reason === 'privileged-port' ? [d] : []));
      for (const [drop, ...others] of groupBy(skipped, (d) => d.port)) {
        const { server, port } = drop;
        const ports = podPorts(view, workload);
        const target = translating(ports, server.server.port?.number);
        const env = envPlace(workload, 'ISTIO_META_UNPRIVILEGED_POD');
        yield {
          kind: 'problem',
          message: `istiod skips ${serverText(server)}: it leads to port ${port} of ${podsText(workload)}, whose pods are marked as unprivileged and get no port below 1024`,
          at: drop.at,
          related: [
            ...others.map((o) => ({ at: o.at, message: `${serverText(o.server)} is skipped too` })),
            ...(target
              ? [
                  {
                    at: servicePortPlace(target.service, target.servicePort, 'targetPort'),
                    message: `${resourceText(target.service.id)} leads to port ${port}`,
                  },
                ]
              : []),
            ...(env ? [{ at: env, message: 'ISTIO_META_UNPRIVILEGED_POD marks the pods as unprivileged' }] : []),
          ],
          symptom: `${writtenPort(server)}: ${REFUSED}`,
          remedy: remedyOf(view, config, server, port),
          // A Service that translates the port may be outside of the input.
          severity: ports.services.length > 0 || view.coverage.complete ? 'error' : 'warning',
          workload,
        };
      }
    }
  },
});

function remedyOf(view: ClusterView, { workload }: EnvoyConfig, server: ServerRef, port: number): string {
  const { services, targets } = podPorts(view, workload);
  const number = server.server.port?.number ?? port;
  const target = targets.find((t) => t.servicePort === number);
  const wanted = unprivilegedPort(port);
  const orDrop =
    'or remove ISTIO_META_UNPRIVILEGED_POD from pods that may bind it (securityContext.sysctls: net.ipv4.ip_unprivileged_port_start=0).';
  const service = target?.service ?? services[0];
  if (!service) return `Give the pods a Service with port ${number} and targetPort ${wanted},\n${orDrop}`;
  if (target && translating({ services, targets, lost: [] }, number) === null) {
    return `${resourceText(service.id)} is labelled so that its ports do not translate: declare the port that the pods listen on:\n  ${patchGateway(server, 'replace', ['port', 'number'], wanted)}`;
  }
  const patch = target
    ? patchService(service, 'replace', [...servicePortPlace(service, number).path, 'targetPort'], wanted)
    : patchService(service, 'add', ['spec', 'ports', '-'], {
        name: server.server.port?.name ?? `port-${number}`,
        port: number,
        targetPort: wanted,
      });
  return `Let the Service lead to a higher port:\n  ${patch}\n${orDrop}`;
}
