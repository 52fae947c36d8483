import pkg from '../../package.json' with { type: 'json' };
import type { Report } from '../model/finding.ts';
import type { AnyResource } from '../model/resource.ts';
import { REPORT_SCHEMA } from '../render/report.ts';
import { type InternalError, judge } from '../rules/run.ts';
import { stage } from './errors.ts';
import { ruleOf } from './rule-ids.ts';
import { ISTIO_VERSION, type Session } from './session.ts';

/** The flags that decide what is reported. */
export interface JudgeFlags {
  readonly rule?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly now?: Date | undefined;
  readonly 'expiring-within'?: number | undefined;
}

/** A report, and the rules that failed while it was made. */
export interface Judged {
  readonly report: Report;
  readonly internalErrors: readonly InternalError[];
}

/** Refuses ids that no rule has, before anything is read. */
export function checkRuleIds(flags: Pick<JudgeFlags, 'rule' | 'skip'>): void {
  for (const id of [...(flags.rule ?? []), ...(flags.skip ?? [])]) ruleOf(id);
}

/** Runs the rules and counts what they say. `scope` narrows it to findings about certain objects. */
export async function judgeSession(
  session: Session,
  flags: JudgeFlags,
  scope?: (concerned: readonly AnyResource[]) => boolean,
): Promise<Judged> {
  const now = flags.now ?? new Date();
  const { view, configs, configuration, documents } = session;
  const judgement = await stage('judging', () =>
    judge({
      view,
      configs,
      now,
      settings: { expiringWithinDays: flags['expiring-within'] ?? 30 },
      rules: { only: flags.rule ?? [], skip: flags.skip ?? [], severities: configuration.severities },
      ignores: configuration.ignores,
      ...(scope ? { scope } : {}),
    }),
  );
  const count = (severity: string) => judgement.findings.filter((f) => f.severity === severity).length;
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
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      undecided: judgement.undecided.length,
    },
    findings: judgement.findings,
    undecided: judgement.undecided,
    ignored: judgement.ignored,
    assumptions: session.assumptions,
  };
  return { report, internalErrors: judgement.internalErrors };
}
