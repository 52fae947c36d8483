import { isReservedPort } from '../envoy/accept.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import { gapOf } from '../model/coverage.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { workloadText } from '../model/workload.ts';
import { kubectl } from './facts/commands.ts';
import { decidedBy } from './facts/gaps.ts';
import { groupBy, type Listening, listeningServers } from './facts/live.ts';
import { podsText } from './facts/pods.ts';
import { manualTargets, patchService, podPorts, translatesNothing, translating } from './facts/ports.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { enumerate, REFUSED } from './facts/symptoms.ts';
import { defineRule, type Open, type Problem } from './rule.ts';

export default defineRule({
  id: 'port-not-exposed',
  summary: 'No Service of the gateway pods leads to the port of a server',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const listening = listeningServers(configs).filter(isForOthers);
    // A Gateway that several gateways serve may well be meant for one of them.
    const reached = new Set(listening.filter((l) => isReached(view, l)).map((l) => l.server.server));
    const hidden = listening.filter((l) => !reached.has(l.server.server));
    for (const ofPods of groupBy(hidden, (l) => l.config)) {
      const { services } = podPorts(view, ofPods[0].config.workload);
      // Without any Service one thing is missing, whatever the number of ports.
      for (const group of groupBy(ofPods, (l) => (services.length === 0 ? 0 : l.listener.port)))
        yield judge(view, group);
    }
  },
});

/** A unix socket, or an address that only the pod itself reaches, is not meant to be exposed; nor is a port that Envoy refuses. */
const isForOthers = ({ listener, server }: Listening): boolean =>
  server.server.port?.number !== undefined &&
  listener.pipe === null &&
  !/^(127\.|::1$)/.test(listener.address) &&
  !isReservedPort(listener);

function isReached(view: ClusterView, { config: { workload }, listener, server }: Listening): boolean {
  if (workload.namespace === null || workload.portMap !== null) return true;
  if (workload.hostNetwork || workload.hostPorts.length > 0) return true;
  const { targets, lost } = podPorts(view, workload);
  const number = server.server.port?.number;
  return (
    targets.some((t) => t.targetPort === listener.port) ||
    manualTargets(view).get(workload.namespace)?.has(listener.port) ||
    // The Service has the port, but istiod loses it: rule service-port-without-target (A15).
    lost.some((l) => l.service.spec.ports?.[l.index]?.port === number)
  );
}

function judge(view: ClusterView, servers: readonly [Listening, ...Listening[]]): Problem | Open {
  const { server, listener, config } = servers[0];
  const { workload } = config;
  const ports = podPorts(view, workload);
  const at = serverPlace(server, 'port', 'number');
  const inNamespace = [...view.services.values()].filter((s) => s.id.namespace === workload.namespace);
  const gap = gapOf(view.coverage, 'services', workload.namespace ?? '');
  if (inNamespace.length === 0 && (gap || !view.coverage.complete)) {
    return {
      kind: 'open',
      question: `Which Service leads to port ${listener.port} of ${workloadText(workload)}, on which ${serverText(server)} listens?`,
      because: gap?.because ?? `the input holds no Service of namespace ${workload.namespace}`,
      decides: decidedBy(gap, kubectl(workload.namespace ?? '', 'get', 'services', '-o', 'yaml')),
      at,
      related: servers.slice(1).map((other) => serverPlace(other.server, 'port', 'number')),
    };
  }
  const services = ports.services.map((s) => resourceText(s.id));
  const names = enumerate(services, 1);
  const number = server.server.port?.number ?? listener.port;
  // With the label the Service's ports are not those of Gateways (A18).
  const untranslated = ports.targets.find((t) => t.servicePort === number && translatesNothing(t.service));
  const service =
    untranslated?.service ?? ports.services.find((s) => s.spec.type === 'LoadBalancer') ?? ports.services[0];
  const because = untranslated
    ? `${resourceText(untranslated.service.id)} leads port ${number} to ${untranslated.targetPort}, untranslated`
    : service
      ? `${names} ${ports.services.length > 1 ? 'have' : 'has'} no port for it`
      : `no Service of namespace ${workload.namespace} selects the pods`;
  return {
    kind: 'problem',
    message: `${serverText(server)} listens on port ${listener.port} of ${podsText(workload)}: ${because}`,
    at,
    related: [
      ...servers.slice(1).map((s) => ({
        at: serverPlace(s.server, 'port', 'number'),
        message: `${serverText(s.server)} listens there too`,
      })),
      ...ports.services.map((s) => ({
        at: { resource: s, path: ['spec', 'ports'] },
        message: 'a Service of these pods',
      })),
    ],
    symptom: `through the load balancer, port ${number}: ${REFUSED}, or a timeout`,
    remedy: untranslated
      ? patchGateway(server, 'replace', ['port', 'number'], untranslated.targetPort)
      : service
        ? patchService(service, 'add', ['spec', 'ports', '-'], {
            name: server.server.port?.name ?? `port-${number}`,
            port: number,
            targetPort: translating(ports, number)?.targetPort ?? listener.port,
          })
        : `Give the pods a Service with port ${number} and targetPort ${listener.port}.`,
    workload,
  };
}
