import { isOpenTo } from '../istio/hosts.ts';
import { isDelegate } from '../istio/virtual-services.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { isMeshHost } from './facts/destinations.ts';
import { hostsOfAllGateways } from './facts/host-index.ts';
import { hostsOf } from './facts/routes.ts';
import { serverText } from './facts/servers.ts';
import { clientsOf, NO_ROUTE } from './facts/symptoms.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'vs-no-gateways',
  summary: 'A VirtualService for a host of a Gateway names no gateways, so it holds for the mesh only',
  severity: 'info',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const vs of traitsOf(view).withoutGateways) {
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
