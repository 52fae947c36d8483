import type { VirtualService } from '../model/cluster-view.ts';
import type { RuleRef } from '../model/envoy-config.ts';
import { rulePlace } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import type { HttpMatch } from '../model/specs.ts';
import { groupBy } from './facts/live.ts';
import { whereOf } from './facts/matches.ts';
import { rootOf, shadowedAcross, tcpShadowedAcross } from './facts/shadows.ts';
import { clientsOf, enumerate } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'route-shadowed-across-vs',
  summary: 'A route is never reached, because one of another VirtualService comes first and takes its requests',
  severity: 'warning',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const config of configs) {
      const all = [...shadowedAcross(config), ...tcpShadowedAcross(config)];
      for (const group of groupBy(
        all,
        (s) => `${keyOf(rootOf(s.rule).id)} ${whereOf(s.winner)} ${keyOf(s.winner.virtualService.id)}`,
      )) {
        const { rule, winner } = group[0];
        const rules = groupBy(group, (s) => `${keyOf(s.rule.virtualService.id)} ${whereOf(s.rule)}`).map(
          ([s]) => s.rule,
        );
        const [loser, other] = [rootOf(rule), rootOf(winner)];
        const isTcp = rule.block === 'tcp';
        const domains = [...new Set(group.flatMap((s) => s.domains))];
        yield {
          kind: 'problem',
          message:
            `${enumerate(rules.map(describe))} of ${resourceText(rule.virtualService.id)} ${rules.length > 1 ? 'are' : 'is'} not reached on ${enumerate(domains, 2)}: ` +
            `${whereOf(winner)} of ${resourceText(winner.virtualService.id)} wins${whyFirst(loser, other)}`,
          at: rulePlace(rule),
          related: [
            { at: rulePlace(winner), message: `${resourceText(winner.virtualService.id)} comes first` },
            ...rules.slice(1).map((r) => ({ at: rulePlace(r), message: 'never reached either' })),
          ],
          symptom: isTcp
            ? `${enumerate(domains)}: every connection goes to the backend of ${resourceText(other.id)}`
            : clientsOf(domains, `the answer of the backend of ${resourceText(other.id)}`),
          remedy: remedyOf(rule, loser, other),
          workload: config.workload,
        };
      }
    }
  },
});

const matchOf = ({ virtualService, index, match, block }: RuleRef): HttpMatch | undefined =>
  block === 'http' && match !== null ? virtualService.spec.http?.[index]?.match?.[match] : undefined;

/** `http[1].match[0] (prefix /api)`. */
function describe(rule: RuleRef): string {
  const { exact, prefix, regex } = matchOf(rule)?.uri ?? {};
  const path =
    exact !== undefined
      ? `exact ${exact}`
      : prefix !== undefined
        ? `prefix ${prefix}`
        : regex !== undefined
          ? `regex ${regex}`
          : null;
  return `${whereOf(rule)}${path ? ` (${path})` : ''}`;
}

/** Private ones come first, then the older, then the earlier name. mirrors: E8, E10. */
function whyFirst(loser: VirtualService, winner: VirtualService): string {
  const ages = [loser.meta.creationTimestamp, winner.meta.creationTimestamp];
  if (ages.includes(undefined)) return ' (by name; in clusters the older)';
  return ages[0]! > ages[1]! ? ` (it is older: ${ages[1]})` : '';
}

function remedyOf(rule: RuleRef, loser: VirtualService, other: VirtualService): string {
  const [mine, theirs] = [keyOf(loser.id), keyOf(other.id)];
  if (rule.block === 'tcp') {
    return `Give the two different ports of the Gateway: VirtualServices ${mine} and ${theirs} cannot share one without TLS.`;
  }
  const { uri } = matchOf(rule) ?? {};
  if (!uri || uri.prefix === '/') {
    return `Only one of them can have the route for everything: remove it from VirtualService ${mine} or ${theirs}, or give one of them a match.`;
  }
  return (
    `Put the narrower routes first, in one VirtualService: move those of ${mine} into ${theirs}, or let ${theirs} delegate:\n` +
    `  http:\n  - match: [{uri: ${JSON.stringify(uri)}}]\n    delegate: {name: ${loser.id.name}, namespace: ${loser.id.namespace}}   # without hosts and gateways`
  );
}
