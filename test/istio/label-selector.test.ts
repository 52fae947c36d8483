import { expect, test } from 'vitest';
import { selects } from '../../src/istio/label-selector.ts';

const labels = { team: 'shop', 'kubernetes.io/metadata.name': 'shop' };
const all = { labels, all: true };
const some = { labels, all: false };

/** As Kubernetes' labels.Selector; the last column is for an object whose other labels are not known. */
const table: readonly (readonly [selector: unknown, known: boolean | 'unknown', partly: boolean | 'unknown'])[] = [
  [{}, true, true],
  [{ matchLabels: { team: 'shop' } }, true, true],
  [{ matchLabels: { team: 'pay' } }, false, false],
  [{ matchLabels: { env: 'prod' } }, false, 'unknown'],
  [{ matchLabels: { team: 'pay', env: 'prod' } }, false, false],
  [{ matchLabels: { team: 'shop', env: 'prod' } }, false, 'unknown'],
  [{ matchExpressions: [{ key: 'team', operator: 'In', values: ['pay', 'shop'] }] }, true, true],
  [{ matchExpressions: [{ key: 'env', operator: 'In', values: ['prod'] }] }, false, 'unknown'],
  [{ matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['shop'] }] }, false, false],
  [{ matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['prod'] }] }, true, 'unknown'],
  [{ matchExpressions: [{ key: 'team', operator: 'Exists' }] }, true, true],
  [{ matchExpressions: [{ key: 'env', operator: 'Exists' }] }, false, 'unknown'],
  [{ matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] }, false, false],
  [{ matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] }, true, 'unknown'],
  [{ matchExpressions: [{ key: 'team', operator: 'Near' }] }, 'unknown', 'unknown'],
  [{ matchLabels: { team: true } }, 'unknown', 'unknown'],
  [{ matchExpressions: [null] }, 'unknown', 'unknown'],
  [null, false, false],
  ['team=shop', false, false],
];

test.each(table)(
  '%j selects an object with known labels: %s, with labels known in part: %s',
  (selector, known, partly) => {
    expect(selects(selector, all)).toBe(known);
    expect(selects(selector, some)).toBe(partly);
  },
);
