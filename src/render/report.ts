import type { InputProblem } from '../model/document.ts';
import type { Report, Severity } from '../model/finding.ts';
import type { Location } from '../model/location.ts';

/** The value of `schema` in a report (schemas/report.v1.json). */
export const REPORT_SCHEMA = 'kubectl-tlsgw/report.v1';

/** What a format may say about a rule (SARIF carries its help). */
export interface RuleInfo {
  readonly id: string;
  readonly summary: string;
  readonly severity: Severity;
  /** The rule's page, in Markdown. */
  readonly help: string;
  /** Address of the page; '' when there is none. */
  readonly docs: string;
}

/** Everything a renderer must not find out by itself. */
export interface RenderContext {
  /** Characters per line for prose; 0 never wraps. */
  readonly width: number;
  /** Chalk's level; 0 is no colour. */
  readonly color: 0 | 1 | 2 | 3;
  readonly cwd: string;
  /** The source line of a location; null where there is none or it must not be shown (Secrets). */
  readonly excerpt: (location: Location) => string | null;
  readonly showInfo: boolean;
  /** Without the closing line (text). */
  readonly quiet: boolean;
  readonly problems: readonly InputProblem[];
  /** Every rule of the run, for SARIF. */
  readonly rules: readonly RuleInfo[];
}

/** A report as text, ready to be written; ends with a newline unless it is empty. */
export type Renderer = (report: Report, context: RenderContext) => string;
