import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Finding, IgnoredFinding, RelatedPlace, Severity, Undecided } from '../model/finding.ts';
import { type Location, pathText } from '../model/location.ts';
import { type AnyResource, type Place, resourceText } from '../model/resource.ts';
import { type Workload, workloadText } from '../model/workload.ts';
import { fingerprint } from './fingerprint.ts';
import { rules as catalogue } from './index.ts';
import type { Inputs, Open, Problem, Rule, Settings } from './rule.ts';
import { settle, withWinners } from './settle.ts';
import { type ConfigIgnore, collectIgnores } from './suppress.ts';

/** Which rules speak, and how loudly. A severity set here holds for every finding of the rule. */
export interface RuleSelection {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
}

/** Everything a verdict depends on; equal cases give equal judgements. */
export interface Case {
  readonly view: ClusterView;
  readonly configs: readonly EnvoyConfig[];
  readonly now: Date;
  readonly settings: Settings;
  readonly rules?: RuleSelection;
  /** Ignores of the configuration file; those in the objects and their text are found here. */
  readonly ignores?: readonly ConfigIgnore[];
  /** Fingerprints of findings that are known and accepted. */
  readonly baseline?: ReadonlySet<string>;
  /** Tells whether a finding or question about these objects is reported (`-n`, `--with`, `doctor HOST`). */
  readonly scope?: (concerned: readonly AnyResource[]) => boolean;
  /** Other rules than the catalogue's, for tests of the engine. */
  readonly catalogue?: readonly AnyRule[];
}

/** A rule that threw: our own bug, exit code 70. The findings of all other rules are unaffected. */
export interface InternalError {
  readonly rule: string;
  readonly message: string;
  readonly stack: string;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly undecided: readonly Undecided[];
  readonly ignored: readonly IgnoredFinding[];
  readonly internalErrors: readonly InternalError[];
}

/** A rule whatever its inputs; every rule is given all of them and may read those it names. */
export type AnyRule = Omit<Rule, 'check'> & { check(given: Inputs): Iterable<Problem | Open> };

/** A finding on its way to the report, with the objects behind its texts. */
interface Draft {
  readonly rule: string;
  readonly place: string;
  readonly resource: string;
  readonly at: Place;
  readonly concerned: readonly AnyResource[];
  readonly finding: Finding;
}

