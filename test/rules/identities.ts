import type { Finding } from '../../src/model/finding.ts';

/** Findings that a baseline or code scanning could not tell from an earlier one of the same report, in words. */
export function sharedIdentities(findings: readonly Finding[]): string[] {
  const seen = new Map<string, Finding>();
  return findings.flatMap((finding) => {
    const other = seen.get(finding.fingerprint);
    if (!other) seen.set(finding.fingerprint, finding);
    return other ? [`${finding.rule} ${finding.path}: "${other.message}" and "${finding.message}"`] : [];
  });
}

/** Longer messages are cut by code hosts and wrapped by terminals; what explains belongs to the other fields. */
export const longMessages = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ rule, message }) => (message.length > 200 ? [`${rule} (${message.length}): ${message}`] : []));
