import { hostSubsetOf } from '../istio/hosts.ts';
import type { VirtualService } from '../model/cluster-view.ts';
import { rulePlace } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { hiddenByExact } from './facts/hidden-wildcards.ts';
import { groupBy } from './facts/live.ts';
import { whereOf } from './facts/matches.ts';
import { hostsOf } from './facts/routes.ts';
import { rootOf } from './facts/shadows.ts';
import { clientsOf, enumerate, NO_ROUTE } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'wildcard-vs-hidden',
  summary: 'Routes for a wildcard host do not hold for a name under it that has a VirtualService of its own',
  severity: 'info',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of configs) {
      const pairs = hiddenByExact(config).flatMap((hidden) =>
        groupBy(hidden.routes, (r) => rootOf(r.origin)).map((routes) => ({
          ...hidden,
          routes,
          loser: rootOf(routes[0].origin),
          winner: rootOf(hidden.exact.routes[0]!.origin),
        })),
      );
      for (const group of groupBy(
        pairs,
        (p) => `${keyOf(p.loser.id)} ${keyOf(p.winner.id)} ${p.pattern} ${p.isLost}`,
      )) {
        const { loser, winner, isLost, pattern } = group[0];
        if (loser === winner) continue;
        const domains = [...new Set(group.flatMap((p) => p.domains))];
        const rules = groupBy(
          group.flatMap((p) => p.routes),
          (r) => `${r.origin.block}[${r.origin.index}]`,
        );
        yield {
          kind: 'problem',
          message: `${resourceText(loser.id)} (${pattern}) does not hold for ${enumerate(domains)}: ${resourceText(winner.id)} has the exact name, and its ${enumerate(rules.map(([r]) => whereOf({ ...r.origin, match: null })))} ${rules.length > 1 ? 'are' : 'is'} not repeated there`,
          at: { resource: loser, path: ['spec', 'hosts', hostIndex(loser, pattern, view.mesh.domain)] },
          about: isLost ? `${pattern} (lost)` : pattern,
          related: [
            { at: { resource: winner, path: ['spec', 'hosts'] }, message: 'has the exact name' },
            ...rules.map(([r]) => ({ at: rulePlace({ ...r.origin, match: null }), message: 'is not used for it' })),
          ],
          symptom: clientsOf(
            domains,
            isLost ? `${NO_ROUTE} on these paths` : `these paths are answered by ${resourceText(winner.id)}`,
          ),
          remedy: `If ${enumerate(domains)} should have these routes too, repeat them in VirtualService ${keyOf(winner.id)}.`,
          workload: config.workload,
        };
      }
    }
  },
});

const hostIndex = (vs: VirtualService, host: string, domain: string): number =>
  Math.max(
    0,
    hostsOf(vs, domain).findIndex((h) => hostSubsetOf(host, h.toLowerCase())),
  );
