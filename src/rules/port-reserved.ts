import { isReservedPort, listenerRejection } from '../envoy/accept.ts';
import { type EnvoyConfig, serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { sent } from './facts/live.ts';
import { patchService, podPorts, servicePortPlace, translating } from './facts/ports.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { REFUSED } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

/** What has the port in every gateway pod, and who answers there (D5, D23). */
const holders: Readonly<Record<number, string>> = {
  15000: "Envoy's admin interface",
  15004: "the agent's debug interface",
  15020: "the agent's metrics",
  15021: 'the health check of the pod',
  15053: "the agent's DNS proxy",
  15090: "Envoy's metrics",
};

export default defineRule({
  id: 'port-reserved',
  summary: 'A server leads to a port that the gateway pod uses itself: Envoy rejects the listener',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of sent(configs)) {
      for (const listener of config.listeners.filter(isReservedPort)) {
        const why = listenerRejection(listener)?.why;
        const [server, ...others] = [...new Set(listener.chains.flatMap((c) => c.servers))];
        if (!server) continue;
        const number = server.server.port?.number ?? listener.port;
        const target = translating(podPorts(view, config.workload), number);
        const free = freePort(config, server.server.tls ? 8443 : 8080);
        yield {
          kind: 'problem',
          message: `${serverText(server)} leads to port ${listener.port} of the pods, which ${holders[listener.port] ?? 'the pod itself'} has already: Envoy rejects the listener`,
          at: serverPlace(server, 'port', 'number'),
          related: [
            ...others.map((s) => ({
              at: serverPlace(s, 'port', 'number'),
              message: `${serverText(s)} leads there too`,
            })),
            ...(target
              ? [
                  {
                    at: servicePortPlace(target.service, number, 'targetPort'),
                    message: `${resourceText(target.service.id)} leads to port ${listener.port}`,
                  },
                ]
              : []),
          ],
          symptom:
            why === 'duplicate-address'
              ? `port ${number} is answered by ${holders[listener.port]}, in plain HTTP`
              : `port ${number}: ${REFUSED}, or an answer of ${holders[listener.port]}`,
          remedy:
            target && target.targetPort !== number
              ? patchService(
                  target.service,
                  'replace',
                  servicePortPlace(target.service, number, 'targetPort').path,
                  free,
                )
              : `Take a port that is free, here and in the Service:\n  ${patchGateway(server, 'replace', ['port', 'number'], free)}`,
          workload: config.workload,
        };
      }
    }
  },
});

function freePort(config: EnvoyConfig, from: number): number {
  const taken = new Set(config.listeners.map((l) => l.port));
  for (let port = from; ; port++) if (!taken.has(port)) return port;
}
