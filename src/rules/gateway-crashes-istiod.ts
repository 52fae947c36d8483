import { rewriteHosts } from '../istio/server-hosts.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { groupBy } from './facts/live.ts';
import { podsText } from './facts/pods.ts';
import { patchGateway, serversOf, serverText } from './facts/servers.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'gateway-crashes-istiod',
  summary: 'The hosts of a server make istiod panic, and no proxy gets a configuration',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
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
        symptom:
          'istiod restarts in a loop (CrashLoopBackOff): running proxies keep their last configuration, new pods get none and refuse every connection',
        remedy: patchGateway(server, 'replace', ['hosts'], ['*/*']),
      };
    }
  },
});
