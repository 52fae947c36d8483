import type { LostServicePort } from '../istio/ports.ts';
import { type EnvoyConfig, type ServerRef, serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import type { ServicePort } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { sent } from './facts/live.ts';
import { podsText } from './facts/pods.ts';
import { patchService, podPorts, translatesNothing, translating } from './facts/ports.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { enumerate, REFUSED } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'service-port-without-target',
  summary: 'A Service port that a Gateway uses has no target for istiod: gateway and Service meet on different ports',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of sent(configs)) {
      const ports = podPorts(view, config.workload);
      for (const lost of ports.lost) {
        const port = lost.service.spec.ports?.[lost.index];
        if (!port?.port || translatesNothing(lost.service) || translating(ports, port.port)) continue;
        // Used as it is, the number may be right by chance.
        if (lost.why === 'same-target' && targetOf(port, config.workload) === port.port) continue;
        const users = config.servers.filter(
          ({ server, ports }) => server.server.port?.number === port.port && ports.includes(port.port!),
        );
        const [server, ...others] = users.map((u) => u.server);
        if (server) yield problemOf(config, lost, port, [server, ...others]);
      }
    }
  },
});

const targetOf = (port: ServicePort, workload: Workload): number | undefined =>
  typeof port.targetPort === 'string'
    ? workload.ports.find((p) => p.name === port.targetPort)?.containerPort
    : (port.targetPort ?? port.port);

function problemOf(
  { workload }: EnvoyConfig,
  lost: LostServicePort,
  port: ServicePort,
  servers: readonly [ServerRef, ...ServerRef[]],
): Problem {
  const { service, index } = lost;
  const at = { resource: service, path: ['spec', 'ports', index] };
  const server = servers[0];
  const others = (service.spec.ports ?? []).slice(0, index);
  const target = targetOf(port, workload);
  const first = others.findIndex((p) => targetOf(p, workload) === target);
  const names = enumerate(workload.ports.flatMap((p) => p.name ?? []));
  const because =
    lost.why === 'same-target'
      ? `leads to port ${port.targetPort} like its port ${others[first]?.port}, and istiod keeps only the first of them`
      : `leads to "${port.targetPort}", which no container of ${podsText(workload)} has`;
  return {
    kind: 'problem',
    message: `port ${port.port} of ${resourceText(service.id)} ${because}: ${serverText(server)} gets port ${port.port}`,
    at: { ...at, path: [...at.path, 'targetPort'] },
    related: [
      ...servers.map((s) => ({
        at: serverPlace(s, 'port', 'number'),
        message: `${serverText(s)} gets port ${port.port} of the pods`,
      })),
      ...(lost.why === 'same-target'
        ? [
            {
              at: { resource: service, path: ['spec', 'ports', Math.max(0, first)] },
              message: 'istiod keeps this port',
            },
          ]
        : []),
      ...(lost.why === 'no-container-port' && workload.resource
        ? [
            {
              at: { resource: workload.resource, path: ['metadata'] },
              message: names ? `its containers have ${names}` : 'its containers name no port',
            },
          ]
        : []),
    ],
    symptom: `through the load balancer, port ${port.port}: ${REFUSED}`,
    remedy:
      lost.why === 'same-target' && others[first]?.port
        ? `Let the Gateway use the port that istiod keeps:\n  ${patchGateway(server, 'replace', ['port', 'number'], others[first].port)}\nor give port ${port.port} a target of its own:\n  ${patchService(service, 'replace', [...at.path, 'targetPort'], port.port)}`
        : patchService(service, 'replace', [...at.path, 'targetPort'], port.port),
    workload,
  };
}
