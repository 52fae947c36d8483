import type { InputProblem } from '../model/document.ts';
import type { Finding, IgnoredFinding, Report, Severity, Undecided } from '../model/finding.ts';
import type { Location } from '../model/location.ts';
import { type ResourceId, resourceText } from '../model/resource.ts';
import { jsonText } from './json.ts';
import { uriReference } from './paths.ts';
import type { RenderContext, Renderer, RuleInfo } from './report.ts';
import { decidesText, placeText } from './wording.ts';

type Json = Readonly<Record<string, unknown>>;

const LEVEL: Record<Severity, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', info: 'note' };

const isAddress = (text: string): boolean => /^https?:\/\/\S+$/.test(text);

const physical = (location: Location, cwd: string): Json => ({
  artifactLocation: { uri: uriReference(location.file, cwd), uriBaseId: '%SRCROOT%' },
  region: { startLine: Math.max(location.line, 1), startColumn: Math.max(location.column, 1) },
});

interface Somewhere {
  readonly resource: ResourceId;
  readonly path: string;
  readonly location: Location | null;
}

const place = (of: Somewhere, cwd: string): Json => ({
  ...(of.location ? { physicalLocation: physical(of.location, cwd) } : {}),
  logicalLocations: [{ name: resourceText(of.resource), fullyQualifiedName: placeText(of), kind: 'object' }],
});

function messageText(finding: Finding): string {
  const symptom = finding.symptom === '' ? '' : `\n\nClients see: ${finding.symptom}`;
  return `${finding.message}${symptom}${finding.remedy === '' ? '' : `\n\nFix:\n${finding.remedy}`}`;
}

function result(finding: Finding | IgnoredFinding, ruleIndex: number, cwd: string): Json {
  const related = finding.related.map((r, id) => ({ id, ...place(r, cwd), message: { text: r.message } }));
  // The suppressions of a run are either given for every result or for none (SARIF 3.27.23).
  const suppressions = 'by' in finding ? [suppression(finding)] : [];
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVEL[finding.severity],
    message: { text: messageText(finding) },
    locations: [place(finding, cwd)],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    // GitHub reads only the first name; ours would survive a move of the line, its own does not.
    partialFingerprints: { primaryLocationLineHash: finding.fingerprint, 'tlsgw/v1': finding.fingerprint },
    suppressions,
    properties: { resource: resourceText(finding.resource), path: finding.path, workload: finding.workload },
  };
}

const suppression = ({ by, reason }: IgnoredFinding): Json => ({
  kind: by === 'inline' || by === 'annotation' ? 'inSource' : 'external',
  justification: reason,
  properties: { by },
});

const descriptor = (rule: RuleInfo): Json => ({
  id: rule.id,
  shortDescription: { text: rule.summary },
  help: { text: rule.help, markdown: rule.help },
  ...(isAddress(rule.docs) ? { helpUri: rule.docs } : {}),
  defaultConfiguration: { level: LEVEL[rule.severity] },
});

/** Rules that were passed in, then those that only findings name, so that every index points somewhere. */
function allRules(report: Report, rules: readonly RuleInfo[]): readonly RuleInfo[] {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  for (const { rule, severity, docs } of [...report.findings, ...report.ignored]) {
    if (!known.has(rule)) known.set(rule, { id: rule, summary: rule, severity, help: rule, docs });
  }
  return [...known.values()];
}

const notification = (id: string, level: 'error' | 'note', text: string, locations: readonly Json[] = []): Json => ({
  descriptor: { id },
  level,
  message: { text },
  ...(locations.length === 0 ? {} : { locations }),
});

function unreadable({ file, line, column, message, hint }: InputProblem, cwd: string): Json {
  const at = { physicalLocation: physical({ file, line: line ?? 1, column: column ?? 1 }, cwd) };
  return notification('unreadable', 'error', `${message} ${hint}`.trimEnd(), [at]);
}

function undecided(of: Undecided, indexes: ReadonlyMap<string, number>, cwd: string): Json {
  const text = `Undecided: ${of.question} Because ${of.because}; ${decidesText(of)}`;
  const locations = of.resource === null ? [] : [place({ resource: of.resource, path: '', location: null }, cwd)];
  const index = of.rule === null ? undefined : indexes.get(of.rule);
  const rule = of.rule === null ? {} : { associatedRule: { id: of.rule, ...(index === undefined ? {} : { index }) } };
  return { ...notification('undecided', 'note', text, locations), ...rule };
}

function invocation(report: Report, context: RenderContext, indexes: ReadonlyMap<string, number>): Json {
  return {
    executionSuccessful: context.problems.length === 0,
    toolExecutionNotifications: [
      ...context.problems.map((problem) => unreadable(problem, context.cwd)),
      // Not results: code scanning would show an open question as an alert.
      ...report.undecided.map((of) => undecided(of, indexes, context.cwd)),
      ...report.assumptions.map((text) => notification('assumption', 'note', text)),
    ],
  };
}

/** The report as SARIF 2.1.0. */
export const renderSarif: Renderer = (report, context) => {
  const rules = allRules(report, context.rules);
  const indexes = new Map(rules.map((rule, i) => [rule.id, i]));
  const results = [...report.findings, ...report.ignored].map((f) => result(f, indexes.get(f.rule) ?? -1, context.cwd));
  const notifications = ['unreadable', 'undecided', 'assumption'].map((id) => ({ id }));
  const driver = {
    name: report.tool.name,
    semanticVersion: report.tool.version,
    rules: rules.map(descriptor),
    notifications,
  };
  const run = {
    tool: { driver },
    automationDetails: { id: `${report.tool.name}/` },
    columnKind: 'unicodeCodePoints',
    invocations: [invocation(report, context, indexes)],
    results,
  };
  const $schema = 'https://json.schemastore.org/sarif-2.1.0.json';
  return `${jsonText({ $schema, version: '2.1.0', runs: [run] }, 2)}\n`;
};
