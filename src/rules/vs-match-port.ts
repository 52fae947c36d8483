import { isHttpServer, isPassThroughServer } from '../istio/protocol.ts';
import type { EnvoyConfig, ServerRef } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import { append, oncePer } from '../model/once.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { bindingOf, isOnGateway, missedServers } from './facts/bindings.ts';
import { patchObject } from './facts/commands.ts';
import { ruleKey, rulesThatLeaveNoChain } from './facts/explained.ts';
import { groupBy } from './facts/live.ts';
import { type RuleMatch, ruleMatches, whereOf } from './facts/matches.ts';
import { serverText } from './facts/servers.ts';
import { clientsOf, enumerate, NO_ROUTE, RESET_OR_REFUSED } from './facts/symptoms.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'vs-match-port',
  summary: 'A match asks for a port that no server of the Gateway has, so it is never used',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const virtualService of traitsOf(view).choosy) {
      const binding = bindingOf(view, virtualService);
      if (!isOnGateway(binding)) continue;
      const found = ruleMatches(virtualService).flatMap((at) => {
        const servers = missedServers(binding, virtualService, at.match);
        return servers ? [{ ...at, servers }] : [];
      });
      for (const group of groupBy(found, (f) => `${f.ref.block} ${f.match.port}`)) {
        const { ref, match, servers } = group[0];
        const { port = 0 } = match;
        const meant = meantServer(configs, port, ref.block, servers);
        const ports = [...new Set(servers.map(numberText))];
        const alone = group.some((g) => rulesThatLeaveNoChain(configs).has(ruleKey(g.ref)));
        yield {
          kind: 'problem',
          message:
            `${whereText(group)} of ${resourceText(virtualService.id)} asks for port ${port}, but ${gatewaysText(servers)} only ${enumerate(ports)}` +
            `${hintOf(configs, port, meant, virtualService.spec[ref.block]?.[ref.index])}: never used`,
          at: rulePlace(ref, 'port'),
          related: [
            ...group.slice(1).map((g) => ({ at: rulePlace(g.ref, 'port'), message: `asks for port ${port} too` })),
            ...servers.map((s) => ({
              at: serverPlace(s, 'port', 'number'),
              message: `${serverText(s)} has ${numberText(s) === NO_PORT ? NO_PORT : `port ${numberText(s)}`}`,
            })),
          ],
          symptom: clientsOf(
            virtualService.spec.hosts ?? [],
            ref.block === 'http' ? `${NO_ROUTE}, or the answer of another route` : RESET_OR_REFUSED,
          ),
          remedy: group
            .map((g) => rulePlace(g.ref, 'port').path)
            .map((path) => patchObject(virtualService, meant ? 'replace' : 'remove', path, meant?.server.port?.number))
            .join('\n'),
          ...(alone ? { severity: 'error' as const } : {}),
        };
      }
    }
  },
});

const NO_PORT = 'a server without a port';
const numberText = ({ server }: ServerRef): string => `${server.port?.number ?? NO_PORT}`;

const whereText = (group: readonly RuleMatch[]): string => enumerate(group.map(({ ref }) => whereOf(ref)));

function gatewaysText(servers: readonly ServerRef[]): string {
  const names = [...new Set(servers.map((s) => keyOf(s.gateway.id)))];
  return names.length === 1 ? `Gateway ${names[0]} has` : `Gateways ${enumerate(names, 1)} have`;
}

/** The ports of the pods behind each server. */
const podPorts = oncePer((configs: readonly EnvoyConfig[]) => {
  const index = new Map<ServerRef['server'], number[]>();
  for (const { servers } of configs)
    for (const { server, ports } of servers) for (const port of ports) append(index, server.server, port);
  return index;
});

const listening = (configs: readonly EnvoyConfig[], port: number, { server }: ServerRef): boolean =>
  (podPorts(configs).get(server) ?? []).includes(port);

/** The server that was meant: the one that listens on this port of the pods, else the only one that reads such rules. */
function meantServer(
  configs: readonly EnvoyConfig[],
  port: number,
  block: RuleMatch['ref']['block'],
  servers: readonly ServerRef[],
): ServerRef | null {
  const behind = servers.find((s) => listening(configs, port, s));
  if (behind) return behind;
  const reading = servers.filter(({ server }) =>
    block === 'http'
      ? isHttpServer(server)
      : block === 'tls'
        ? isPassThroughServer(server)
        : !isHttpServer(server) && !isPassThroughServer(server),
  );
  return reading.length === 1 ? reading[0]! : null;
}

function hintOf(
  configs: readonly EnvoyConfig[],
  port: number,
  meant: ServerRef | null,
  rule:
    | { readonly route?: readonly { readonly destination?: { readonly port?: { readonly number?: number } } }[] }
    | undefined,
): string {
  if (meant && listening(configs, port, meant))
    return ` (${port} is the port of the pods behind ${meant.server.port?.number})`;
  const backend = (rule?.route ?? []).some((r) => r.destination?.port?.number === port);
  return backend ? ` (${port} is the port of the backend)` : '';
}
