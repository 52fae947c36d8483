import { rewriteHosts } from '../istio/server-hosts.ts';
import type { VirtualService } from '../model/cluster-view.ts';
import { serverPlace } from '../model/envoy-config.ts';
import type { Place } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { ruleText } from './facts/destinations.ts';
import { groupBy } from './facts/live.ts';
import { podsText } from './facts/pods.ts';
import { patchGateway, serversOf, serverText } from './facts/servers.ts';
import { defineRule, type Problem } from './rule.ts';

const RESTARTS =
  'istiod restarts in a loop (CrashLoopBackOff): running proxies keep their last configuration, new pods get none and refuse every connection';

export default defineRule({
  id: 'gateway-crashes-istiod',
  summary: 'Hosts of a server, or a rule without destinations, make istiod panic, and no proxy gets a configuration',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const config of configs) {
      const problem = config.crash && missingRoute(config.crash);
      if (problem) yield { ...problem, workload: config.workload };
    }
    const crashes = configs.flatMap((config) => {
      if (config.crash?.resource.id.kind !== 'Gateway') return [];
      return serversOf(config.gateways).flatMap((server) => {
        const hosts = server.server.hosts ?? [];
        const index = server.server.port ? rewriteHosts(hosts, server.gateway.id.namespace).panicsAt : null;
        return index === null ? [] : [{ server, hosts, index, config }];
      });
    });
    for (const group of groupBy(crashes, (c) => c.server.server)) {
      const { server, hosts, index } = group[0];
      yield {
        kind: 'problem',
        message: `hosts of ${serverText(server)} make istiod panic: ${hosts[index]} stands after */* in the list`,
        at: serverPlace(server, 'hosts', index),
        related: [
          {
            at: serverPlace(server, 'hosts', hosts.indexOf('*/*')),
            message: '*/* replaces the whole list, and the entry is then out of range',
          },
          ...group.flatMap(({ config: { workload } }) =>
            workload.resource
              ? [
                  {
                    at: { resource: workload.resource, path: ['metadata'] },
                    message: `istiod panics when it configures ${podsText(workload)}`,
                  },
                ]
              : [],
          ),
        ],
        symptom: RESTARTS,
        remedy: patchGateway(server, 'replace', ['hosts'], ['*/*']),
      };
    }
  },
});

/** A tls or tcp rule without destinations (J21); several of weight 0 are rule weights-all-zero. */
function missingRoute(crash: Place): Problem | null {
  if (crash.resource.id.kind !== 'VirtualService') return null;
  const virtualService = crash.resource as VirtualService;
  const [, block, index] = crash.path as ['spec', 'tls' | 'tcp', number];
  const rules = virtualService.spec[block] ?? [];
  if ((rules[index]?.route ?? []).length > 0) return null;
  return {
    kind: 'problem',
    message: `${ruleText({ virtualService, block, index })} has no destination: istiod panics while it builds the listener, for every gateway that uses it`,
    at: crash,
    symptom: `kubectl apply: admission webhook "validation.istio.io" denied the request: ${block.toUpperCase()} route is required. Without the webhook: ${RESTARTS}`,
    remedy:
      rules.length === 1
        ? 'Name a destination under route.'
        : `Name a destination under route, or remove the rule:\n  ${patchObject(virtualService, 'remove', ['spec', block, index])}`,
  };
}
