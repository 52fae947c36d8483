import { isDelegate } from '../istio/virtual-services.ts';
import type { VirtualService } from '../model/cluster-view.ts';
import { rulePlace } from '../model/envoy-config.ts';
import type { Path } from '../model/location.ts';
import { resourceText } from '../model/resource.ts';
import { bindingOf, rootsOf, strayGateways } from './facts/bindings.ts';
import { patchObject } from './facts/commands.ts';
import { ruleKey, rulesThatLeaveNoChain } from './facts/explained.ts';
import { groupBy } from './facts/live.ts';
import { ruleMatches, whereOf } from './facts/matches.ts';
import { clientsOf, enumerate, NO_ROUTE, RESET } from './facts/symptoms.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'vs-match-gateway-unknown',
  summary: 'A match is for a Gateway to which its VirtualService is not bound, so it is never used',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const virtualService of traitsOf(view).choosy) {
      const binding = bindingOf(view, virtualService);
      const found = ruleMatches(virtualService).flatMap(({ ref, match }) =>
        strayGateways(binding, virtualService, match).map((stray) => ({
          ref,
          stray,
          place: rulePlace(ref, 'gateways', stray.index),
          isDead: strayGateways(binding, virtualService, match).length === (match.gateways ?? []).length,
        })),
      );
      for (const group of groupBy(found, (f) => `${f.ref.block} ${f.stray.key} ${f.isDead}`)) {
        const { ref, stray, place, isDead } = group[0];
        const owners = isDelegate(virtualService) ? rootsOf(view, virtualService) : [virtualService];
        const bound = [...binding.keys];
        const alone = isDead && group.some((g) => rulesThatLeaveNoChain(configs).has(ruleKey(g.ref)));
        const where = enumerate(group.map((g) => whereOf(g.ref)));
        yield {
          kind: 'problem',
          message:
            `${where} of ${resourceText(virtualService.id)} ${group.length > 1 ? 'are' : 'is'} for ${stray.key === 'mesh' ? 'the mesh' : `Gateway ${stray.key}`}, ` +
            `but ${boundText(virtualService, owners)} bound to ${enumerate(bound, 2)} only: ` +
            (isDead ? 'never used' : 'the entry has no effect'),
          at: place,
          related: [
            ...group.slice(1).map((g) => ({ at: g.place, message: 'here too' })),
            ...owners.map((o) => ({ at: { resource: o, path: ['spec', 'gateways'] }, message: 'where it is bound' })),
          ],
          symptom: clientsOf(
            owners.flatMap((o) => o.spec.hosts ?? []),
            !isDead
              ? 'nothing on the other Gateways'
              : ref.block === 'http'
                ? `${NO_ROUTE}, or the answer of another route`
                : RESET,
          ),
          remedy: remedyOf(virtualService, owners[0]!, stray.key, place.path, bound),
          ...(alone ? { severity: 'error' as const } : {}),
        };
      }
    }
  },
});

/** A slip in the name is corrected; else the VirtualService is bound to the Gateway as well. */
function remedyOf(
  vs: VirtualService,
  owner: VirtualService,
  key: string,
  path: Path,
  bound: readonly string[],
): string {
  const name = key.split('/').at(-1);
  const meant =
    bound.find((b) => b.split('/').at(-1) === name) ?? (bound.length === 1 && key !== 'mesh' ? bound[0] : undefined);
  const bind =
    owner.spec.gateways === undefined
      ? patchObject(owner, 'add', ['spec', 'gateways'], ['mesh', key])
      : patchObject(owner, 'add', ['spec', 'gateways', '-'], key);
  return meant === undefined
    ? `Bind it there too:\n  ${bind}`
    : `Name the Gateway it is bound to:\n  ${patchObject(vs, 'replace', path, meant)}\nor bind it to ${key} too:\n  ${bind}`;
}

/** Who is bound, up to the verb: the VirtualService, or those that delegate to it. */
function boundText(virtualService: VirtualService, owners: readonly VirtualService[]): string {
  if (!isDelegate(virtualService)) return 'it is';
  const [owner, ...others] = owners;
  return owner && others.length === 0
    ? `${resourceText(owner.id)}, which delegates to it, is`
    : 'those that delegate to it are';
}
