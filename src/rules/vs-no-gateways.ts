import { hostSubsetOf } from '../istio/hosts.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { isDelegate } from './facts/bindings.ts';
import { patchObject } from './facts/commands.ts';
import { meantByDots } from './facts/destinations.ts';
import { hostsOfAllGateways, isOpenTo } from './facts/host-index.ts';
import { oncePer } from './facts/once.ts';
import { registryOf } from './facts/registry.ts';
import { hostsOf } from './facts/routes.ts';
import { serverText } from './facts/servers.ts';
import { clientsOf, NO_ROUTE } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'vs-no-gateways',
  summary: 'A VirtualService for a host of a Gateway names no gateways, so it holds for the mesh only',
  severity: 'info',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const vs of view.virtualServices) {
      if (isDelegate(vs) || (vs.spec.gateways ?? []).length > 0) continue;
      for (const [index, host] of hostsOf(vs, view.mesh.domain).entries()) {
        if (isMeshHost(view, host)) continue;
        const open = hostsOfAllGateways(view)
          .meeting(host)
          .find((o) => isOpenTo(o, vs.id.namespace));
        if (!open) continue;
        const key = keyOf(open.ref.gateway.id);
        yield {
          kind: 'problem',
          message: `${resourceText(vs.id)} has no gateways, so it holds for the mesh only, but its host ${host} is served by ${serverText(open.ref)}`,
          at: { resource: vs, path: ['spec', 'hosts', index] },
          related: [{ at: serverPlace(open.ref, 'hosts'), message: `takes ${open.host}` }],
          symptom: clientsOf([host], `${NO_ROUTE}, as far as no other VirtualService answers`),
          remedy: patchObject(vs, 'add', ['spec', 'gateways'], [key]),
        };
        break;
      }
    }
  },
});

const entryHosts = oncePer((view: ClusterView): readonly string[] =>
  view.serviceEntries.flatMap((e) => (e.spec.hosts ?? []).filter((h) => h.startsWith('*'))),
);

/** A Service, a ServiceEntry, or a name that can only be one. */
function isMeshHost(view: ClusterView, host: string): boolean {
  if (/\.svc(\.|$)/.test(host) || host.endsWith(`.${view.mesh.domain}`) || meantByDots(view, host)) return true;
  return registryOf(view).byHostname.has(host) || entryHosts(view).some((entry) => hostSubsetOf(host, entry));
}
