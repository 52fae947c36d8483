import type { Certificate } from './certificate.ts';
import { type Validity, validityAt } from './validity.ts';

/** What can be said of the certificates that a server sends, by their positions in the file; 0 is the leaf. */
export interface ChainJudgement {
  /** From the leaf on, each followed by its issuer. */
  readonly path: readonly number[];
  /** The path ascends: TLS 1.2 asks for it, and some clients still do. */
  readonly inOrder: boolean;
  /** Certificates that stand there twice. */
  readonly duplicates: readonly number[];
  /** Certificates that no other one leads to. */
  readonly unrelated: readonly number[];
  readonly outOfDate: readonly OutOfDate[];
  readonly leafIsSelfSigned: boolean;
  readonly leafIsCa: boolean;
}

export interface OutOfDate {
  readonly index: number;
  readonly validity: Exclude<Validity, 'valid'>;
  /** false: clients do not need this certificate (an old root, a cross-sign whose root they have, one off the path). */
  readonly needed: boolean;
}

/** Tells whether one certificate names the other as its issuer: equal names, key identifiers that do not contradict. */
export const namesIssuer = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.issuer.key === issuer.subject.key &&
  (certificate.authorityKeyId === null ||
    issuer.subjectKeyId === null ||
    certificate.authorityKeyId === issuer.subjectKeyId);

/**
 * Returns the order and the dates of a chain (rules chain-order, cert-expired; RFC 5280 section 6.1). `known`: other
 * certificates of the input, where a root says that its cross-signed twin in the chain is dispensable.
 * Signatures are not checked.
 */
export function judgeChain(
  certificates: readonly [Certificate, ...Certificate[]],
  now: Date,
  known: readonly Certificate[] = [],
): ChainJudgement {
  const first = new Map<string, number>();
  const duplicates: number[] = [];
  const bySubject = new Map<string, number[]>();
  certificates.forEach((certificate, index) => {
    if (first.has(certificate.sha256)) {
      duplicates.push(index);
      return;
    }
    first.set(certificate.sha256, index);
    const same = bySubject.get(certificate.subject.key);
    if (same === undefined) bySubject.set(certificate.subject.key, [index]);
    else same.push(index);
  });
  const path = pathOf(certificates, bySubject, now);
  const onPath = new Set(path);
  const outOfDate = certificates.flatMap((certificate, index): OutOfDate[] => {
    const validity = validityAt(certificate, now);
    if (validity === 'valid') return [];
    const needed = onPath.has(index) && (index === 0 || !isDispensable(certificate, known, now));
    return [{ index, validity, needed }];
  });
  const skipped = new Set([...path, ...duplicates]);
  const [leaf] = certificates;
  return {
    path,
    inOrder: path.every((index, step) => step === 0 || index > path[step - 1]!),
    duplicates,
    unrelated: [...certificates.keys()].filter((index) => !skipped.has(index)),
    outOfDate,
    leafIsSelfSigned: leaf.isSelfIssued,
    leafIsCa: leaf.isCa,
  };
}

function pathOf(
  certificates: readonly [Certificate, ...Certificate[]],
  bySubject: ReadonlyMap<string, readonly number[]>,
  now: Date,
): readonly number[] {
  const path = [0];
  const seen = new Set(path);
  for (let current = certificates[0]; !current.isSelfIssued; ) {
    const issuers = (bySubject.get(current.issuer.key) ?? []).filter(
      (index) => !seen.has(index) && namesIssuer(current, certificates[index]!),
    );
    // Of two certificates for one authority clients take the valid one.
    const next = issuers.find((index) => validityAt(certificates[index]!, now) === 'valid') ?? issuers[0];
    if (next === undefined) break;
    path.push(next);
    seen.add(next);
    current = certificates[next]!;
  }
  return path;
}

/** Clients have roots of their own; of an authority that is itself a root they do not need the certificate by another. */
const isDispensable = (certificate: Certificate, known: readonly Certificate[], now: Date): boolean =>
  certificate.isSelfIssued ||
  known.some(
    (other) =>
      other.isSelfIssued &&
      other.subject.key === certificate.subject.key &&
      other.publicKey.sha256 === certificate.publicKey.sha256 &&
      validityAt(other, now) === 'valid',
  );

/** The evidence that a server forgets to send an intermediate (rule chain-incomplete). */
export type MissingIssuer = { readonly issuer: string } & (
  | { readonly evidence: 'ca-crt' }
  | { readonly evidence: 'elsewhere'; readonly certificate: Certificate }
  | { readonly evidence: 'caIssuers'; readonly url: string }
);

/**
 * Returns the issuer that a single, not self-issued certificate lacks, with the evidence that it is an intermediate: the
 * Secret's ca.crt holds other certificates only, the issuer's own certificate, not self-signed, is elsewhere in the input,
 * or the certificate says where to fetch it. null without evidence: a leaf signed by a private root is fine (rules.md row 40).
 */
export function missingIssuer(
  certificates: readonly [Certificate, ...Certificate[]],
  caCrt: readonly Certificate[] | null,
  elsewhere: readonly Certificate[],
): MissingIssuer | null {
  const [leaf, ...others] = certificates;
  if (leaf.isSelfIssued || others.some((other) => other.sha256 !== leaf.sha256)) return null;
  const issuer = leaf.issuer.text;
  const issuers = [...(caCrt ?? []), ...elsewhere].filter((other) => namesIssuer(leaf, other));
  if (issuers.some((other) => other.isSelfIssued)) return null;
  const [found] = issuers;
  if (found !== undefined) return { issuer, evidence: 'elsewhere', certificate: found };
  if (caCrt !== null && caCrt.length > 0) return { issuer, evidence: 'ca-crt' };
  const [url] = leaf.caIssuers;
  return url === undefined ? null : { issuer, evidence: 'caIssuers', url };
}
