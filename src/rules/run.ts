import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Finding, IgnoredFinding, Severity, Undecided } from '../model/finding.ts';
import { append } from '../model/once.ts';
import { type AnyResource, type Place, resourceText } from '../model/resource.ts';
import type { Workload } from '../model/workload.ts';
import { byPlace, compare, type Draft, draft, type Merged, merge } from './draft.ts';
import { asJudged } from './facts/live.ts';
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
  readonly scope?: (concerned: readonly Place[]) => boolean;
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
  /** What `scope` keeps out of the report. */
  readonly beyond: Pick<Judgement, 'findings' | 'undecided'>;
}

/** A rule whatever its inputs; every rule is given all of them and may read those it names. */
export type AnyRule = Omit<Rule, 'check'> & { check(given: Inputs): Iterable<Problem | Open> };

/** A problem before it is located. */
interface Undrafted {
  readonly rule: string;
  readonly problem: Problem;
  readonly severity: Severity;
  readonly workload: Workload | null;
}

interface Collected {
  readonly drafts: Draft[];
  readonly questions: { readonly undecided: Undecided; readonly concerned: readonly Place[] }[];
  readonly internalErrors: InternalError[];
}

/** Runs the selected rules and returns what they say, settled, suppressed and sorted. Pure. */
export function judge(given: Case): Judgement {
  const all = given.catalogue ?? (catalogue as readonly AnyRule[]);
  const selected = selection(all, given.rules ?? {});
  const running = withWinners(selected);
  const inputs: Inputs = { ...given, configs: given.configs.map(asJudged), unusedIgnores: [] };
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
  const open = questions([...first.questions, ...second.questions], selected, inScope);
  return {
    findings: kept
      .filter((d) => inScope(d.concerned))
      .map((d) => d.finding)
      .sort(byPlace),
    undecided: open,
    ignored: ignored
      .filter((i) => inScope(i.draft.concerned))
      .map((i) => i.finding)
      .sort(byPlace),
    internalErrors: [...first.internalErrors, ...second.internalErrors].filter((e) => selected.has(e.rule)),
    beyond: {
      findings: kept.filter((d) => !inScope(d.concerned)).map((d) => d.finding),
      undecided: given.scope ? questions([...first.questions, ...second.questions], selected, (c) => !inScope(c)) : [],
    },
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
  /** By object: the text of a document is then read once for all its findings. */
  const toDraft = new Map<AnyResource, Undrafted[]>();
  for (const rule of rules) {
    const merged: Merged = new Map();
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
      append(toDraft, problem.at.resource, { rule: rule.id, problem, severity, workload });
    }
  }
  for (const all of toDraft.values()) {
    for (const { rule, problem, severity, workload } of all) {
      try {
        result.drafts.push(draft(rule, problem, severity, workload));
      } catch (error) {
        result.internalErrors.push(internalError(rule, error));
      }
    }
  }
  return result;
}

function question(rule: string, open: Open): Collected['questions'][number] {
  const { question, because, decides, at } = open;
  return {
    undecided: { question, because, decides, rule, resource: at ? at.resource.id : null },
    concerned: at ? [at] : [],
  };
}

function configQuestion(open: EnvoyConfig['undecided'][number]): Collected['questions'][number] {
  const { question, because, decides, resource } = open;
  return {
    undecided: { question, because, decides, rule: null, resource: resource ? resource.id : null },
    concerned: resource ? [{ resource, path: [] }] : [],
  };
}

function questions(
  all: Collected['questions'],
  selected: ReadonlySet<string>,
  inScope: (concerned: readonly Place[]) => boolean,
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
