import { isPassThroughServer } from '../istio/protocol.ts';
import type { Gateway, VirtualService } from '../model/cluster-view.ts';
import type { RuleRef } from '../model/envoy-config.ts';
import { rulePlace } from '../model/envoy-config.ts';
import { oncePer } from '../model/once.ts';
import { resourceText } from '../model/resource.ts';
import { bindingOf } from './facts/bindings.ts';
import { patchObject } from './facts/commands.ts';
import { whereOf } from './facts/matches.ts';
import { clientsOf, RESET_OR_REFUSED } from './facts/symptoms.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule, type Problem } from './rule.ts';

/** Asked once for each Gateway: many VirtualServices share it. */
const passesThrough = oncePer((gateway: Gateway): boolean => (gateway.spec.servers ?? []).some(isPassThroughServer));

export default defineRule({
  id: 'sni-missing',
  summary: 'A tls rule says not which SNI it is for: the admission webhook refuses it',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const virtualService of traitsOf(view).tls) {
      const isPassed = bindingOf(view, virtualService).gateways.some(passesThrough);
      for (const [index, rule] of (virtualService.spec.tls ?? []).entries()) {
        const ref: RuleRef = { virtualService, block: 'tls', index, match: null };
        const matches = rule.match ?? [];
        if (matches.length === 0) {
          yield problem(virtualService, ref, isPassed, 'TLS route must have at least one match condition');
        }
        for (const [i, { sniHosts = [] }] of matches.entries()) {
          if (sniHosts.length > 0) continue;
          yield problem(virtualService, { ...ref, match: i }, isPassed, 'TLS match must have at least one SNI host');
        }
      }
    }
  },
});

/** Without a match there is no chain (G7); a match without names takes every connection of the port (D7). */
function problem(vs: VirtualService, ref: RuleRef, isPassed: boolean, text: string): Problem {
  const hosts = vs.spec.hosts ?? [];
  const where = whereOf(ref);
  const without =
    ref.match === null
      ? 'has no match, so it is never used'
      : 'has no sniHosts, so it takes every connection of the port';
  const sees =
    ref.match === null ? RESET_OR_REFUSED : 'names that no other route of the port has are answered by this backend';
  return {
    kind: 'problem',
    message: `${where} of ${resourceText(vs.id)} ${without}`,
    at: rulePlace(ref),
    symptom:
      `kubectl apply: admission webhook "validation.istio.io" denied the request: ${text}` +
      (isPassed ? `. Without the webhook: ${clientsOf(hosts, sees)}` : ''),
    remedy:
      ref.match === null
        ? patchObject(vs, 'add', [...rulePlace(ref).path, 'match'], [{ sniHosts: hosts }])
        : patchObject(vs, 'add', rulePlace(ref, 'sniHosts').path, hosts),
  };
}
