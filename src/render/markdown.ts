import type { Finding, Undecided } from '../model/finding.ts';
import { locationText } from './paths.ts';
import type { RenderContext, Renderer } from './report.ts';
import { visible, visibleLines } from './visible.ts';
import { countsText, decidesLabel, listed, placeText, problemPlace, summaryText } from './wording.ts';

// A comment on GitHub holds 65,536 characters, and one that is longer is refused as a whole.
const LIMIT = 60_000;

/** Text that cannot become markup, HTML, a mention or a list. */
const prose = (text: string): string =>
  visible(text)
    .replace(/[\\`*_{}[\]~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@&#8203;')
    .replace(/^\s*(?=[-+=#]|\d+[.)])/, '&#8203;');

/** A run of backticks longer than any in the text, so that the text cannot end its own quotation. */
const fence = (text: string, least: number): string => {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
};

function code(text: string): string {
  const shown = visible(text);
  const ticks = fence(shown, 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

function block(text: string): string {
  const shown = visibleLines(text).join('\n');
  const ticks = fence(shown, 3);
  return `${ticks}\n${shown}\n${ticks}\n`;
}

const placeItem = (of: Pick<Finding, 'resource' | 'path' | 'location'>, cwd: string): string =>
  [of.location ? code(locationText(of.location, cwd)) : '', code(placeText(of))]
    .filter((part) => part !== '')
    .join(' ');

function finding(of: Finding, { cwd }: RenderContext): string {
  const id = /^https?:\/\/[^\s()<>]+$/.test(of.docs) ? `[${code(of.rule)}](${of.docs})` : code(of.rule);
  const parts = [
    `### ${of.severity}: ${id}\n`,
    `${prose(of.message)}\n`,
    [
      `- ${placeItem(of, cwd)}\n`,
      ...of.related.map((related) => `- ${placeItem(related, cwd)}: ${prose(related.message)}\n`),
    ].join(''),
    of.symptom && `**Clients see:** ${visibleLines(of.symptom).map(prose).join('<br>')}\n`,
    of.remedy && `**Fix:**\n\n${block(of.remedy)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

const undecided = (of: Undecided): string =>
  `- ${prose(of.question)} Because ${prose(of.because)}; ${decidesLabel(of)} ${code(of.decides.command)}\n`;

/** As many parts as a comment holds, and how many are missing. */
function fitting(parts: readonly string[], room: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const part of parts) {
    used += part.length + 1;
    if (used > room)
      return [...kept, `… and ${parts.length - kept.length} more, which this comment has no room for.\n`];
    kept.push(part);
  }
  return kept;
}

/** The report as a comment on a pull request. */
export const renderMarkdown: Renderer = (report, context) => {
  const { problems, cwd } = context;
  const unreadable = problems.map(
    (p) => `- ${code(problemPlace(p, cwd))}: ${prose(`${p.message} ${p.hint}`.trimEnd())}\n`,
  );
  const sections = [
    `## ${report.tool.name}: ${countsText(report) || 'no problem found'}\n`,
    `${prose(summaryText(report, context))}\n`,
    ...fitting(unreadable.length > 0 ? ['### Unreadable\n', unreadable.join('')] : [], LIMIT / 4),
    ...fitting(
      listed(report, context).map((of) => finding(of, context)),
      LIMIT / 2,
    ),
    ...(report.undecided.length > 0
      ? ['### Undecided\n', fitting(report.undecided.map(undecided), LIMIT / 4).join('')]
      : []),
    ...(report.assumptions.length > 0
      ? ['### Assumed\n', report.assumptions.map((a) => `- ${prose(a)}\n`).join('')]
      : []),
  ];
  return sections.join('\n');
};
