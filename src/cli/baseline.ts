import type { Report } from '../model/finding.ts';
import { readTextFile } from '../sources/text-file.ts';
import { writeTextFile } from '../sources/write-file.ts';
import { InputError, UsageError } from './errors.ts';

const schema = 'kubectl-tlsgw/baseline.v1';

interface Entry {
  readonly fingerprint: string;
  readonly rule: string;
  readonly resource: string;
}

/** The fingerprints of a baseline file: findings that were there before and do not fail a run. */
export function readBaseline(path: string): ReadonlySet<string> {
  const read = readTextFile(path);
  if ('problem' in read) {
    throw new InputError(
      `--baseline ${path}: ${read.problem}`,
      `--write-baseline ${path} makes one of the findings of now`,
    );
  }
  let body: { schema?: unknown; findings?: unknown };
  try {
    body = JSON.parse(read.text);
  } catch {
    throw new UsageError(`--baseline ${path} is no JSON`, 'It is a file that --write-baseline has written.');
  }
  if (body?.schema !== schema || !Array.isArray(body.findings)) {
    throw new UsageError(`--baseline ${path} is no baseline`, 'It is a file that --write-baseline has written.');
  }
  return new Set((body.findings as Entry[]).map((entry) => String(entry.fingerprint)));
}

/** Writes the findings of a report, and those that a baseline already held, as a baseline. */
export function writeBaseline(path: string, report: Report): string {
  const known = [...report.findings, ...report.ignored.filter((f) => f.by === 'baseline')];
  const findings = known.map(
    ({ fingerprint, rule, resource }): Entry => ({
      fingerprint,
      rule,
      resource: `${resource.kind} ${resource.namespace}/${resource.name}`,
    }),
  );
  findings.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const problem = writeTextFile(path, `${JSON.stringify({ schema, findings }, null, 2)}\n`);
  if (problem !== null) throw new InputError(`--write-baseline ${path}: cannot be written (${problem})`);
  return `note: ${findings.length} findings written to ${path}; --baseline ${path} ignores them from now on`;
}
