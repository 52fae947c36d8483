import type { ServiceTarget } from '../istio/ports.ts';
import { gatewayServiceAnnotation } from '../istio/select.ts';
import { type EnvoyConfig, type ServerRef, serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { groupBy, sent } from './facts/live.ts';
import { patchService, podPorts, servicePortPlace, translatesNothing } from './facts/ports.ts';
import { serverText } from './facts/servers.ts';
import { REFUSED } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'ambiguous-target-port',
  summary: 'Two Services of the gateway pods lead one port to different target ports, and only one of them counts',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of sent(configs)) {
      const targets = podPorts(view, config.workload).targets.filter((t) => !translatesNothing(t.service));
      for (const servers of groupBy(config.servers.filter(isTranslated), (s) => s.server.server.port?.number)) {
        const same = targets.filter((t) => t.servicePort === servers[0].server.server.port?.number);
        const winner = same[0];
        // Within one Service the first port is meant; another Service with the same target changes nothing.
        const losers = groupBy(same, (t) => t.service)
          .map(([t]) => t)
          .filter((t) => t.targetPort !== winner?.targetPort);
        if (!winner || losers.length === 0) continue;
        const byName = [winner, ...losers].some((t) => t.service.meta.creationTimestamp === undefined);
        const listens = (t: ServiceTarget) => config.listeners.some((l) => l.port === t.targetPort);
        // Known order, and something listens wherever the Services lead: two ways into one gateway that both work.
        if (!byName && losers.every(listens)) continue;
        yield problemOf(
          config,
          servers.map((s) => s.server),
          winner,
          losers,
          byName,
        );
      }
    }
  },
});

/** A Gateway that is bound to Services directly listens on all of their target ports (A18). */
const isTranslated = ({ server }: EnvoyConfig['servers'][number]): boolean =>
  server.gateway.meta.annotations[gatewayServiceAnnotation] === undefined;

function problemOf(
  { workload }: EnvoyConfig,
  servers: readonly ServerRef[],
  winner: ServiceTarget,
  losers: readonly ServiceTarget[],
  byName: boolean,
): Problem {
  const loser = losers[0]!;
  const port = winner.servicePort;
  // Services of the same pods share their namespace.
  const text = (t: ServiceTarget) =>
    `${t === winner ? resourceText(t.service.id) : t.service.id.name} (${port} to ${t.targetPort})`;
  return {
    kind: 'problem',
    message:
      `${text(winner)} and ${text(loser)} differ for ${serverText(servers[0]!)}: istiod takes ${winner.targetPort}` +
      (byName ? ' (by name; in clusters the older)' : ''),
    at: servicePortPlace(loser.service, port, 'targetPort'),
    related: [
      { at: servicePortPlace(winner.service, port, 'targetPort'), message: `${resourceText(winner.service.id)} wins` },
      ...losers.slice(1).map((t) => ({
        at: servicePortPlace(t.service, port, 'targetPort'),
        message: `${resourceText(t.service.id)} leads to ${t.targetPort}`,
      })),
      ...servers.map((s) => ({
        at: serverPlace(s, 'port', 'number'),
        message: `${serverText(s)} is for port ${winner.targetPort} of the pods`,
      })),
    ],
    symptom: `through ${resourceText(loser.service.id)}, port ${port}: ${REFUSED}, unless another server listens on port ${loser.targetPort} of the pods`,
    remedy: `Let both lead to the same port:\n  ${patchService(loser.service, 'replace', servicePortPlace(loser.service, port, 'targetPort').path, winner.targetPort)}\nor give one of the Services another port number and the Gateway a server for it.`,
    workload,
  };
}
