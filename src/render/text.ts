import { Chalk } from 'chalk';
import type { InputProblem } from '../model/document.ts';
import type { Finding, Severity, Undecided } from '../model/finding.ts';
import { excerptLines } from './excerpt.ts';
import { locationText } from './paths.ts';
import type { RenderContext, Renderer } from './report.ts';
import { visible, visibleLines } from './visible.ts';
import { decidesLabel, listed, placeText, problemPlace, summaryText, wrap } from './wording.ts';

const STYLES = ['bold', 'red', 'yellow', 'green', 'blue', 'magenta', 'cyan'] as const;

/** The part of chalk that is used here. */
type Paint = ((text: string) => string) & { readonly [style in (typeof STYLES)[number]]: Paint };

interface Pen {
  readonly context: RenderContext;
  readonly paint: Paint;
}

const COLOR: Record<Severity, 'red' | 'yellow' | 'cyan'> = { error: 'red', warning: 'yellow', info: 'cyan' };

/** What chalk is to a pipe, which need not wait for chalk to load (tools/build.mjs). */
const plain = ((text: string) => text) as Paint;
for (const style of STYLES) Object.defineProperty(plain, style, { value: plain });

/** Label and prose; further lines are indented by two more. */
function prose({ context, paint }: Pen, indent: string, label: string, text: string): string[] {
  const room = context.width && Math.max(context.width - indent.length - 2, 20);
  // The label takes its room in the first line, but must not be broken itself.
  const holder = '_'.repeat(label.length);
  const [first = '', ...more] = visibleLines(text);
  const lines = [...wrap(`${holder} ${first}`, room), ...more.flatMap((line) => wrap(line, room))];
  return lines.map((line, i) =>
    i === 0 ? `${indent}${paint.bold(label)}${line.slice(label.length)}` : `${indent}  ${line}`,
  );
}

function source({ context, paint }: Pen, line: number, column: number, text: string): string[] {
  const number = String(line);
  const bar = paint.blue('|');
  const [shown, caret] = excerptLines(text, column, context.width && Math.max(context.width - number.length - 3, 20));
  const empty = ' '.repeat(number.length);
  return [`${empty} ${bar}`, `${paint.blue(number)} ${bar} ${shown}`, `${empty} ${bar} ${paint.red(caret)}`];
}

const arrow = ({ paint }: Pen, ...places: readonly string[]): string =>
  ` ${paint.blue('-->')} ${places.map(visible).join('  ')}`;

function problemLines(pen: Pen, problem: InputProblem): string[] {
  const head = `${pen.paint.red.bold('unreadable')}${pen.paint.bold(`: ${visible(problem.message)}`)}`;
  const lines = [head, arrow(pen, problemPlace(problem, pen.context.cwd))];
  if (problem.excerpt !== null && problem.line !== null) {
    lines.push(...source(pen, problem.line, problem.column ?? 1, problem.excerpt));
  }
  if (problem.hint !== '') lines.push(...prose(pen, '  ', 'help:', problem.hint));
  return lines;
}

function findingLines(pen: Pen, finding: Finding): string[] {
  const { context, paint } = pen;
  const severity = paint[COLOR[finding.severity]].bold(`${finding.severity}[${visible(finding.rule)}]`);
  const lines = [`${severity}${paint.bold(`: ${visible(finding.message)}`)}`];
  const { location } = finding;
  lines.push(arrow(pen, ...(location ? [locationText(location, context.cwd)] : []), placeText(finding)));
  // A line of a Secret may be its key, whatever excerpt() thinks.
  const text = location && finding.resource.kind !== 'Secret' ? context.excerpt(location) : null;
  if (location && text) lines.push(...source(pen, location.line, location.column, text));
  for (const related of finding.related) {
    const at = related.location ? `${locationText(related.location, context.cwd)}  ` : '';
    lines.push(...prose(pen, '  ', 'see:', `${at}${placeText(related)}: ${related.message}`));
  }
  if (finding.workload !== null) lines.push(...prose(pen, '  ', 'workload:', finding.workload));
  if (finding.symptom !== '') lines.push(...prose(pen, '  ', 'symptom:', finding.symptom));
  if (finding.remedy !== '') {
    const remedy = visibleLines(finding.remedy).map((line) => (line === '' ? '' : `    ${paint.green(line)}`));
    lines.push(`  ${paint.bold('fix:')}`, ...remedy);
  }
  return lines;
}

/** Questions with the same reason and the same way out make one block. */
function undecidedBlocks(pen: Pen, undecided: readonly Undecided[]): string[][] {
  const blocks = new Map<string, Undecided[]>();
  for (const open of undecided) {
    const key = JSON.stringify([open.because, open.decides.kind, open.decides.command]);
    const block = blocks.get(key);
    if (block) block.push(open);
    else blocks.set(key, [open]);
  }
  return [...blocks.values()].map((block) => [
    ...block.map((o) => `${pen.paint.magenta.bold('undecided')}${pen.paint.bold(`: ${visible(o.question)}`)}`),
    ...block.slice(0, 1).flatMap((open) => [
      ...prose(pen, '  ', 'because:', open.because),
      // To be pasted, so it is not wrapped.
      ...visibleLines(open.decides.command).map((line, i) =>
        i === 0 ? `  ${pen.paint.bold(decidesLabel(open))} ${line}` : `    ${line}`,
      ),
    ]),
  ]);
}

/** The report for people, in the manner of rustc and ruff. */
export const renderText: Renderer = (report, context) => {
  const pen: Pen = { context, paint: context.color === 0 ? plain : new Chalk({ level: context.color }) };
  const blocks = [
    ...context.problems.map((problem) => problemLines(pen, problem)),
    ...listed(report, context).map((finding) => findingLines(pen, finding)),
    ...undecidedBlocks(pen, report.undecided),
    ...(context.quiet ? [] : [[visible(summaryText(report, context))]]),
  ];
  return blocks.map((block) => `${block.join('\n')}\n`).join('\n');
};
