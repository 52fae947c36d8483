import type { Finding, Severity } from '../model/finding.ts';
import type { ExitCode } from './errors.ts';

/** The lowest severity that fails a run. */
export type FailOn = Severity | 'never';

const weight: Readonly<Record<FailOn, number>> = { info: 0, warning: 1, error: 2, never: 3 };

/** What the exit code depends on. */
export interface Outcome {
  readonly findings: readonly Pick<Finding, 'severity'>[];
  /** Files that could not be read or parsed; they outrank findings, since what was not read was not judged. */
  readonly problems: number;
  /** Rules that threw: our own bug, which outranks everything, since a finding may be missing. */
  readonly internalErrors: number;
}

/** Returns the exit code of a report. */
export function verdict(outcome: Outcome, failOn: FailOn): ExitCode {
  if (outcome.internalErrors > 0) return 70;
  if (outcome.problems > 0) return 3;
  return outcome.findings.some((f) => weight[f.severity] >= weight[failOn]) ? 1 : 0;
}
