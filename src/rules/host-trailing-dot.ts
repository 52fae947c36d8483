import { splitServerHost } from '../istio/hosts.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { gatewaysOf } from './facts/routes.ts';
import { isHttpFamilyServer, patchGateway, serversOfGateway, serverText } from './facts/servers.ts';
import { NO_ROUTE, RESET } from './facts/symptoms.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'host-trailing-dot',
  summary: 'A host ends in a dot, but clients send the name without it',
  severity: 'warning',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const gateway of view.gateways) {
      const servers = serversOfGateway(gateway);
      if (!servers.some(({ server }) => server.hosts?.some((host) => host.endsWith('.')))) continue;
      // Both spellings beside each other are two names, and both are served (symptoms.md 2).
      const names = new Set(servers.flatMap((s) => s.server.hosts ?? []));
      for (const server of servers) {
        for (const [index, host] of (server.server.hosts ?? []).entries()) {
          if (!isDotted(host, names)) continue;
          const bare = splitServerHost(withoutDot(host)).host;
          yield {
            kind: 'problem',
            message: `${serverText(server)} has ${host} with a dot at the end: clients send ${bare}, which is another name`,
            at: serverPlace(server, 'hosts', index),
            symptom: `clients of ${bare}: ${isHttpFamilyServer(server.server) ? NO_ROUTE : `${RESET}, or ${NO_ROUTE}`}`,
            remedy: patchGateway(server, 'replace', ['hosts', index], withoutDot(host)),
          };
        }
      }
    }
    for (const vs of traitsOf(view).oddHosts) {
      if (gatewaysOf(vs).length === 0) continue;
      const names = new Set(vs.spec.hosts);
      for (const [index, host] of (vs.spec.hosts ?? []).entries()) {
        if (!isDotted(host, names)) continue;
        const path = ['spec', 'hosts', index];
        yield {
          kind: 'problem',
          message: `${resourceText(vs.id)} has ${host} with a dot at the end: clients send ${withoutDot(host)}, which is another name`,
          at: { resource: vs, path },
          symptom: `clients of ${withoutDot(host)}: ${NO_ROUTE}`,
          remedy: patchObject(vs, 'replace', path, withoutDot(host)),
        };
      }
    }
  },
});

const isDotted = (host: string, others: ReadonlySet<string>): boolean =>
  host.length > 1 && host.endsWith('.') && !others.has(withoutDot(host));

const withoutDot = (host: string): string => host.slice(0, -1);
