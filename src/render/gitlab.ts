import type { Finding, Severity, Undecided } from '../model/finding.ts';
import { resourceText } from '../model/resource.ts';
import { jsonText } from './json.ts';
import { relativePath } from './paths.ts';
import type { RenderContext, Renderer } from './report.ts';
import { decidesText } from './wording.ts';

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'critical' | 'blocker';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const SEVERITY: Record<Severity, Issue['severity']> = { error: 'critical', warning: 'minor', info: 'info' };

const at = (path: string, begin: number): Issue['location'] => ({ path, lines: { begin } });

const issue = (of: Finding, { cwd }: RenderContext): Issue => ({
  description: of.symptom === '' ? of.message : `${of.message} Clients see: ${of.symptom}`,
  check_name: of.rule,
  fingerprint: of.fingerprint,
  severity: SEVERITY[of.severity],
  // GitLab wants a path; an object of a live cluster stands for its own file.
  location: of.location ? at(relativePath(of.location.file, cwd), of.location.line) : at(resourceText(of.resource), 1),
});

const undecided = (of: Undecided): Issue => ({
  description: `Undecided: ${of.question} (${of.because}; ${decidesText(of)})`,
  check_name: of.rule ?? 'undecided',
  fingerprint: `undecided ${of.rule ?? ''} ${of.resource === null ? '' : resourceText(of.resource)} ${of.question}`,
  severity: 'info',
  location: at(of.resource === null ? 'undecided' : resourceText(of.resource), 1),
});

/** The report for GitLab's Code Quality widget. */
export const renderGitlab: Renderer = (report, context) => {
  const unreadable = context.problems.map(
    (problem): Issue => ({
      description: `${problem.message} ${problem.hint}`.trimEnd(),
      check_name: 'unreadable',
      fingerprint: `unreadable ${problem.file} ${problem.message}`,
      severity: 'blocker',
      location: at(relativePath(problem.file, context.cwd), problem.line ?? 1),
    }),
  );
  const issues = [
    ...unreadable,
    ...report.findings.map((of) => issue(of, context)),
    ...report.undecided.map(undecided),
  ];
  return `${jsonText(issues, 2)}\n`;
};
