import type { VirtualService } from '../model/cluster-view.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { groupBy } from './facts/live.ts';
import { misdirected } from './facts/misdirected.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, enumerate, NO_ROUTE } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'http-server-tls-route',
  summary: 'A server that terminates TLS reads routes under http, but its VirtualService has only tls or tcp routes',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const group of groupBy(misdirected(view, configs), (m) => m.virtualService)) {
      const { virtualService: vs, config } = group[0];
      const servers = [...new Set(group.map((m) => m.server))];
      const block = (vs.spec.tls ?? []).length > 0 ? 'tls' : 'tcp';
      const modes = enumerate(servers.map((s) => s.server.tls?.mode ?? ''));
      yield {
        kind: 'problem',
        message: `${resourceText(vs.id)} has only routes under ${blocksOf(vs)}, but ${enumerate(servers.map(serverText), 1)} terminate${servers.length > 1 ? '' : 's'} TLS (${modes}) and read${servers.length > 1 ? '' : 's'} only routes under http`,
        at: { resource: vs, path: ['spec', block] },
        related: servers.map((s) => ({ at: serverPlace(s, 'tls', 'mode'), message: 'terminates TLS' })),
        symptom: clientsOf([...new Set(group.flatMap((m) => m.hosts))], NO_ROUTE),
        remedy:
          `Write the routes of VirtualService ${keyOf(vs.id)} under http:\n  http:\n  - route: [{destination: {host: ${backendOf(vs)}}}]\n` +
          `or pass TLS through to the backend:\n  ${patchGateway(servers[0]!, 'replace', ['tls'], { mode: 'PASSTHROUGH' })}`,
        workload: config.workload,
      };
    }
  },
});

const blocksOf = (vs: VirtualService): string =>
  enumerate((['tls', 'tcp'] as const).filter((block) => (vs.spec[block] ?? []).length > 0));

function backendOf(vs: VirtualService): string {
  const { host = 'BACKEND', port } = [...(vs.spec.tls ?? []), ...(vs.spec.tcp ?? [])][0]?.route?.[0]?.destination ?? {};
  return port?.number ? `${host}, port: {number: ${port.number}}` : host;
}
