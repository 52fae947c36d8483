import { describe, expect, it } from 'vitest';
import type { ClusterView } from '../../src/model/cluster-view.ts';
import type { Path } from '../../src/model/location.ts';
import type { AnyResource, Place } from '../../src/model/resource.ts';
import { defineRule, type Open, type Problem } from '../../src/rules/rule.ts';
import { type AnyRule, type Case, judge } from '../../src/rules/run.ts';
import unusedIgnore from '../../src/rules/unused-ignore.ts';
import { workload } from '../render/values.ts';

/** An object of a file whose lines are given; the path ['line', n] lies on line n. */
function object(name: string, lines: readonly string[] = [], annotations: Record<string, string> = {}): AnyResource {
  const file = `${name}.yaml`;
  return {
    id: { apiVersion: 'networking.istio.io/v1', kind: 'Gateway', namespace: 'test', name },
    meta: { name, namespace: 'test', labels: {}, annotations },
    spec: {},
    body: {},
    origin: {
      file,
      locate: (path) => ({ file, line: typeof path[1] === 'number' ? path[1] : 1, column: 1 }),
      line: (n) => lines[n - 1] ?? null,
    },
  };
}

const problem = (resource: AnyResource, path: Path, more: Partial<Problem> = {}): Problem => ({
  kind: 'problem',
  message: 'something is wrong',
  at: { resource, path },
  ...more,
});

const rule = (id: string, check: () => Iterable<Problem | Open>, severity: AnyRule['severity'] = 'error') =>
  defineRule({ id, summary: id, severity, inputs: ['view'], since: '0', check });

function caseOf(objects: readonly AnyResource[], catalogue: readonly AnyRule[], more: Partial<Case> = {}): Case {
  const view = { others: new Map([['Gateway', objects]]) } as unknown as ClusterView;
  return { view, configs: [], now: new Date(0), settings: { expiringWithinDays: 30 }, catalogue, ...more };
}

