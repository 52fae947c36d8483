import type { ClusterView } from '../../model/cluster-view.ts';
import type { EnvoyConfig } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { coverageOf } from '../../x509/names.ts';
import type { Served, Use } from './contents.ts';
import { leavesOf } from './leaves.ts';
import { testedHosts } from './tested-hosts.ts';

/** A name that clients of a server use and that none of its certificates covers. */
export interface UncoveredHost {
  readonly name: string;
  /** The host of the server through which it is served. */
  readonly through: string;
  readonly use: Use;
  /** The wildcard entry that fits but for its depth. */
  readonly deeper: string | null;
}

const uncovered = oncePer((view: ClusterView) =>
  oncePer((configs: readonly EnvoyConfig[]) =>
    oncePer(({ uses, chain }: Served): readonly UncoveredHost[] => {
      const found: UncoveredHost[] = [];
      if (chain === null) return found;
      for (const use of uses) {
        const leaves = leavesOf(configs, use.config, use.server);
        // Of several certificates the first is blamed.
        if (leaves === null || leaves[0] !== chain[0]) continue;
        for (const { names, through } of testedHosts(view, use.config, use.server)) {
          for (const name of names) {
            const deeper = unlessCovered(leaves, name);
            if (deeper !== undefined) found.push({ name, through, use, deeper });
          }
        }
      }
      return found;
    }),
  ),
);

/** The first wildcard entry that a name is too deep for; undefined where a certificate covers it. */
function unlessCovered(leaves: readonly Certificate[], name: string): string | null | undefined {
  let deeper: string | null = null;
  for (const leaf of leaves) {
    const coverage = coverageOf(leaf, name);
    if (coverage.kind === 'covered') return undefined;
    if (coverage.kind === 'deeper') deeper ??= coverage.by;
  }
  return deeper;
}

/** The names that a Secret's certificate should cover and does not, of all servers that serve it. */
export const uncoveredBy = (
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  served: Served,
): readonly UncoveredHost[] => uncovered(view)(configs)(served);
