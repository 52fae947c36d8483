import type { Finding, RelatedPlace, Severity } from '../model/finding.ts';
import { type Location, type Path, pathText } from '../model/location.ts';
import { type AnyResource, type Place, resourceText } from '../model/resource.ts';
import { type Workload, workloadText } from '../model/workload.ts';
import { writtenPath } from '../model/written-path.ts';
import { fingerprint } from './fingerprint.ts';
import type { Problem } from './rule.ts';

/** A finding on its way to the report, with the objects behind its texts. */
export interface Draft {
  readonly rule: string;
  readonly place: string;
  readonly resource: string;
  readonly at: Place;
  readonly concerned: readonly Place[];
  readonly finding: Finding;
}

/** Page of a rule, relative to the root of the package. */
const docsOf = (rule: string): string => `docs/rules/${rule}.md`;

/** Problems of one rule by what they say and where, with the workloads they are true for. */
export type Merged = Map<string, { problem: Problem; readonly workloads: Set<Workload | undefined> }>;

/** The same sentence about the same place for several workloads is one finding. */
export function merge(merged: Merged, problem: Problem): void {
  const key = [placeKey(problem.at), problem.severity ?? '', problem.message].join('\n');
  const same = merged.get(key);
  if (!same) {
    merged.set(key, { problem, workloads: new Set([problem.workload]) });
    return;
  }
  same.workloads.add(problem.workload);
  const known = new Set((same.problem.related ?? []).map((r) => placeKey(r.at)));
  const more = (problem.related ?? []).filter((r) => !known.has(placeKey(r.at)));
  if (more.length > 0) same.problem = { ...same.problem, related: [...(same.problem.related ?? []), ...more] };
}

/** Two objects of one name in two files are two places. */
const objectKey = (resource: AnyResource): string =>
  `${resource.origin.file ?? ''}\n${resource.id.apiVersion} ${resourceText(resource.id)}`;
const placeKey = (at: Place): string => `${objectKey(at.resource)}\n${pathText(pathOf(at))}`;

/** No name is this long without a dot or a dash; what is, and looks like base64, is a key that was pasted into a wrong field. */
const KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*-----|$)|[A-Za-z0-9+/]{64,}={0,2}/g;
const withoutKeys = (text: string): string =>
  mayHoldKey(text)
    ? text.replace(KEY, (run) => (/[0-9]/.test(run) && /[A-Z]/.test(run) && /[a-z]/.test(run) ? '***' : run))
    : text;

/** An Ed25519 key in PKCS#8, and a line of any other. */
const SHORTEST = 64;

/** Cheap, since most texts hold none: KEY is tried at each character. */
function mayHoldKey(text: string): boolean {
  for (let at = 0; at + SHORTEST <= text.length; ) {
    const space = text.indexOf(' ', at);
    if ((space < 0 ? text.length : space) - at >= SHORTEST) return true;
    at = space + 1;
  }
  return text.includes('-----BEGIN ');
}

const pathOf = (at: Place): Path => (at.asWritten ? at.path : writtenPath(at.resource, at.path));

/** Locates a problem and gives it an identity. */
export function draft(rule: string, problem: Problem, severity: Severity, workload: Workload | null): Draft {
  const { resource } = problem.at;
  const path = pathOf(problem.at);
  const related: RelatedPlace[] = (problem.related ?? []).map((r) => ({
    resource: r.at.resource.id,
    path: pathText(pathOf(r.at)),
    location: r.at.resource.origin.locate(pathOf(r.at)),
    message: withoutKeys(r.message),
  }));
  return {
    rule,
    place: placeKey(problem.at),
    resource: objectKey(resource),
    at: problem.at,
    concerned: [problem.at, ...(problem.related ?? []).map((r) => r.at)],
    finding: {
      rule,
      severity,
      message: withoutKeys(problem.message),
      resource: resource.id,
      workload: workload ? workloadText(workload) : null,
      path: pathText(path),
      location: resource.origin.locate(path),
      related,
      symptom: withoutKeys(problem.symptom ?? ''),
      remedy: withoutKeys(problem.remedy ?? ''),
      docs: docsOf(rule),
      fingerprint: fingerprint({
        rule,
        resource: resource.id,
        path: pathText(path),
        workload,
        firstRelated: related[0],
        about: problem.about ?? '',
      }),
    },
  };
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Order of UTF-16 texts. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

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
