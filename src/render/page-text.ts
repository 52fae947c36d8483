import { Chalk, type ChalkInstance } from 'chalk';

const FENCE = /^\s*(?:```|~~~)/;

/** Code, bold text and links of one line; what is no mark stays as it is written. */
const inline = (line: string, paint: ChalkInstance): string =>
  line
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, text: string, target: string) => `${text} (${target})`)
    .replace(/`([^`]+)`/g, (whole, code: string) => (paint.level === 0 ? whole : paint.cyan(code)))
    .replace(/\*\*([^*]+)\*\*/g, (_, text: string) => paint.bold(text));

/** A page of Markdown for a terminal: headings stand out, code is set in, the text is not reflowed. */
export function pageText(page: string, color: 0 | 1 | 2 | 3): string {
  const paint = new Chalk({ level: color });
  let isCode = false;
  const lines = page.split('\n').flatMap((line) => {
    if (FENCE.test(line)) {
      isCode = !isCode;
      return [];
    }
    if (isCode) return [line === '' ? '' : `    ${paint.green(line)}`];
    const [, marks, title] = /^(#{1,6}) +(.*)$/.exec(line) ?? [];
    if (marks === undefined || title === undefined) return [inline(line, paint)];
    return [marks.length === 1 ? paint.bold.underline(title) : paint.bold(title)];
  });
  return lines.join('\n');
}