describe('judge', () => {
  it('names a throwing rule and keeps what the others, and it itself, said', () => {
    const a = object('a');
    const broken = rule('broken', function* () {
      yield problem(a, ['line', 2]);
      throw new TypeError('cannot read x');
    });
    const sound = rule('sound', () => [problem(a, ['line', 1])]);
    const result = judge(caseOf([a], [broken, sound]));
    expect(result.internalErrors).toMatchObject([{ rule: 'broken', message: 'cannot read x' }]);
    expect(result.findings.map((f) => f.rule)).toEqual(['sound', 'broken']);
  });

  it('takes any number of problems of one object', () => {
    const a = object('a');
    const many = Array.from({ length: 200_000 }, (_, i) => problem(a, ['line', i]));
    const { counts, internalErrors } = judge(caseOf([a], [rule('r', () => many, 'info')], { onlyCounted: ['info'] }));
    expect([counts.info, internalErrors]).toEqual([200_000, []]);
  });

  it('locates places and keeps the fingerprint when lines move', () => {
    const at = (shift: number) => {
      const a = object('a');
      const moved = { ...a, origin: { ...a.origin, locate: () => ({ file: 'a.yaml', line: 5 + shift, column: 3 }) } };
      const found = judge(caseOf([moved], [rule('r', () => [problem(moved, ['spec', 'servers', 1, 'tls'])])])).findings;
      return found[0]!;
    };
    expect(at(0)).toMatchObject({ path: 'spec.servers[1].tls', location: { line: 5 }, docs: 'docs/rules/r.md' });
    expect(at(7).location?.line).toBe(12);
    expect(at(7).fingerprint).toBe(at(0).fingerprint);
    expect(at(0).fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it('merges the same problem of several workloads and their related places', () => {
    const [a, b, c] = [object('a'), object('b'), object('c')];
    const found = judge(
      caseOf(
        [a, b, c],
        [
          rule('r', () => [
            problem(a, ['line', 1], {
              workload: workload('istio-system', 'w1'),
              related: [{ at: { resource: b, path: [] }, message: 'b' }],
            }),
            problem(a, ['line', 1], {
              workload: workload('istio-system', 'w2'),
              related: [{ at: { resource: c, path: [] }, message: 'c' }],
            }),
            problem(a, ['line', 2], { workload: workload('istio-system', 'w1') }),
          ]),
        ],
      ),
    ).findings;
    expect(found.map((f) => [f.workload, f.related.map((r) => r.resource.name)])).toEqual([
      [null, ['b', 'c']],
      ['istio-system/w1', []],
    ]);
  });

  it('sorts by severity, then place, and overrides severities', () => {
    const [a, b] = [object('a'), object('b')];
    const catalogue = [
      rule('one', () => [problem(b, ['line', 1]), problem(a, ['line', 9]), problem(a, ['line', 2])]),
      rule('two', () => [problem(a, ['line', 1])], 'warning'),
      rule('three', () => [problem(b, ['line', 3])], 'info'),
      rule('four', () => [problem(b, ['line', 4])]),
    ];
    const texts = (more: Partial<Case>) =>
      judge(caseOf([a, b], catalogue, more)).findings.map(
        (f) => `${f.severity} ${f.location?.file}:${f.location?.line}`,
      );
    expect(texts({})).toEqual([
      'error a.yaml:2',
      'error a.yaml:9',
      'error b.yaml:1',
      'error b.yaml:4',
      'warning a.yaml:1',
      'info b.yaml:3',
    ]);
    expect(texts({ rules: { severities: { one: 'info', three: 'error', four: 'off' } } })[0]).toBe('error b.yaml:3');
    expect(texts({ rules: { only: ['two'] } })).toEqual(['warning a.yaml:1']);
    expect(texts({ rules: { skip: ['one', 'four'] } })).toEqual(['warning a.yaml:1', 'info b.yaml:3']);
  });

  it('lets the more specific rule speak, also when it is skipped', () => {
    const a = object('a');
    const catalogue = [
      rule('chain-order', () => [problem(a, ['line', 1])]),
      rule('key-cert-mismatch', () => [problem(a, ['line', 2]), problem(object('b'), ['line', 1])]),
    ];
    const rules = (more: Partial<Case>) =>
      judge(caseOf([a], catalogue, more)).findings.map((f) => f.rule + f.resource.name);
    expect(rules({})).toEqual(['chain-ordera', 'key-cert-mismatchb']);
    expect(rules({ rules: { skip: ['chain-order'] } })).toEqual(['key-cert-mismatchb']);
  });

  it('reports a question once, and only inside the scope', () => {
    const a = object('a');
    const open = (at: AnyResource): Open => ({
      kind: 'open',
      question: 'is it there?',
      because: 'not read',
      decides: { kind: 'file', command: 'add it' },
      at: { resource: at, path: [] },
    });
    const catalogue = [rule('r', () => [open(a), open(a), open(object('b'))])];
    expect(judge(caseOf([a], catalogue)).undecided.map((u) => u.resource?.name)).toEqual(['a', 'b']);
    const scope = (places: readonly Place[]) => places.some((p) => p.resource.id.name === 'b');
    expect(judge(caseOf([a], catalogue, { scope })).undecided.map((u) => u.resource?.name)).toEqual(['b']);
  });

  it('reports a finding whose related place is inside the scope', () => {
    const [a, b] = [object('a'), object('b')];
    const catalogue = [
      rule('r', () => [
        problem(a, ['line', 1], { related: [{ at: { resource: b, path: [] }, message: '' }] }),
        problem(a, ['line', 2]),
      ]),
    ];
    const scope = (places: readonly Place[]) => places.some((p) => p.resource === b);
    expect(judge(caseOf([a, b], catalogue, { scope })).findings.map((f) => f.location?.line)).toEqual([1]);
  });
});

describe('findings that are only counted', () => {
  const info = (resource: AnyResource, line: number, id = 'i') =>
    rule(id, () => [problem(resource, ['line', line])], 'info');
  const count = (objects: readonly AnyResource[], catalogue: readonly AnyRule[], more: Partial<Case> = {}) => {
    const { findings, ignored, counts } = judge(caseOf(objects, catalogue, { onlyCounted: ['info'], ...more }));
    return { counts, findings: findings.map((f) => f.rule), ignored: ignored.map((i) => `${i.rule} ${i.by}`) };
  };

  it('are not located', () => {
    const a = object('a');
    let asked = 0;
    const locate = () => {
      asked++;
      return null;
    };
    const counted = { ...a, origin: { ...a.origin, locate } };
    const catalogue = [info(counted, 1), rule('e', () => [problem(a, ['line', 2])])];
    expect(count([a], catalogue)).toEqual({
      counts: { error: 1, warning: 0, info: 1 },
      findings: ['e'],
      ignored: [],
    });
    expect(asked).toBe(0);
  });

  it('are those of the severity that the configuration gives', () => {
    const severities = { i: 'error', e: 'info' } as const;
    const catalogue = [info(object('a'), 1), rule('e', () => [problem(object('a'), ['line', 2])])];
    expect(count([], catalogue, { rules: { severities } }).findings).toEqual(['i']);
  });

  it('are ignored as others are, and outside the scope they do not count', () => {
    const a = object('a', ['x: # tlsgw: ignore[i] fine', 'y:', 'z: # tlsgw: ignore[i] stale']);
    const b = object('b');
    const all = (line: number) => [info(a, line), info(b, 2, 'j'), unusedIgnore];
    expect(count([a, b], all(1)).ignored).toEqual(['i inline']);
    expect(count([a, b], all(2)).ignored).toEqual([]);
    const fingerprint = judge(caseOf([a, b], [info(b, 2, 'j')])).findings[0]!.fingerprint;
    const known = count([a, b], all(2), { baseline: new Set([fingerprint]), rules: { skip: ['unused-ignore'] } });
    expect(known).toEqual({ counts: { error: 0, warning: 0, info: 1 }, findings: [], ignored: ['j baseline'] });
    const scope = (places: readonly Place[]) => places.some((p) => p.resource.id.name === 'b');
    expect(count([a, b], [info(a, 2), info(b, 2, 'j')], { scope }).counts.info).toBe(1);
  });
});

describe('ignores', () => {
  const firing = (resource: AnyResource, line: number) => rule('r', () => [problem(resource, ['line', line])]);
  const outcome = (resource: AnyResource, line: number, more: Partial<Case> = {}) => {
    const { findings, ignored } = judge(caseOf([resource], [firing(resource, line), unusedIgnore], more));
    return {
      findings: findings.map((f) => `${f.rule}:${f.location?.line}`),
      ignored: ignored.map((i) => `${i.by}: ${i.reason}`),
    };
  };

  it('reads a comment on the line', () => {
    const a = object('a', ['x: 1 # tlsgw: ignore[other, r] known since May  ']);
    expect(outcome(a, 1).ignored).toEqual(['inline: known since May']);
  });

  it('reads comments that stand alone above the line, but not one behind the value above', () => {
    const above = object('a', ['# tlsgw: ignore[r] reason', '# more', 'x: 1']);
    expect(outcome(above, 3)).toEqual({ findings: [], ignored: ['inline: reason'] });
    const behind = object('a', ['x: 1 # tlsgw: ignore[r]', 'y: 1']);
    expect(outcome(behind, 2)).toEqual({ findings: ['r:2', 'unused-ignore:1'], ignored: [] });
  });

  it('reads the annotation of the primary object', () => {
    expect(outcome(object('a', [], { 'tlsgw/ignore': 'x-y, r we know' }), 1).ignored).toEqual(['annotation: we know']);
  });

  it('matches the configuration by rule and object', () => {
    const location = { file: '.tlsgw.yaml', line: 4, column: 3 };
    const with_ = (resource: string) =>
      outcome(object('a'), 1, { ignores: [{ rule: 'r', resource, reason: 'legacy', location }] });
    for (const glob of ['Gateway test/*', 'test/a', '*', 'Gateway test/?'])
      expect(with_(glob).ignored).toEqual(['config: legacy']);
    expect(with_('Gateway test/b')).toEqual({ findings: ['r:1', 'unused-ignore:4'], ignored: [] });
  });

  it('accepts what the baseline knows', () => {
    const a = object('a');
    const { findings } = judge(caseOf([a], [firing(a, 1)]));
    expect(outcome(a, 1, { baseline: new Set([findings[0]!.fingerprint]) })).toEqual({
      findings: [],
      ignored: ['baseline: in the baseline'],
    });
  });

  it('reports what silences nothing, unless the rule did not run', () => {
    const lines = ['x: 1', 'y: 1 # tlsgw: ignore[r] old', 'z: 1 # tlsgw: ignore[no-such]', 'u: # tlsgw: ignore'];
    const { findings } = judge(caseOf([object('a', lines)], [rule('r', () => []), unusedIgnore]));
    expect(findings.map((f) => [f.location?.line, f.message])).toEqual([
      [2, 'this ignore of r silences nothing'],
      [3, 'this ignore names no-such, which is no rule'],
      [4, 'this ignore names no rule'],
    ]);
    const skipped = judge(
      caseOf([object('a', lines)], [rule('r', () => []), unusedIgnore], { rules: { skip: ['r'] } }),
    );
    expect(skipped.findings.map((f) => f.location?.line)).toEqual([3, 4]);
  });

  it('can silence the report about ignores itself', () => {
    const a = object('a', ['# tlsgw: ignore[unused-ignore]', 'x: # tlsgw: ignore[r]']);
    expect(judge(caseOf([a], [rule('r', () => []), unusedIgnore])).findings).toEqual([]);
  });
});
