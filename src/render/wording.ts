import type { InputProblem } from '../model/document.ts';
import type { Finding, Report, Undecided } from '../model/finding.ts';
import type { ResourceId } from '../model/resource.ts';
import { resourceText } from '../model/resource.ts';
import { relativePath } from './paths.ts';
import type { RenderContext } from './report.ts';

/** `1 error`, `2 errors`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `Gateway test/shop spec.servers[0]`. */
export const placeText = (of: { readonly resource: ResourceId; readonly path: string }): string =>
  `${resourceText(of.resource)} ${of.path}`.trimEnd();

/** `shop.yaml:3:4`, as far as the position of an unreadable input is known. */
export function problemPlace(problem: InputProblem, cwd: string): string {
  const position = [problem.line, problem.column].filter((n) => n !== null);
  return [relativePath(problem.file, cwd), ...position].join(':');
}

/** What stands before the command or sentence that would decide an open question. */
export const decidesLabel = ({ decides }: Undecided): string =>
  decides.kind === 'permission' ? 'decided by a permission:' : 'decided by:';

/** What would decide an open question. */
export const decidesText = (of: Undecided): string => `${decidesLabel(of)} ${of.decides.command}`;

/** The findings that people are shown: infos only when asked for. */
export const listed = (report: Report, context: RenderContext): readonly Finding[] =>
  report.findings.filter((finding) => context.showInfo || finding.severity !== 'info');

/** `2 errors, 1 warning`; '' when there is nothing to count. */
export function countsText({ summary }: Report): string {
  const counts = [
    [summary.errors, 'error'],
    [summary.warnings, 'warning'],
    [summary.infos, 'info'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, noun]) => plural(count, noun))
    .join(', ');
}

function readText({ summary, inputs, istioVersion }: Report): string {
  const where = summary.files > 0 ? ` in ${plural(summary.files, 'file')}` : inputs.map((i) => ` of ${i}`).join(',');
  const workloads = summary.workloads === 0 ? 'no gateway workload' : plural(summary.workloads, 'gateway workload');
  return `read ${plural(summary.objects, 'object')}${where}, ${workloads}, for Istio ${istioVersion}`;
}

/** One line: what was found, what was read, what stayed undecided, ignored or unreadable. */
export function summaryText(report: Report, context: RenderContext): string {
  const { summary, ignored } = report;
  const unreadable = new Set(context.problems.map((problem) => problem.file)).size;
  const hidden = !context.showInfo && summary.infos > 0 ? ' (--show-info lists infos)' : '';
  const parts = [
    `${countsText(report) || 'no problem found'}${hidden}`,
    readText(report),
    summary.undecided > 0 ? `${plural(summary.undecided, 'question')} undecided` : '',
    ignored.length > 0 ? `${plural(ignored.length, 'finding')} ignored` : '',
    unreadable > 0 ? `${plural(unreadable, 'input')} unreadable` : '',
  ];
  const line = parts.filter((part) => part !== '').join('; ');
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`;
}

/** Breaks prose at blanks so that no line is longer than `width` where a blank allows it; 0 never breaks. */
export function wrap(text: string, width: number): string[] {
  if (width <= 0 || text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
