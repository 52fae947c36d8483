import type { Report, Severity } from '../model/finding.ts';
import type { ExitCode } from './errors.ts';

/** The lowest severity that fails a run. */
export type FailOn = Severity | 'never';

/** What is found, as a report counts it. */
type Counts = Pick<Report['summary'], 'errors' | 'warnings' | 'infos'>;

const failing: Readonly<Record<FailOn, readonly (keyof Counts)[]>> = {
  info: ['errors', 'warnings', 'infos'],
  warning: ['errors', 'warnings'],
  error: ['errors'],
  never: [],
};

/** What the exit code depends on. */
export interface Outcome {
  readonly found: Counts;
  /** Files that could not be read or parsed; they outrank findings, since what was not read was not judged. */
  readonly problems: number;
  /** Rules that threw: our own bug, which outranks everything, since a finding may be missing. */
  readonly internalErrors: number;
}

/** Returns the exit code of a report. */
export function verdict(outcome: Outcome, failOn: FailOn): ExitCode {
  if (outcome.internalErrors > 0) return 70;
  if (outcome.problems > 0) return 3;
  return failing[failOn].some((counted) => outcome.found[counted] > 0) ? 1 : 0;
}
