import type { InputProblem } from '../model/document.ts';
import type { Finding, Undecided } from '../model/finding.ts';
import { resourceText } from '../model/resource.ts';
import { locationText, relativePath } from './paths.ts';
import type { RenderContext, Renderer } from './report.ts';
import { visible, visibleLines } from './visible.ts';
import { decidesText, placeText, plural, problemPlace } from './wording.ts';

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly rule: string;
  readonly outcome: 'failure' | 'error' | 'skipped' | 'system-out' | 'passed';
  readonly type: string;
  readonly message: string;
  readonly body: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** In a log of GitHub Actions a line that begins with `::` or `##[` is a command, whatever the file is meant for. */
const COMMAND = /^(\s*)(::|##\[)/gm;

// XML 1.0 knows no escape for control characters, so they must be made visible first.
const xml = (text: string): string =>
  visibleLines(text)
    .join('\n')
    .replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c)
    .replace(COMMAND, '$1\\$2');

const attributes = (of: Readonly<Record<string, string | number>>): string =>
  Object.entries(of)
    .map(([key, value]) => ` ${key}="${xml(visible(String(value)))}"`)
    .join('');

function findingCase(of: Finding, { cwd }: RenderContext): Case {
  const body = [
    of.location ? visible(locationText(of.location, cwd)) : '',
    visible(of.message),
    ...of.related.map((related) => visible(`See ${placeText(related)}: ${related.message}`)),
    of.symptom && visible(`Clients see: ${of.symptom}`),
    of.remedy && `Fix:\n${of.remedy}`,
  ];
  return {
    suite: of.location ? relativePath(of.location.file, cwd) : resourceText(of.resource),
    name: placeText(of),
    rule: of.rule,
    // An info must not turn a build red.
    outcome: of.severity === 'info' ? 'system-out' : 'failure',
    type: of.severity,
    message: of.message,
    body: body.filter((line) => line !== '').join('\n'),
  };
}

const undecidedCase = (of: Undecided): Case => ({
  suite: 'undecided',
  name: of.question,
  rule: of.rule ?? 'undecided',
  outcome: 'skipped',
  type: 'undecided',
  message: `${of.because}; ${decidesText(of)}`,
  body: '',
});

const problemCase = (of: InputProblem, cwd: string): Case => ({
  suite: relativePath(of.file, cwd),
  name: problemPlace(of, cwd),
  rule: 'unreadable',
  outcome: 'error',
  type: 'unreadable',
  message: of.message,
  body: of.hint,
});

function caseXml({ name, rule, outcome, type, message, body }: Case): string {
  const head = `    <testcase${attributes({ name, classname: rule })}`;
  if (outcome === 'passed') return `${head}/>\n`;
  if (outcome === 'system-out') return `${head}>\n      <system-out>${xml(body)}</system-out>\n    </testcase>\n`;
  const inner = outcome === 'skipped' ? attributes({ message }) : attributes({ message, type });
  return `${head}>\n      <${outcome}${inner}>${xml(body)}</${outcome}>\n    </testcase>\n`;
}

const count = (cases: readonly Case[], outcome: Case['outcome']): number =>
  cases.filter((c) => c.outcome === outcome).length;

const counts = (cases: readonly Case[]): string =>
  attributes({ tests: cases.length, failures: count(cases, 'failure'), errors: count(cases, 'error') });

const suiteXml = (name: string, cases: readonly Case[]): string => {
  const skipped = attributes({ skipped: count(cases, 'skipped') });
  const head = `  <testsuite${attributes({ name })}${counts(cases)}${skipped}>\n`;
  return `${head}${cases.map(caseXml).join('')}  </testsuite>\n`;
};

/** The report as JUnit XML: a suite per file, a case per rule and object; a run without finding is one passed case. */
export const renderJunit: Renderer = (report, context) => {
  const cases = [
    ...context.problems.map((problem) => problemCase(problem, context.cwd)),
    ...report.findings.map((finding) => findingCase(finding, context)),
    ...report.undecided.map(undecidedCase),
  ];
  if (count(cases, 'failure') + count(cases, 'error') === 0) {
    const name = `no error or warning in ${plural(report.summary.objects, 'object')}`;
    cases.push({ suite: report.tool.name, name, rule: 'all', outcome: 'passed', type: '', message: '', body: '' });
  }
  const suites = new Map<string, Case[]>();
  for (const of of cases) {
    const suite = suites.get(of.suite);
    if (suite) suite.push(of);
    else suites.set(of.suite, [of]);
  }
  const body = [...suites].map(([name, group]) => suiteXml(name, group)).join('');
  const head = `<testsuites${attributes({ name: report.tool.name })}${counts(cases)}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${body}</testsuites>\n`;
};
