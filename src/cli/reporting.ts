import type { Finding, Report } from '../model/finding.ts';
import type { Location } from '../model/location.ts';
import { type Format, RENDERERS } from '../render/index.ts';
import type { RenderContext, RuleInfo } from '../render/report.ts';
import type { Surroundings } from './command.ts';
import { stage } from './errors.ts';
import type { Judged } from './judging.ts';
import { rulePage } from './pages.ts';
import { complainOfBugs, problemText } from './problems.ts';
import { catalogue } from './rule-ids.ts';
import type { Session } from './session.ts';
import { passBy } from './trail.ts';
import { type FailOn, verdict } from './verdict.ts';

/** The flags that decide how a report looks and when it fails. */
export interface ReportFlags {
  readonly output: Format;
  readonly 'show-info': boolean;
  readonly quiet: boolean;
  readonly 'fail-on'?: FailOn | undefined;
}

/** Gives source lines to the renderers; never one of a Secret, which may hold a key. */
function excerpts(session: Session, report: Report): (location: Location) => string | null {
  const key = (at: Location) => `${at.file}\n${at.line}`;
  const secret = new Set<string>();
  const about = ({ resource, location }: Pick<Finding, 'resource' | 'location'>) => {
    if (location !== null && resource.kind === 'Secret') secret.add(key(location));
  };
  for (const finding of [...report.findings, ...report.ignored]) {
    about(finding);
    for (const related of finding.related) about(related);
  }
  const origins = new Map(session.documents.documents.map(({ origin }) => [origin.file, origin]));
  return (at) => (secret.has(key(at)) ? null : (origins.get(at.file)?.line(at.line) ?? null));
}

/** Only SARIF carries the pages of the rules. */
const ruleInfos = (format: Format, root: string): RuleInfo[] =>
  format === 'sarif'
    ? catalogue.map(({ id, summary, severity }) => ({
        id,
        summary,
        severity,
        help: rulePage(root, id) ?? summary,
        docs: '',
      }))
    : [];

/** Prints a report and what went wrong beside it; returns the exit code. */
export async function printReport(
  session: Session,
  { report, internalErrors }: Judged,
  flags: ReportFlags,
  around: Surroundings,
): Promise<number> {
  const { output, cwd, color, width } = around;
  const { problems } = session.documents;
  const context: RenderContext = {
    width: width ?? 0,
    color,
    cwd,
    excerpt: excerpts(session, report),
    showInfo: flags['show-info'],
    quiet: flags.quiet,
    problems,
    rules: ruleInfos(flags.output, around.root),
  };
  // People who mistyped a path must not read "no problem found".
  const nothing = session.documents.documents.length === 0 && problems.length > 0 && flags.output === 'text';
  if (!nothing) {
    const render = await RENDERERS[flags.output]();
    await output.result(await stage(`rendering ${flags.output}`, () => render(report, context)));
  }
  // A terminal that shows the report as text has them before its eyes already.
  if (nothing || flags.output !== 'text' || width === null) {
    for (const problem of problems) output.complaint(problemText(problem));
  }
  complainOfBugs(internalErrors, output);
  passBy(flags.output);
  if (report.findings.length > 0) passBy(`${flags.output} with findings`);
  const failOn = flags['fail-on'] ?? session.configuration.failOn ?? 'error';
  return verdict(
    { findings: report.findings, problems: problems.length, internalErrors: internalErrors.length },
    failOn,
  );
}
