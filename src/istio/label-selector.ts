/** The labels of an object as far as they are known. */
export interface KnownLabels {
  readonly labels: Readonly<Record<string, string>>;
  /** False: the object may have other labels. */
  readonly all: boolean;
}

type Verdict = boolean | 'unknown';

/** Kubernetes' LabelSelector (matchLabels and matchExpressions, all of which must fit); 'unknown' where it cannot be told. */
export function selects(selector: unknown, known: KnownLabels): Verdict {
  if (typeof selector !== 'object' || selector === null) return false;
  const { matchLabels, matchExpressions } = selector as { matchLabels?: unknown; matchExpressions?: unknown };
  const labels = Object.entries((matchLabels ?? {}) as Readonly<Record<string, unknown>>).map(
    ([key, value]): Verdict => (typeof value === 'string' ? has(known, key, (v) => v === value, false) : 'unknown'),
  );
  const expressions = (Array.isArray(matchExpressions) ? matchExpressions : []).map((e) => fits(e, known));
  const all = [...labels, ...expressions];
  return all.includes(false) ? false : all.includes('unknown') ? 'unknown' : true;
}

function fits(expression: unknown, known: KnownLabels): Verdict {
  const { key, operator, values } = (expression ?? {}) as { key?: unknown; operator?: unknown; values?: unknown };
  if (typeof key !== 'string') return 'unknown';
  const list: readonly unknown[] = Array.isArray(values) ? values : [];
  switch (operator) {
    case 'In':
      return has(known, key, (v) => list.includes(v), false);
    case 'NotIn':
      return has(known, key, (v) => !list.includes(v), true);
    case 'Exists':
      return has(known, key, () => true, false);
    case 'DoesNotExist':
      return has(known, key, () => false, true);
    default:
      return 'unknown';
  }
}

function has({ labels, all }: KnownLabels, key: string, test: (value: string) => boolean, absent: boolean): Verdict {
  const value = labels[key];
  if (value !== undefined) return test(value);
  return all ? absent : 'unknown';
}
