/** Something that could not be read, in words, with what would make it readable. */
export interface Gap {
  /** Kind in the plural as kubectl writes it (`secrets`), or `*`. */
  readonly kinds: string;
  /** Namespace that is hidden, or null for all. */
  readonly namespace: string | null;
  /** With `namespace` null: the namespaces that could be read all the same. */
  readonly except?: readonly string[];
  /** One clause: "secrets in istio-system: forbidden for user dev". */
  readonly because: string;
  /** The command or file that would decide. */
  readonly decides: string;
}

/** The API server's answer to the question that istiod asks: may this account list the Secrets of its namespace (I8)? */
export interface AccessAnswer {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly allowed: boolean;
}

/** What the input covers. Everything a rule may conclude from absence goes through `absence()`. */
export interface Coverage {
  readonly source: 'files' | 'snapshot' | 'cluster';
  /** `--complete`, a snapshot or a cluster: what is not in the input does not exist (but for the gaps). */
  readonly complete: boolean;
  readonly gaps: readonly Gap[];
  /** Namespaces of which files hold some object. */
  readonly namespaces: ReadonlySet<string>;
  /** Namespaces of which files hold some Secret, or a source of one (Certificate, ExternalSecret, SealedSecret). */
  readonly secretNamespaces: ReadonlySet<string>;
  /** Only from a cluster, and from a snapshot of one. */
  readonly access?: readonly AccessAnswer[];
  /** Versions of the istiods that run, from a cluster or a snapshot. */
  readonly istiodVersions?: readonly string[];
}

/** How sure an absence is: proven, seen in files that cover the place, or not knowable from this input. */
export type Absence =
  | { readonly kind: 'absent'; readonly certain: boolean }
  | {
      readonly kind: 'unknown';
      readonly because: string;
      readonly decides: string;
      /** What hides it, where permissions do. */
      readonly gap?: Gap;
    };

/** The gap that hides objects of this kind (plural, lower case) in this namespace, if there is one. */
export const gapOf = (coverage: Coverage, kinds: string, namespace: string): Gap | undefined =>
  coverage.gaps.find(
    (g) =>
      (g.kinds === kinds || g.kinds === '*') &&
      (g.namespace === namespace || (g.namespace === null && g.except?.includes(namespace) !== true)),
  );

/** What was asked of the API server about a service account; undefined when it was not, or gave no answer. */
export const accessOf = (coverage: Coverage, namespace: string, serviceAccount: string): AccessAnswer | undefined =>
  coverage.access?.find((a) => a.namespace === namespace && a.serviceAccount === serviceAccount);

/**
 * Tells what it means that an object of this kind (plural, lower case) is not in the input.
 * Source: rules.md, "What files can prove".
 */
export function absence(coverage: Coverage, kinds: string, namespace: string): Absence {
  const gap = gapOf(coverage, kinds, namespace);
  if (gap) return { kind: 'unknown', because: gap.because, decides: gap.decides, gap };
  if (coverage.complete) return { kind: 'absent', certain: true };
  const covered = kinds === 'secrets' ? coverage.secretNamespaces : coverage.namespaces;
  if (covered.has(namespace)) return { kind: 'absent', certain: false };
  const what = kinds === 'secrets' ? 'Secret' : 'object';
  return {
    kind: 'unknown',
    because: `the input holds no ${what} of namespace ${namespace}`,
    decides: `add the ${kinds} of namespace ${namespace} to the input, or declare it complete with --complete`,
  };
}
