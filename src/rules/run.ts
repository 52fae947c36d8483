import type { ClusterView } from '../model/cluster-view.ts';
import { compare } from '../model/compare.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Finding, IgnoredFinding, Severity, Undecided } from '../model/finding.ts';
import { hideKeys } from '../model/key-text.ts';
import { append } from '../model/once.ts';
import { type AnyResource, type Place, resourceText } from '../model/resource.ts';
import { byPlace, concerned, type Draft, findingOf, identityOf, locationOf, type Merged, merge } from './draft.ts';
import { asJudged } from './facts/live.ts';
import { rules as catalogue } from './index.ts';
import type { Inputs, Open, Problem, Rule, Settings } from './rule.ts';
import { settle, withWinners } from './settle.ts';
import { type ConfigIgnore, collectIgnores, type Ignores } from './suppress.ts';

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
  /** Findings of these severities are only counted, but for those about a Secret: locating them takes time, and nobody is shown where they are. */
  readonly onlyCounted?: readonly Severity[];
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
  /** How many findings of a severity there are, those of `onlyCounted` among them. */
  readonly counts: Readonly<Record<Severity, number>>;
  readonly undecided: readonly Undecided[];
  readonly ignored: readonly IgnoredFinding[];
  readonly internalErrors: readonly InternalError[];
  /** What `scope` keeps out of the report. */
  readonly beyond: Pick<Judgement, 'findings' | 'undecided'>;
  /** The places that each question is about, those of `beyond` as well. */
  readonly askedAbout: ReadonlyMap<Undecided, readonly Place[]>;
}

/** A rule whatever its inputs; every rule is given all of them and may read those it names. */
export type AnyRule = Omit<Rule, 'check'> & { check(given: Inputs): Iterable<Problem | Open> };

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

  const ignores = collectIgnores(given.view, given.ignores ?? [], new Set(all.map((r) => r.id)));
  const told: Told = { findings: [], beyond: [], ignored: [], counts: { error: 0, warning: 0, info: 0 } };
  const internalErrors = [...first.internalErrors];
  const tell = (drafts: readonly Draft[]) => {
    for (const draft of drafts) {
      try {
        report(draft, given, ignores, told);
      } catch (error) {
        internalErrors.push(internalError(draft.rule, error));
      }
    }
  };
  tell(settle(first.drafts).filter((d) => selected.has(d.rule)));
  const second = collect(
    all.filter((rule) => selected.has(rule.id) && late(rule)),
    { ...inputs, unusedIgnores: ignores.unused(selected) },
    given.rules?.severities ?? {},
  );
  tell(second.drafts);
  internalErrors.push(...second.internalErrors);

  const asked = [...first.questions, ...second.questions];
  const inScope = given.scope ?? (() => true);
  const reported = questions(asked, selected, inScope);
  const others = given.scope ? questions(asked, selected, (c) => !inScope(c)) : [];
  return {
    findings: told.findings.sort(byPlace),
    counts: told.counts,
    undecided: reported.map(({ undecided }) => undecided),
    ignored: told.ignored.sort(byPlace),
    internalErrors: internalErrors.filter((e) => selected.has(e.rule)),
    beyond: {
      findings: told.beyond,
      undecided: others.map(({ undecided }) => undecided),
    },
    askedAbout: new Map([...reported, ...others].map(({ undecided, concerned }) => [undecided, concerned])),
  };
}

/** What has been said so far. */
interface Told {
  readonly findings: Finding[];
  readonly beyond: Finding[];
  readonly ignored: IgnoredFinding[];
  readonly counts: Record<Severity, number>;
}

