import type { InputProblem } from '../model/document.ts';
import { visible } from '../render/visible.ts';
import type { InternalError } from '../rules/run.ts';
import { bugText } from './failure.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** What could not be read, for stderr: place, reason, the line, and what to do. */
function problemText(problem: InputProblem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  const lines = [visible(`error: ${place}: ${problem.message}`)];
  if (problem.excerpt !== null && problem.line !== null) {
    const number = String(problem.line);
    lines.push(`${number} | ${visible(problem.excerpt.replaceAll('\t', ' '))}`);
    if (problem.column !== null) lines.push(`${' '.repeat(number.length)} | ${' '.repeat(problem.column - 1)}^`);
  }
  if (problem.hint !== '') lines.push(problem.hint);
  return `${lines.join('\n')}\n`;
}

/** Says what of the input could not be read; returns how much that is (exit code 3 where there is something). */
export function complainOfUnread({ documents }: Session, output: Output): number {
  for (const problem of documents.problems) output.complaint(problemText(problem));
  return documents.problems.length;
}

/** Says which rules failed by our mistake. */
export function complainOfBugs(errors: readonly InternalError[], output: Output): void {
  for (const { rule, message, stack } of errors) output.complaint(bugText(`rule ${rule}`, message, stack));
}
