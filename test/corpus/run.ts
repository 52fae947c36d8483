import { assumedWorkloads } from '../../src/cli/assumed-workloads.ts';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import type { Finding } from '../../src/model/finding.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import type { Case } from './cases.ts';
import { write } from './style.ts';

const now = new Date('2026-06-01T00:00:00Z');

const idOf = (r: Finding['resource']): string => `${r.kind} ${r.namespace ? `${r.namespace}/` : ''}${r.name}`;

/** One finding in one line. */
export const line = (f: Finding): string => `${f.severity} ${f.rule} at ${idOf(f.resource)} ${f.path}`;

/** The text of a case, and what the pipeline says about it as `lint` would. */
export function run(one: Case, complete = one.complete ?? false) {
  const file = 'cluster.yaml';
  const written = write(one.title, one.objects);
  const text = one.edit ? one.edit(written) : written;
  const parsed = parseText(text, file);
  const decoded = buildView(parsed.documents, {
    source: 'files',
    complete,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  const workloads = decoded.workloads.length > 0 ? decoded.workloads : assumedWorkloads(decoded.gateways);
  const view = { ...decoded, workloads };
  const judged = judge({ view, configs: compile(view), now, settings: { expiringWithinDays: 30 } });
  const problems = [
    ...parsed.problems.map((p) => `${p.line}: ${p.message}`),
    ...judged.internalErrors.map((e) => `internal error in ${e.rule}: ${e.stack}`),
  ];
  return { text, ...judged, problems };
}

/** What does not fit the expectation, in words; one line each. */
export function differences(one: Case): string[] {
  const { findings, problems, text } = run(one);
  const loud = findings.filter((f) => f.severity !== 'info');
  const wrong = [...problems];
  if (one.expected === null) {
    wrong.push(...loud.map((f) => `false alarm: ${line(f)}: ${f.message}`));
    wrong.push(
      ...findings.filter((f) => f.severity === 'info' && f.rule === one.rule).map((f) => `false info: ${line(f)}`),
    );
    return wrong;
  }
  const { rule, severity, at } = one.expected;
  const own = findings.filter((f) => f.rule === rule);
  const right = own.filter((f) => at.includes(idOf(f.resource)));
  if (right.length === 0)
    wrong.push(`missed: ${severity} ${rule} at ${at.join(' or ')}${own.length ? '' : ' (silent)'}`);
  wrong.push(...right.filter((f) => f.severity !== severity).map((f) => `severity: ${line(f)}, expected ${severity}`));
  wrong.push(...loud.filter((f) => !right.includes(f)).map((f) => `extra: ${line(f)}: ${f.message}`));
  if (right.length > 1) wrong.push(`${right.length} findings for one defect: ${right.map(line).join('; ')}`);
  if (one.absent) {
    const sure = run(one, true).findings.filter((f) => f.rule === rule && at.includes(idOf(f.resource)));
    if (!sure.every((f) => f.severity === 'error') || sure.length !== right.length)
      wrong.push(`--complete: ${sure.map(line).join('; ') || 'silent'}, expected an error`);
  }
  for (const f of right) wrong.push(...flaws(f, text, one.names ?? []));
  return wrong;
}

/** What a good finding must have beside its rule, severity and resource. */
function flaws(f: Finding, text: string, names: readonly string[]): string[] {
  const wrong: string[] = [];
  const { resource, message, location, path } = f;
  const says = [message, ...f.related.flatMap((r) => [r.message, idOf(r.resource)])].join('\n');
  // What holds for the mesh, or for an ignore, is named by what it says.
  const isNameless = resource.kind === 'ConfigMap' || f.rule === 'unused-ignore';
  if (!isNameless && !message.includes(resource.name))
    wrong.push(`message does not name ${idOf(resource)}: ${message}`);
  for (const name of names)
    if (!says.includes(name)) wrong.push(`neither message nor related name ${name}: ${message}`);
  if (f.severity !== 'info' && f.symptom === '') wrong.push(`no symptom: ${message}`);
  if (f.remedy === '') wrong.push(`no remedy: ${message}`);
  if (/undefined|NaN|\[object/.test(message + f.symptom + f.remedy) || /\bnull\b/.test(message))
    wrong.push(`leak: ${message} ${f.remedy}`);
  if (location === null) return [...wrong, `no location: ${message}`];
  const key =
    /(?:\["([^"]+)"\]|([A-Za-z_-]+)(?:\[\d+\])*)$/
      .exec(path)
      ?.slice(1)
      .find((k) => k !== undefined) ?? '';
  const at = text.split('\n')[location.line - 1] ?? '';
  const isNamed =
    path.endsWith(']') && !path.endsWith('"]') ? at.trim() !== '' : at.includes(key) || /^ *"?spec"?:/.test(at);
  if (!isNamed) wrong.push(`location ${location.line}:${location.column} (${path}) shows: ${at.slice(0, 80)}`);
  return wrong;
}
