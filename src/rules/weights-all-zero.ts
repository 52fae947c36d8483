import { resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { ruleText } from './facts/destinations.ts';
import { traitsOf } from './facts/traits.ts';
import { sentDestinations } from './facts/uses.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'weights-all-zero',
  summary: 'Several destinations, all of weight 0: istiod crashes, or Envoy rejects all routes of the gateway',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const virtualService of traitsOf(view).splitting) {
      for (const block of ['http', 'tls', 'tcp'] as const) {
        for (const [index, rule] of (virtualService.spec[block] ?? []).entries()) {
          const route = rule.route ?? [];
          if (route.length < 2 || sentDestinations(route).length > 0) continue;
          const unset = route.every((r) => r.weight === undefined);
          const path = ['spec', block, index, 'route'];
          yield {
            kind: 'problem',
            message:
              `${ruleText({ virtualService, block, index })} has ${route.length} destinations, ${unset ? 'and none has a weight' : 'all of weight 0'}: ` +
              (block === 'http'
                ? 'istiod sends a route without destinations, and Envoy rejects all routes of the gateway'
                : 'istiod panics while it builds the listener, for every gateway that uses it'),
            at: { resource: virtualService, path },
            // mirrors: J20, F26, G13.
            symptom:
              `kubectl apply: admission webhook "validation.istio.io" denied the request: total destination weight = 0. Without the webhook: ` +
              (block === 'http'
                ? 'no route changes any more; after the next restart of a gateway pod every host on every port answers 404'
                : 'istiod restarts in a loop, no configuration reaches any pod'),
            remedy: `Give ${resourceText(virtualService.id)} weights, all requests to the first destination for example:\n  ${patchObject(virtualService, 'add', [...path, 0, 'weight'], 100)}`,
          };
        }
      }
    }
  },
});
