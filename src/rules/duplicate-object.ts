import type { AnyResource } from '../model/resource.ts';
import { resourceText } from '../model/resource.ts';
import { groupBy } from './facts/live.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'duplicate-object',
  summary: 'The same object stands in the input twice; only the last one counts',
  severity: 'warning',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const copies of groupBy(view.duplicates, ({ later: { id } }) => `${id.apiVersion} ${resourceText(id)}`)) {
      const { later } = copies.at(-1)!;
      const [{ earlier }] = copies;
      // Kustomizations and generateName objects have no name to share.
      if (later.id.name === '' || later.id.kind === '') continue;
      const equal = copies.every((c) => JSON.stringify(c.earlier.body) === JSON.stringify(later.body));
      const times = copies.length === 1 ? 'twice' : `${copies.length + 1} times`;
      // Every application of a namespace may well bring the namespace along.
      if (equal && later.id.kind === 'Namespace') continue;
      yield {
        kind: 'problem',
        message: `${resourceText(later.id)} stands in the input ${times}${equal ? ', in the same words' : ''}: only the last one counts`,
        at: { resource: later, path: ['metadata', 'name'] },
        related: copies.map((c) => ({
          at: { resource: c.earlier, path: ['metadata', 'name'] },
          message: 'the earlier one has no effect',
        })),
        symptom: equal ? '' : 'kubectl apply says nothing: the last one overwrites the other',
        remedy: `Remove ${copies.length === 1 ? 'one of the two' : 'all but one'}${whereText(earlier)}, or rename it; alternatives that are never applied together are judged one by one with --each.`,
        severity: equal ? 'info' : 'warning',
      };
    }
  },
});

function whereText({ origin }: AnyResource): string {
  const location = origin.locate([]);
  return location ? ` (the earlier one is in ${location.file}, line ${location.line})` : '';
}
