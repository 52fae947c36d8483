import { compare } from '../model/compare.ts';
import type { Finding, RelatedPlace, Severity } from '../model/finding.ts';
import { hideKeys } from '../model/key-text.ts';
import { type Location, type Path, pathText } from '../model/location.ts';
import { type AnyResource, type Place, resourceText } from '../model/resource.ts';
import { type Workload, workloadText } from '../model/workload.ts';
import { writtenPath } from '../model/written-path.ts';
import { fingerprint } from './fingerprint.ts';
import type { Problem } from './rule.ts';

/** A problem with the verdict about it, before anything is looked up in the text that it stands in. */
export interface Draft {
  readonly rule: string;
  readonly problem: Problem;
  readonly severity: Severity;
  /** The one it is true for; null when it concerns no single workload. */
  readonly workload: Workload | null;
}

/** Page of a rule, relative to the root of the package. */
const docsOf = (rule: string): string => `docs/rules/${rule}.md`;

/** Problems of one rule by what they say and where, with the workload they are true for: null for several, or where none is named. */
export type Merged = Map<string, { problem: Problem; workload: Workload | null }>;

/** The same sentence about the same place for several workloads is one finding. */
export function merge(merged: Merged, problem: Problem): void {
  const key = [placeKey(problem.at), problem.severity ?? '', problem.message].join('\n');
  const same = merged.get(key);
  if (!same) {
    merged.set(key, { problem, workload: problem.workload ?? null });
    return;
  }
  if (problem.workload !== same.workload) same.workload = null;
  const known = new Set((same.problem.related ?? []).map((r) => placeKey(r.at)));
  const more = (problem.related ?? []).filter((r) => !known.has(placeKey(r.at)));
  if (more.length > 0) same.problem = { ...same.problem, related: [...(same.problem.related ?? []), ...more] };
}

/** Equal for findings about the same object; two objects of one name in two files are two. */
export const objectKey = (resource: AnyResource): string =>
  `${resource.origin.file ?? ''}\n${resource.id.apiVersion} ${resourceText(resource.id)}`;
/** Equal for findings about the same part of the same object. */
export const placeKey = (at: Place): string => `${objectKey(at.resource)}\n${pathText(pathOf(at))}`;

const pathOf = (at: Place): Path => (at.asWritten ? at.path : writtenPath(at.resource, at.path));

/** All objects that a problem is about. */
export const concerned = ({ problem }: Draft): Place[] => [problem.at, ...(problem.related ?? []).map((r) => r.at)];

/** The identity of the finding that a draft becomes. */
export function identityOf({ rule, problem, workload }: Draft): string {
  const first = problem.related?.[0]?.at;
  return fingerprint({
    rule,
    resource: problem.at.resource.id,
    path: pathText(pathOf(problem.at)),
    workload,
    firstRelated: first && { resource: first.resource.id, path: pathText(pathOf(first)) },
    about: problem.about ?? '',
  });
}

/** Where the primary place of a problem stands; reads the text again, so only those are asked whose place is shown. */
export const locationOf = ({ at }: Problem): Location | null => at.resource.origin.locate(pathOf(at));

/** The finding as every format prints it. */
export function findingOf(draft: Draft): Finding {
  const { rule, problem, severity, workload } = draft;
  const { resource } = problem.at;
  const related = (problem.related ?? []).map(
    (r): RelatedPlace => ({
      resource: r.at.resource.id,
      path: hideKeys(pathText(pathOf(r.at))),
      location: r.at.resource.origin.locate(pathOf(r.at)),
      message: hideKeys(r.message),
    }),
  );
  return {
    rule,
    severity,
    message: hideKeys(problem.message),
    resource: resource.id,
    workload: workload ? workloadText(workload) : null,
    path: hideKeys(pathText(pathOf(problem.at))),
    location: locationOf(problem),
    related,
    symptom: hideKeys(problem.symptom ?? ''),
    remedy: hideKeys(problem.remedy ?? ''),
    docs: docsOf(rule),
    fingerprint: identityOf(draft),
  };
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

function compareLocation(a: Location | null, b: Location | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column;
}

/** Findings by severity, then place; stable between runs. */
export function byPlace(a: Finding, b: Finding): number {
  return (
    rank[a.severity] - rank[b.severity] ||
    compareLocation(a.location, b.location) ||
    compare(resourceText(a.resource), resourceText(b.resource)) ||
    compare(a.path, b.path) ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message) ||
    compare(a.workload ?? '', b.workload ?? '')
  );
}
