import type { Location } from './location.ts';
import type { ResourceId } from './resource.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface RelatedPlace {
  readonly resource: ResourceId;
  readonly path: string;
  readonly location: Location | null;
  readonly message: string;
}

/** One defect, as every format prints it (schemas/report.v1.json). */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** One sentence that names the objects. */
  readonly message: string;
  readonly resource: ResourceId;
  /** `namespace/name`, or null when it concerns no single workload. */
  readonly workload: string | null;
  readonly path: string;
  readonly location: Location | null;
  readonly related: readonly RelatedPlace[];
  /** What clients see, in the client's words; '' when nothing is seen yet. */
  readonly symptom: string;
  /** Commands or YAML that can be pasted. */
  readonly remedy: string;
  readonly docs: string;
  readonly fingerprint: string;
}

export interface Undecided {
  readonly question: string;
  readonly because: string;
  readonly decides: { readonly kind: 'file' | 'permission'; readonly command: string };
  readonly rule: string | null;
  readonly resource: ResourceId | null;
}

export interface IgnoredFinding extends Finding {
  readonly reason: string;
  /** `inline`, `annotation`, `config` or `baseline`. */
  readonly by: string;
}

/** Everything a run has to say, in the order it is printed; also the JSON output. */
export interface Report {
  readonly schema: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly istioVersion: string;
  readonly now: string;
  readonly inputs: readonly string[];
  readonly summary: {
    readonly objects: number;
    readonly files: number;
    readonly workloads: number;
    readonly errors: number;
    readonly warnings: number;
    readonly infos: number;
    readonly undecided: number;
  };
  readonly findings: readonly Finding[];
  readonly undecided: readonly Undecided[];
  readonly ignored: readonly IgnoredFinding[];
  readonly assumptions: readonly string[];
}