interface Collected {
  readonly drafts: Draft[];
  readonly questions: { readonly undecided: Undecided; readonly concerned: readonly AnyResource[] }[];
  readonly internalErrors: InternalError[];
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Page of a rule, relative to the root of the package. */
export const docsOf = (rule: string): string => `docs/rules/${rule}.md`;

/** Runs the selected rules and returns what they say, settled, suppressed and sorted. Pure. */
export function judge(given: Case): Judgement {
  const all = given.catalogue ?? (catalogue as readonly AnyRule[]);
  const selected = selection(all, given.rules ?? {});
  const running = withWinners(selected);
  const inputs: Inputs = { ...given, unusedIgnores: [] };
  const late = (rule: AnyRule) => rule.inputs.includes('unusedIgnores');

  const first = collect(
    all.filter((rule) => running.has(rule.id) && !late(rule)),
    inputs,
    given.rules?.severities ?? {},
  );
  for (const config of given.configs) for (const open of config.undecided) first.questions.push(configQuestion(open));
  const reported = settle(first.drafts).filter((d) => selected.has(d.rule));

  const ignores = collectIgnores(given.view, given.ignores ?? [], new Set(all.map((r) => r.id)));
  const kept: Draft[] = [];
  const ignored: { readonly draft: Draft; readonly finding: IgnoredFinding }[] = [];
  const suppress = (drafts: readonly Draft[]) => {
    for (const draft of drafts) {
      const by = ignores.silence(draft.rule, draft.at.resource, draft.finding.location);
      const known = given.baseline?.has(draft.finding.fingerprint)
        ? { reason: 'in the baseline', by: 'baseline' }
        : null;
      const match = by ?? known;
      if (match) ignored.push({ draft, finding: { ...draft.finding, ...match } });
      else kept.push(draft);
    }
  };
  suppress(reported);
  const second = collect(
    all.filter((rule) => selected.has(rule.id) && late(rule)),
    { ...inputs, unusedIgnores: ignores.unused(selected) },
    given.rules?.severities ?? {},
  );
  suppress(second.drafts);

  const inScope = given.scope ?? (() => true);
  return {
    findings: kept
      .filter((d) => inScope(d.concerned))
      .map((d) => d.finding)
      .sort(byPlace),
    undecided: questions([...first.questions, ...second.questions], selected, inScope),
    ignored: ignored
      .filter((i) => inScope(i.draft.concerned))
      .map((i) => i.finding)
      .sort(byPlace),
    internalErrors: [...first.internalErrors, ...second.internalErrors],
  };
}

function selection(all: readonly AnyRule[], rules: RuleSelection): Set<string> {
  const only = rules.only && rules.only.length > 0 ? new Set(rules.only) : null;
  const skip = new Set(rules.skip);
  const off = (id: string) => rules.severities?.[id] === 'off' && !only;
  return new Set(all.map((r) => r.id).filter((id) => (!only || only.has(id)) && !skip.has(id) && !off(id)));
}

function collect(
  rules: readonly AnyRule[],
  inputs: Inputs,
  severities: Readonly<Record<string, Severity | 'off'>>,
): Collected {
  const result: Collected = { drafts: [], questions: [], internalErrors: [] };
  for (const rule of rules) {
    const merged = new Map<string, { problem: Problem; workloads: Set<Workload | undefined> }>();
    try {
      for (const said of rule.check(inputs)) {
        if (said.kind === 'open') result.questions.push(question(rule.id, said));
        else merge(merged, said);
      }
    } catch (error) {
      result.internalErrors.push(internalError(rule.id, error));
    }
    const override = severities[rule.id];
    for (const { problem, workloads } of merged.values()) {
      const severity = override && override !== 'off' ? override : (problem.severity ?? rule.severity);
      const workload = workloads.size === 1 ? ([...workloads][0] ?? null) : null;
      try {
        result.drafts.push(draft(rule.id, problem, severity, workload));
      } catch (error) {
        result.internalErrors.push(internalError(rule.id, error));
      }
    }
  }
  return result;
}

/** The same sentence about the same place for several workloads is one finding. */
function merge(
  merged: Map<string, { problem: Problem; workloads: Set<Workload | undefined> }>,
  problem: Problem,
): void {
  const key = [placeKey(problem.at), problem.severity ?? '', problem.message].join('\n');
  const same = merged.get(key);
  if (!same) {
    merged.set(key, { problem, workloads: new Set([problem.workload]) });
    return;
  }
  same.workloads.add(problem.workload);
  const known = new Set((same.problem.related ?? []).map((r) => placeKey(r.at)));
  const more = (problem.related ?? []).filter((r) => !known.has(placeKey(r.at)));
  if (more.length > 0) same.problem = { ...same.problem, related: [...(same.problem.related ?? []), ...more] };
}

/** Two objects of one name in two files are two places. */
const objectKey = (resource: AnyResource): string =>
  `${resource.origin.file ?? ''}\n${resource.id.apiVersion} ${resourceText(resource.id)}`;
const placeKey = (at: Place): string => `${objectKey(at.resource)}\n${pathText(at.path)}`;

function draft(rule: string, problem: Problem, severity: Severity, workload: Workload | null): Draft {
  const { resource, path } = problem.at;
  const related: RelatedPlace[] = (problem.related ?? []).map((r) => ({
    resource: r.at.resource.id,
    path: pathText(r.at.path),
    location: r.at.resource.origin.locate(r.at.path),
    message: r.message,
  }));
  return {
    rule,
    place: placeKey(problem.at),
    resource: objectKey(resource),
    at: problem.at,
    concerned: [resource, ...(problem.related ?? []).map((r) => r.at.resource)],
    finding: {
      rule,
      severity,
      message: problem.message,
      resource: resource.id,
      workload: workload ? workloadText(workload) : null,
      path: pathText(path),
      location: resource.origin.locate(path),
      related,
      symptom: problem.symptom ?? '',
      remedy: problem.remedy ?? '',
      docs: docsOf(rule),
      fingerprint: fingerprint({
        rule,
        resource: resource.id,
        path: pathText(path),
        workload,
        firstRelated: related[0]?.resource ?? null,
      }),
    },
  };
}

function question(rule: string, open: Open): Collected['questions'][number] {
  const { question, because, decides, at } = open;
  return {
    undecided: { question, because, decides, rule, resource: at ? at.resource.id : null },
    concerned: at ? [at.resource] : [],
  };
}

function configQuestion(open: EnvoyConfig['undecided'][number]): Collected['questions'][number] {
  const { question, because, decides, resource } = open;
  return {
    undecided: { question, because, decides, rule: null, resource: resource ? resource.id : null },
    concerned: resource ? [resource] : [],
  };
}

function questions(
  all: Collected['questions'],
  selected: ReadonlySet<string>,
  inScope: (concerned: readonly AnyResource[]) => boolean,
): Undecided[] {
  const seen = new Map<string, Undecided>();
  for (const { undecided, concerned } of all) {
    if (undecided.rule !== null && !selected.has(undecided.rule)) continue;
    if (concerned.length > 0 && !inScope(concerned)) continue;
    const key = [undecided.question, undecided.resource ? resourceText(undecided.resource) : ''].join('\n');
    if (!seen.has(key)) seen.set(key, undecided);
  }
  const text = (u: Undecided) => `${u.resource ? resourceText(u.resource) : ''}\n${u.rule ?? ''}\n${u.question}`;
  return [...seen.values()].sort((a, b) => compare(text(a), text(b)));
}

function internalError(rule: string, error: unknown): InternalError {
  return error instanceof Error
    ? { rule, message: error.message, stack: error.stack ?? '' }
    : { rule, message: String(error), stack: '' };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function compareLocation(a: Location | null, b: Location | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column;
}

function byPlace(a: Finding, b: Finding): number {
  return (
    rank[a.severity] - rank[b.severity] ||
    compareLocation(a.location, b.location) ||
    compare(resourceText(a.resource), resourceText(b.resource)) ||
    compare(a.path, b.path) ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message) ||
    compare(a.workload ?? '', b.workload ?? '')
  );
}
