import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Severity } from '../model/finding.ts';
import type { Place } from '../model/resource.ts';
import type { Workload } from '../model/workload.ts';

/** Everything a rule may look at. A rule names the inputs it reads; others do not compile. */
export interface Inputs {
  /** What was read. */
  readonly view: ClusterView;
  /** What istiod builds from it, one per gateway workload. */
  readonly configs: readonly EnvoyConfig[];
  /** The moment for which certificates are judged. */
  readonly now: Date;
  readonly settings: Settings;
  /** Ignores that silenced nothing; rules that name this input run after all others. */
  readonly unusedIgnores: readonly UnusedIgnore[];
}

/** An ignore that had no effect, or names no rule. */
export interface UnusedIgnore {
  readonly at: Place;
  readonly by: 'inline' | 'annotation' | 'config';
  /** The id as written; '' when the ignore names none. */
  readonly rule: string;
  /** False for an id that is no rule's. */
  readonly known: boolean;
  /** For an unknown id, the rule that was probably meant. */
  readonly nearest: string | null;
}

export interface Settings {
  /** Rule cert-expiring-soon, in days. */
  readonly expiringWithinDays: number;
}

/** A defect that the input proves (or, with a lower severity, makes likely). */
export interface Problem {
  readonly kind: 'problem';
  /** One sentence that names the objects in the user's words. */
  readonly message: string;
  readonly at: Place;
  readonly related?: readonly { readonly at: Place; readonly message: string }[];
  /**
   * The host (or name) that it is about, where the rule may say the same of another one at the same place: part of its
   * identity. A list that grows with unrelated hosts does not belong here.
   */
  readonly about?: string;
  /** What clients see, in the words of symptoms.md. */
  readonly symptom?: string;
  /** Commands or YAML that can be pasted, right for this very input. */
  readonly remedy?: string;
  /** Only where it differs from the rule's own: from files, what is merely absent is a warning. */
  readonly severity?: Severity;
  /** The workload this is true for, when it is not true for all. */
  readonly workload?: Workload;
}

/** A question that the input leaves open; never counted as a finding. */
export interface Open {
  readonly kind: 'open';
  readonly question: string;
  readonly because: string;
  readonly decides: { readonly kind: 'file' | 'permission'; readonly command: string };
  readonly at: Place | null;
  /** Other servers for which the answer matters as well. */
  readonly related?: readonly Place[];
}

export interface Rule<K extends keyof Inputs = keyof Inputs> {
  /** Names the defect: "allow key-cert-mismatch" must read well. Stable once released. */
  readonly id: string;
  /** One line for `kubectl tlsgw rules`. */
  readonly summary: string;
  readonly severity: Severity;
  readonly inputs: readonly K[];
  /** Version of kubectl-tlsgw that brought it. */
  readonly since: string;
  check(given: Pick<Inputs, K>): Iterable<Problem | Open>;
}

/** Declares a rule; the id stays a literal type, so that the registry knows every id. */
export const defineRule = <const Id extends string, K extends keyof Inputs>(
  rule: Rule<K> & { readonly id: Id },
): Rule<K> & { readonly id: Id } => rule;
