import type { VirtualService } from '../../model/cluster-view.ts';
import type { RuleRef } from '../../model/envoy-config.ts';
import type { HttpMatch, L4Match } from '../../model/specs.ts';
import { writtenText } from '../../model/written-path.ts';

/** One match of a VirtualService with its place. */
export interface RuleMatch {
  readonly ref: RuleRef;
  readonly match: HttpMatch | L4Match;
}

/** `http[1].match[0]`: a rule or match as a reader counts it. */
export const whereOf = ({ virtualService, block, index, match }: RuleRef): string =>
  writtenText(virtualService, ['spec', block, index, ...(match === null ? [] : ['match', match])]).slice(
    'spec.'.length,
  );

/** Every match of a VirtualService, in order. */
export const ruleMatches = (virtualService: VirtualService): RuleMatch[] =>
  (['http', 'tls', 'tcp'] as const).flatMap((block) =>
    (virtualService.spec[block] ?? []).flatMap((rule, index) =>
      (rule.match ?? []).map((match, i) => ({ ref: { virtualService, block, index, match: i }, match })),
    ),
  );

/** The matches of a VirtualService's tls rules with the names they are for. */
export const sniMatches = (
  virtualService: VirtualService,
): { readonly ref: RuleRef; readonly sniHosts: readonly string[] }[] =>
  (virtualService.spec.tls ?? []).flatMap((rule, index) =>
    (rule.match ?? []).map(({ sniHosts = [] }, match) => ({
      ref: { virtualService, block: 'tls', index, match },
      sniHosts,
    })),
  );
