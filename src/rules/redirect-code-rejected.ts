import { hasEnvoyRedirectCode } from '../istio/routes.ts';
import type { RuleRef } from '../model/envoy-config.ts';
import { rulePlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { whereOf } from './facts/matches.ts';
import { traitsOf } from './facts/traits.ts';
import { mayBeSent } from './facts/uses.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'redirect-code-rejected',
  summary: 'A redirect has a code that Envoy does not know, so Envoy rejects all routes of the gateway',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const virtualService of traitsOf(view).redirecting) {
      for (const [index, { redirect }] of (virtualService.spec.http ?? []).entries()) {
        const code = redirect?.redirectCode ?? 0;
        if (!redirect || hasEnvoyRedirectCode(code)) continue;
        // A rule that is never reached is never sent (F19).
        if (!mayBeSent(view, configs, virtualService, 'http', index)) continue;
        const rule: RuleRef = { virtualService, block: 'http', index, match: null };
        const at = rulePlace(rule, 'redirect', 'redirectCode');
        yield {
          kind: 'problem',
          message: `${whereOf(rule)} of ${resourceText(virtualService.id)} redirects with code ${code}, for which istiod sends a route without action: Envoy rejects all routes of the gateway`,
          at,
          symptom:
            'no route of any host on any port changes any more; after the next restart of a gateway pod every host on every port answers 404 with an empty body',
          remedy: patchObject(virtualService, 'replace', at.path, nearestCode(code)),
        };
      }
    }
  },
});

/** 301, 302, 303, 307 and 308 are known; of the others most were meant to keep the method, or not. */
const nearestCode = (code: number): number =>
  code === 304 || code < 301 || code > 308 ? 302 : code === 305 || code === 306 ? 307 : 301;