/** Says a draft where it belongs: among the findings, beyond the scope, or among what is ignored. */
function report(draft: Draft, given: Case, ignores: Ignores, told: Told): void {
  const { rule, problem, severity } = draft;
  const inScope = given.scope === undefined || given.scope(concerned(draft));
  // Asked outside the scope too: an ignore there is not unused.
  const by = ignores.silence(rule, problem.at.resource, () => locationOf(problem)) ?? inBaseline(draft, given.baseline);
  if (by !== null) {
    if (inScope) told.ignored.push({ ...findingOf(draft), ...by });
    return;
  }
  // What is known of a Secret is told: no line that it stands on may be quoted for another finding.
  const isListed = !given.onlyCounted?.includes(severity) || concerned(draft).some(isInSecret);
  if (isListed) (inScope ? told.findings : told.beyond).push(findingOf(draft));
  if (inScope) told.counts[severity]++;
}

const isInSecret = ({ resource }: Place): boolean => resource.id.kind === 'Secret';

function inBaseline(
  draft: Draft,
  baseline: ReadonlySet<string> | undefined,
): Pick<IgnoredFinding, 'reason' | 'by'> | null {
  if (!baseline || baseline.size === 0) return null;
  return baseline.has(identityOf(draft)) ? { reason: 'in the baseline', by: 'baseline' } : null;
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
  const questions: Collected['questions'] = [];
  const internalErrors: InternalError[] = [];
  /** By object: the text of a document is then read once for all its findings. */
  const byObject = new Map<AnyResource, Draft[]>();
  for (const rule of rules) {
    const merged: Merged = new Map();
    try {
      for (const said of rule.check(inputs)) {
        if (said.kind === 'open') questions.push(question(rule.id, said));
        else merge(merged, said);
      }
    } catch (error) {
      internalErrors.push(internalError(rule.id, error));
    }
    const override = severities[rule.id];
    for (const { problem, workload } of merged.values()) {
      const severity = override && override !== 'off' ? override : (problem.severity ?? rule.severity);
      append(byObject, problem.at.resource, { rule: rule.id, problem, severity, workload });
    }
  }
  // One object may have more drafts than a call takes arguments.
  return { drafts: [...byObject.values()].flat(), questions, internalErrors };
}

type Question = Pick<Undecided, 'question' | 'because' | 'decides'>;

const withoutKeys = ({ question, because, decides: { kind, command } }: Question): Question => ({
  question: hideKeys(question),
  because: hideKeys(because),
  decides: { kind, command: hideKeys(command) },
});

function question(rule: string, open: Open): Collected['questions'][number] {
  const { at, related = [] } = open;
  return {
    undecided: { ...withoutKeys(open), rule, resource: at ? at.resource.id : null },
    concerned: [...(at ? [at] : []), ...related],
  };
}

function configQuestion(open: EnvoyConfig['undecided'][number]): Collected['questions'][number] {
  const { resource } = open;
  return {
    undecided: { ...withoutKeys(open), rule: null, resource: resource ? resource.id : null },
    concerned: resource ? [{ resource, path: [] }] : [],
  };
}

function questions(
  all: Collected['questions'],
  selected: ReadonlySet<string>,
  inScope: (concerned: readonly Place[]) => boolean,
): Collected['questions'] {
  const seen = new Map<string, { readonly undecided: Undecided; readonly concerned: Place[] }>();
  for (const { undecided, concerned } of all) {
    if (undecided.rule !== null && !selected.has(undecided.rule)) continue;
    if (concerned.length > 0 && !inScope(concerned)) continue;
    const key = [undecided.question, undecided.resource ? resourceText(undecided.resource) : ''].join('\n');
    const known = seen.get(key);
    if (known) known.concerned.push(...concerned);
    else seen.set(key, { undecided, concerned: [...concerned] });
  }
  const text = (u: Undecided) => `${u.resource ? resourceText(u.resource) : ''}\n${u.rule ?? ''}\n${u.question}`;
  return [...seen.values()].sort((a, b) => compare(text(a.undecided), text(b.undecided)));
}

function internalError(rule: string, error: unknown): InternalError {
  return error instanceof Error
    ? { rule, message: error.message, stack: error.stack ?? '' }
    : { rule, message: String(error), stack: '' };
}
