import * as Parser from '@oclif/core/parser';
import type { Finding, Report } from '../model/finding.ts';
import { type Example, exampleOf, parsePage } from '../pages/page.ts';
import { type ExampleStory, exampleText } from '../render/example-text.ts';
import type { RenderContext } from '../render/report.ts';
import { renderText } from '../render/text.ts';
import type { TraceStory } from '../render/trace-text.ts';
import type { InternalError } from '../rules/run.ts';
import type { Surroundings } from './command.ts';
import { type ExitCode, InputError } from './errors.ts';
import { judgeSession } from './judging.ts';
import { prelude, rulePage } from './pages.ts';
import { complainOfBugs } from './problems.ts';
import { excerpts } from './reporting.ts';
import { openTexts, type Session } from './session.ts';
import { traceFlags } from './trace-flags.ts';
import { tellUrl } from './trace-run.ts';
import { chooseWorkloads } from './workload-choice.ts';

/** The name that the example has in places. */
const FILE = 'example.yaml';

/** A rule's example, run: what was read, what the rule finds in it, and what happens to the request that suffers. */
export interface RunExample {
  readonly example: Example;
  readonly preludes: ExampleStory['preludes'];
  readonly session: Session;
  readonly report: Report;
  readonly findings: readonly Finding[];
  readonly stories: readonly TraceStory[];
  readonly internalErrors: readonly InternalError[];
}

/** Runs the example of a rule's page as `lint` and `trace` would run files; null when the page has none. */
export async function runExample(id: string, around: Surroundings): Promise<RunExample | null> {
  const page = rulePage(around.root, id);
  const example = page === null ? null : exampleOf(parsePage(id, page));
  if (example === null) return null;
  const { expand, now } = await import('../pages/expand.ts');
  const more = example.trace?.kind === 'request' ? example.trace.preludes : [];
  const preludes = [...example.preludes, ...more].map((name) => ({ name, text: preludeText(around.root, name) }));
  const texts = [{ name: 'example', text: example.yaml }, ...preludes];
  const expanded = texts.map(({ name, text }) => ({ file: `${name}.yaml`, text: expand(text) }));
  const session = await openTexts(expanded, example.complete, around);
  const { report, internalErrors } = await judgeSession(session, { now });
  const findings = report.findings.filter((f) => f.rule === id && (f.location === null || f.location.file === FILE));
  const stories = example.trace?.kind === 'request' ? await traced(example.trace.args, session, now) : [];
  return { example, preludes, session, report, findings, stories, internalErrors };
}

function preludeText(root: string, name: string): string {
  const text = prelude(root, name);
  if (text === null) throw new InputError(`docs/rules/preludes/${name}.yaml is missing from this installation`);
  return text;
}

/** What `trace` says about these arguments. */
async function traced(argv: readonly string[], session: Session, now: Date): Promise<readonly TraceStory[]> {
  const { flags, argv: urls } = await Parser.parse([...argv], { flags: traceFlags, strict: false });
  const configs = chooseWorkloads(session.configs, flags.workload).filter((config) => config.crash === null);
  return (await tellUrl(String(urls[0]), { ...flags, now }, configs, session)).stories;
}

/** Prints the example of a rule; returns the exit code. */
export async function printExample(id: string, around: Surroundings): Promise<ExitCode> {
  const run = await runExample(id, around);
  if (run === null)
    throw new InputError(`the page of ${id} has no example in this installation`, `kubectl tlsgw explain ${id}`);
  const { example, preludes, session, report, findings, stories, internalErrors } = run;
  const context: RenderContext = {
    width: around.width ?? 0,
    color: around.color,
    cwd: around.cwd,
    excerpt: excerpts(session, report),
    showInfo: true,
    quiet: true,
    problems: [],
    rules: [],
  };
  const found = renderText({ ...report, findings, undecided: [] }, context);
  const because = example.trace?.kind === 'none' ? example.trace.because : null;
  await around.output.result(exampleText({ id, example, preludes, found, stories, because }));
  complainOfBugs(internalErrors, around.output);
  return internalErrors.length > 0 ? 70 : 0;
}
