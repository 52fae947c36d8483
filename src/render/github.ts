import type { Finding, Severity, Undecided } from '../model/finding.ts';
import { relativePath } from './paths.ts';
import type { RenderContext, Renderer } from './report.ts';
import { visible, visibleLines } from './visible.ts';
import { decidesText, listed, placeText, summaryText } from './wording.ts';

type Level = 'error' | 'warning' | 'notice';

const LEVEL: Record<Severity, Level> = { error: 'error', warning: 'warning', info: 'notice' };

const data = (lines: readonly string[]): string => lines.map((line) => line.replaceAll('%', '%25')).join('%0A');

const property = (text: string): string =>
  visible(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');

/** One workflow command; nothing in its texts can end the line or begin another command. */
function command(level: Level, properties: Readonly<Record<string, string | number | null>>, text: string): string {
  const set = Object.entries(properties).filter(([, value]) => value !== null);
  const list = set.map(([key, value]) => `${key}=${property(String(value))}`).join(',');
  return `::${level}${list === '' ? '' : ` ${list}`}::${data(visibleLines(text))}\n`;
}

const at = (location: Finding['location'], cwd: string): Readonly<Record<string, string | number | null>> => ({
  file: location && relativePath(location.file, cwd),
  line: location?.line ?? null,
  col: location?.column ?? null,
});

function finding(of: Finding, { cwd }: RenderContext): string {
  const lines = [
    of.message,
    placeText(of),
    ...of.related.map((related) => `See ${placeText(related)}: ${related.message}`),
    of.symptom && `Clients see: ${of.symptom}`,
    of.remedy && `Fix:\n${of.remedy}`,
  ];
  const text = lines.filter((line) => line !== '').join('\n');
  return command(LEVEL[of.severity], { ...at(of.location, cwd), title: of.rule }, text);
}

const undecided = (of: Undecided): string =>
  command('notice', { title: 'undecided' }, `${of.question}\nbecause ${of.because}\n${decidesText(of)}`);

/** The report as workflow commands of GitHub Actions: annotations on the changed files. */
export const renderGithub: Renderer = (report, context) =>
  [
    ...context.problems.map((problem) => {
      const { file, line, column, message, hint } = problem;
      const place = { file: relativePath(file, context.cwd), line, col: column, title: 'unreadable' };
      return command('error', place, hint === '' ? message : `${message}\n${hint}`);
    }),
    ...listed(report, context).map((of) => finding(of, context)),
    ...report.undecided.map(undecided),
    // GitHub still obeys `##[command]` in the middle of a line.
    `${visible(summaryText(report, context)).replaceAll('##[', '## [')}\n`,
  ].join('');
