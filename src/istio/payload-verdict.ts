import type { PayloadVerdict } from '../model/envoy-config.ts';
import { judgeCa } from '../x509/ca.ts';
import { judgeKeyPair } from '../x509/key-pair.ts';
import { judgeCrl } from '../x509/revocation.ts';

/** How Envoy takes a certificate with its key (symptoms.md 4.1). */
export function judgePair(certificate: Uint8Array, key: Uint8Array): PayloadVerdict {
  const verdict = judgeKeyPair(certificate, key);
  const leaf = 'chain' in verdict ? verdict.chain.certificates[0] : null;
  return {
    refused: verdict.kind === 'accepted' ? null : verdict.text,
    keyAlgorithm: leaf?.publicKey.algorithm ?? null,
    acceptsClients: false,
  };
}

/** How Envoy takes a CA with its revocation list, and whether any client can pass (symptoms.md 4.1). */
export function judgeAuthority(ca: Uint8Array, crl: Uint8Array | null, now: Date): PayloadVerdict {
  const verdict = judgeCa(ca, now);
  if (verdict.kind === 'refused') return { refused: verdict.text, keyAlgorithm: null, acceptsClients: false };
  const list = judgeCrl(crl === null || crl.length === 0 ? null : crl, verdict.certificates, now, verdict.crls);
  const uncovered = list.kind === 'lists' ? list.uncovered.map((u) => u.index) : [];
  // A certificate that is no CA is trusted for itself alone, not for what its issuer signed.
  const useless = new Set([...verdict.expired, ...verdict.notYetValid, ...verdict.notCa, ...uncovered]);
  return {
    refused: list.kind === 'refused' ? list.text : null,
    keyAlgorithm: null,
    acceptsClients: useless.size < verdict.certificates.length && list.kind !== 'no-list',
  };
}
