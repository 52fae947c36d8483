import type { Gateway } from '../model/cluster-view.ts';
import { type ServerRef, serverPlace } from '../model/envoy-config.ts';
import { oncePer } from '../model/once.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { clientHosts, patchGateway, serversOfGateway, writtenIndex } from './facts/servers.ts';
import { clientsOf, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'duplicate-port-name',
  summary: 'Two servers of one Gateway have the same port name',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const dropped = new Set(
      configs.flatMap((c) => c.drops.flatMap((d) => (d.reason === 'route-name-reused' ? [placeOf(d.server)] : []))),
    );
    for (const gateway of view.gateways) {
      const first = new Map<string, ServerRef>();
      for (const ref of serversOfGateway(gateway)) {
        const name = ref.server.port?.name;
        if (!name) continue;
        const earlier = first.get(name);
        if (!earlier) {
          first.set(name, ref);
          continue;
        }
        const isDropped = dropped.has(placeOf(ref));
        yield {
          kind: 'problem',
          message: `port name "${name}" is used twice in ${resourceText(gateway.id)}${isDropped ? ', so istiod drops the second server' : ''}`,
          at: serverPlace(ref, 'port', 'name'),
          related: [
            { at: serverPlace(earlier, 'port', 'name'), message: `first used by server ${writtenIndex(earlier)}` },
          ],
          symptom: isDropped
            ? clientsOf(clientHosts(ref.server), RESET)
            : `kubectl apply: admission webhook "validation.istio.io" denied the request: port names in servers must be unique: duplicate name ${name}`,
          remedy: patchGateway(ref, 'replace', ['port', 'name'], freeName(name, gateway)),
        };
      }
    }
  },
});

/** Two servers may be one object: a YAML alias. */
const placeOf = ({ gateway, index }: ServerRef): string => `${keyOf(gateway.id)} ${index}`;

const namesOf = oncePer((gateway: Gateway) => new Set((gateway.spec.servers ?? []).map((s) => s.port?.name)));

function freeName(name: string, gateway: Gateway): string {
  for (let n = 2; ; n++) if (!namesOf(gateway).has(`${name}-${n}`)) return `${name}-${n}`;
}
