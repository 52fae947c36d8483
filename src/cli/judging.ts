import pkg from '../../package.json' with { type: 'json' };
import type { Report } from '../model/finding.ts';
import type { Place } from '../model/resource.ts';
import { REPORT_SCHEMA } from '../render/report.ts';
import { type InternalError, type Judgement, judge } from '../rules/run.ts';
import { readBaseline } from './baseline.ts';
import { stage } from './errors.ts';
import { ruleOf } from './rule-ids.ts';
import { ISTIO_VERSION, type Session } from './session.ts';

/** The flags that decide what is reported. */
export interface JudgeFlags {
  readonly rule?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly now?: Date | undefined;
  readonly 'expiring-within'?: number | undefined;
  readonly baseline?: string | undefined;
}

/** What of a session is told. */
export interface Telling {
  /** Narrows it to findings about certain objects. */
  readonly scope?: Scope | undefined;
  /** Nobody is shown the findings of severity info: they are counted and not located. */
  readonly hidesInfo?: boolean;
}

/** A report, and the rules that failed while it was made. */
export interface Judged {
  readonly report: Report;
  /** What -n, --with and hosts keep out of the report. */
  readonly beyond: Judgement['beyond'];
  /** The places that each question is about. */
  readonly askedAbout: Judgement['askedAbout'];
  readonly internalErrors: readonly InternalError[];
}

/** Refuses ids that no rule has, before anything is read. */
export function checkRuleIds(flags: Pick<JudgeFlags, 'rule' | 'skip'>): void {
  for (const id of [...(flags.rule ?? []), ...(flags.skip ?? [])]) ruleOf(id);
}

type Scope = (concerned: readonly Place[]) => boolean;

const both = (a: Scope | undefined, b: Scope | undefined): Scope | undefined =>
  a && b ? (concerned) => a(concerned) && b(concerned) : (a ?? b);

/** Runs the rules and counts what they say. */
export async function judgeSession(
  session: Session,
  flags: JudgeFlags,
  { scope, hidesInfo = false }: Telling = {},
): Promise<Judged> {
  const now = flags.now ?? new Date();
  const { view, configs, configuration, documents, isInput } = session;
  const baseline = flags.baseline === undefined ? new Set<string>() : readBaseline(flags.baseline);
  const inScope = both(
    scope,
    isInput === null ? undefined : (concerned) => concerned.some((place) => isInput(place.resource)),
  );
  const judgement = await stage('judging', () =>
    judge({
      view,
      configs,
      now,
      settings: { expiringWithinDays: flags['expiring-within'] ?? 30 },
      rules: { only: flags.rule ?? [], skip: flags.skip ?? [], severities: configuration.severities },
      ignores: configuration.ignores,
      baseline,
      ...(inScope ? { scope: inScope } : {}),
      onlyCounted: hidesInfo ? ['info'] : [],
    }),
  );
  const { counts } = judgement;
  const report: Report = {
    schema: REPORT_SCHEMA,
    tool: { name: pkg.name, version: pkg.version },
    istioVersion: ISTIO_VERSION,
    now: now.toISOString(),
    inputs: session.inputs,
    summary: {
      objects: view.objectCount,
      files: documents.files.length,
      workloads: configs.length,
      errors: counts.error,
      warnings: counts.warning,
      infos: counts.info,
      undecided: judgement.undecided.length,
    },
    findings: judgement.findings,
    undecided: judgement.undecided,
    ignored: judgement.ignored,
    assumptions: session.assumptions,
  };
  const { beyond, askedAbout, internalErrors } = judgement;
  return { report, beyond, askedAbout, internalErrors };
}

/** Several sessions judged by themselves, as one report (--each). */
export function mergeJudged(all: readonly Judged[]): Judged {
  const [first, ...rest] = all;
  const add = (a: Report, b: Report): Report => ({
    ...a,
    inputs: [...a.inputs, ...b.inputs],
    summary: {
      objects: a.summary.objects + b.summary.objects,
      files: a.summary.files + b.summary.files,
      workloads: a.summary.workloads + b.summary.workloads,
      errors: a.summary.errors + b.summary.errors,
      warnings: a.summary.warnings + b.summary.warnings,
      infos: a.summary.infos + b.summary.infos,
      undecided: a.summary.undecided + b.summary.undecided,
    },
    findings: [...a.findings, ...b.findings],
    undecided: [...a.undecided, ...b.undecided],
    ignored: [...a.ignored, ...b.ignored],
    assumptions: [...a.assumptions, ...b.assumptions],
  });
  return {
    report: rest.reduce((sum, { report }) => add(sum, report), first!.report),
    beyond: {
      findings: all.flatMap((j) => j.beyond.findings),
      undecided: all.flatMap((j) => j.beyond.undecided),
    },
    askedAbout: new Map(all.flatMap((j) => [...j.askedAbout])),
    internalErrors: all.flatMap((j) => j.internalErrors),
  };
}
