import type { Finding, Report } from '../model/finding.ts';
import type { Location } from '../model/location.ts';
import { FOR_PEOPLE, type Format, RENDERERS } from '../render/index.ts';
import type { RenderContext, RuleInfo } from '../render/report.ts';
import { writeTextFile } from '../sources/write-file.ts';
import { writeBaseline } from './baseline.ts';
import type { Surroundings } from './command.ts';
import { InputError, stage, UsageError } from './errors.ts';
import type { Judged } from './judging.ts';
import { didYouMean } from './nearest.ts';
import { rulePage } from './pages.ts';
import { complainOfBugs, complainOfUnread } from './problems.ts';
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
  readonly report?: readonly string[] | undefined;
  readonly 'write-baseline'?: string | undefined;
}

/** Gives source lines to the renderers; never one of a Secret, which may hold a key. */
export function excerpts(
  session: Session,
  report: Pick<Report, 'findings' | 'ignored'>,
): (location: Location) => string | null {
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

/** Tells whether nothing that is printed or written lists findings of severity info. */
export const hidesInfo = (flags: ReportFlags): boolean =>
  !flags['show-info'] &&
  flags['write-baseline'] === undefined &&
  [flags.output, ...(flags.report ?? []).map((target) => reportTarget(target).format)].every((f) => FOR_PEOPLE.has(f));

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

/** Refuses targets that cannot be, before anything is read. */
export function checkReportTargets(flags: Pick<ReportFlags, 'report'>): void {
  for (const target of flags.report ?? []) reportTarget(target);
}

/** `sarif=out.sarif`: a further format with the file it goes to. */
function reportTarget(text: string): { readonly format: Format; readonly file: string } {
  const at = text.indexOf('=');
  const [format, file] = [text.slice(0, at), text.slice(at + 1)];
  if (at <= 0 || file === '')
    throw new UsageError(`--report wants FORMAT=FILE, not ${JSON.stringify(text)}`, '--report sarif=tlsgw.sarif');
  if (!Object.hasOwn(RENDERERS, format)) {
    const known = Object.keys(RENDERERS);
    throw new UsageError(
      `--report: unknown format ${JSON.stringify(format)}${didYouMean(format, known)}`,
      `Known: ${known.join(', ')}`,
    );
  }
  return { format: format as Format, file };
}

async function writeReport(
  format: Format,
  file: string,
  report: Report,
  context: RenderContext,
  root: string,
): Promise<void> {
  const render = await RENDERERS[format]();
  const text = await stage(`rendering ${format}`, () => render(report, { ...context, rules: ruleInfos(format, root) }));
  const problem = writeTextFile(file, text.endsWith('\n') ? text : `${text}\n`);
  if (problem !== null) throw new InputError(`--report ${file}: cannot be written (${problem})`);
}

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
  const more = (flags.report ?? []).map(reportTarget);
  const nothing = session.documents.documents.length === 0 && problems.length > 0 && flags.output === 'text';
  if (!nothing) {
    const render = await RENDERERS[flags.output]();
    await output.result(await stage(`rendering ${flags.output}`, () => render(report, context)));
  }
  // A terminal that shows the report as text has them before its eyes already.
  if (nothing || flags.output !== 'text' || width === null) {
    complainOfUnread(session, output);
  }
  for (const { format, file } of more) await writeReport(format, file, report, { ...context, color: 0 }, around.root);
  complainOfBugs(internalErrors, output);
  passBy(flags.output);
  if (report.findings.length > 0) passBy(`${flags.output} with findings`);
  const outcome = { found: report.summary, problems: problems.length, internalErrors: internalErrors.length };
  if (flags['write-baseline'] !== undefined) {
    output.note(writeBaseline(flags['write-baseline'], report));
    return verdict(outcome, 'never');
  }
  return verdict(outcome, flags['fail-on'] ?? session.configuration.failOn ?? 'error');
}
