import { hostSubsetOf } from '../istio/hosts.ts';
import { isDelegate } from '../istio/virtual-services.ts';
import type { VirtualService } from '../model/cluster-view.ts';
import { rulePlace } from '../model/envoy-config.ts';
import type { Path } from '../model/location.ts';
import { resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { groupBy } from './facts/live.ts';
import { sniMatches } from './facts/matches.ts';
import { enumerate } from './facts/symptoms.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'sni-not-in-hosts',
  summary: 'A tls match names an SNI that no host of its VirtualService covers: the admission webhook refuses it',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const vs of traitsOf(view).tls) {
      if (isDelegate(vs)) continue;
      const hosts = vs.spec.hosts ?? [];
      const found = sniMatches(vs).flatMap(({ ref, sniHosts }) =>
        // The webhook compares as written: case counts, short names are not completed. mirrors: J21.
        sniHosts.flatMap((sni, index) =>
          hosts.some((host) => hostSubsetOf(sni, host)) ? [] : [{ sni, place: rulePlace(ref, 'sniHosts', index) }],
        ),
      );
      for (const group of groupBy(found, (f) => f.sni)) {
        const { sni, place } = group[0];
        yield {
          kind: 'problem',
          message: `no host of ${resourceText(vs.id)} covers sniHost ${sni}: ${hosts.length > 1 ? 'they are' : 'it is'} ${enumerate(hosts)}`,
          at: place,
          related: [
            { at: { resource: vs, path: ['spec', 'hosts'] }, message: 'its hosts' },
            ...group.slice(1).map((f) => ({ at: f.place, message: 'here too' })),
          ],
          symptom: `kubectl apply: admission webhook "validation.istio.io" denied the request: SNI host "${sni}" is not a compatible subset of any of the virtual service hosts: [${hosts.join(', ')}]`,
          remedy: remedyOf(vs, sni, place.path),
        };
      }
    }
  },
});

function remedyOf(vs: VirtualService, sni: string, path: Path): string {
  const alike = (vs.spec.hosts ?? []).find((h) => h.toLowerCase() === sni.toLowerCase());
  return alike
    ? patchObject(vs, 'replace', path, alike)
    : `Add it to the hosts, if the Gateway has it too:\n  ${patchObject(vs, 'add', ['spec', 'hosts', '-'], sni)}`;
}
