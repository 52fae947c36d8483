import { X509Certificate } from 'node:crypto';
import { blocksOfEnvoy } from './blocks.ts';
import { type Certificate, leadingCertificate } from './certificate.ts';
import { namesIssuer } from './chain.ts';
import { validityAt } from './validity.ts';

/** A certificate with the bytes that its signature is about. */
export interface Signed {
  readonly certificate: Certificate;
  readonly der: Uint8Array;
}

/** Whether a client takes a chain, or why not: `words` are those of OpenSSL, `about` the certificate they are about. */
export type Trust =
  | { readonly kind: 'trusted'; readonly by: Certificate }
  | { readonly kind: 'refused'; readonly words: string; readonly about: Certificate };

/** Returns every certificate of a PEM text with its bytes, up to the first broken block. */
export const signedIn = (pem: Uint8Array): Signed[] =>
  blocksOfEnvoy(pem).blocks.flatMap((block) => {
    const found = block.label.endsWith('CERTIFICATE') ? leadingCertificate(block.der) : null;
    return found === null ? [] : [{ certificate: found.certificate, der: block.der.subarray(0, found.length) }];
  });

/** Does the key of `issuer` verify the signature? A key that OpenSSL cannot use verifies nothing. */
function isSignedBy({ der }: Signed, issuer: Signed): boolean {
  try {
    return new X509Certificate(der).verify(new X509Certificate(issuer.der).publicKey);
  } catch {
    return false;
  }
}

const isSame = (a: Signed, b: Signed): boolean => a.certificate.sha256 === b.certificate.sha256;

/** Of several authorities of one name the one that signed this, a valid one first. */
function issuerOf(of: Signed, among: readonly Signed[], now: Date): Signed | undefined {
  const named = among.filter(
    ({ certificate }) => namesIssuer(of.certificate, certificate) && certificate !== of.certificate,
  );
  const rank = (issuer: Signed): number =>
    (isSignedBy(of, issuer) ? 0 : 2) + (validityAt(issuer.certificate, now) === 'valid' ? 0 : 1);
  return named.length < 2 ? named[0] : [...named].sort((a, b) => rank(a) - rank(b))[0];
}

interface Path {
  readonly path: readonly Signed[];
  /** Ends at an authority of the client's. */
  readonly anchored: boolean;
}

/** Authorities of the client come before what the server sends; any of them ends the search, roots and others (curl sets X509_V_FLAG_PARTIAL_CHAIN). */
function pathFrom(leaf: Signed, sent: readonly Signed[], anchors: readonly Signed[], now: Date): Path {
  const own = anchors.some((anchor) => isSame(anchor, leaf));
  const path = [leaf];
  for (let current = leaf; !current.certificate.isSelfIssued; ) {
    const anchor = issuerOf(current, anchors, now);
    if (anchor) return { path: [...path, anchor], anchored: true };
    const next = issuerOf(current, sent, now);
    if (!next || path.some((before) => isSame(before, next))) break;
    path.push(next);
    current = next;
  }
  return own ? { path: [leaf], anchored: true } : { path, anchored: false };
}

/** X509_check_ca: extensions that say so, or a self-issued certificate from before there were extensions. */
const isAuthority = ({ isCa, keyUsage, version, isSelfIssued }: Certificate): boolean =>
  (keyUsage === null || keyUsage.includes('keyCertSign')) && (isCa || (version < 3 && isSelfIssued));

/** What OpenSSL's extension checks say of a path, leaf first; null when nothing. */
function extensionProblem(path: readonly Signed[]): { words: string; about: Certificate } | null {
  for (const [depth, { certificate }] of path.entries()) {
    const uses = certificate.extendedKeyUsage;
    if (depth > 0 && !isAuthority(certificate)) return { words: 'invalid CA certificate', about: certificate };
    if (uses !== null && !uses.includes('serverAuth'))
      return { words: 'unsuitable certificate purpose', about: certificate };
    if (certificate.pathLength !== null && depth - 1 > certificate.pathLength)
      return { words: 'path length constraint exceeded', about: certificate };
  }
  return null;
}

/**
 * Judges the chain that a server sends (its leaf first) as curl with OpenSSL does that trusts `anchors` only: path, purpose,
 * strength, signatures and dates, in that order, without the name (see coverageOf).
 */
export function judgeTrust(sent: readonly [Signed, ...Signed[]], anchors: readonly Signed[], now: Date): Trust {
  const [leaf] = sent;
  const refused = (words: string, about: Certificate): Trust => ({ kind: 'refused', words, about });
  const { path, anchored } = pathFrom(leaf, sent, anchors, now);
  const last = path.at(-1)!.certificate;
  if (!anchored) {
    if (!last.isSelfIssued) return refused('unable to get local issuer certificate', last);
    return refused(
      path.length === 1 ? 'self-signed certificate' : 'self-signed certificate in certificate chain',
      last,
    );
  }
  const extensions = extensionProblem(path);
  if (extensions) return refused(extensions.words, extensions.about);
  const weak = path.slice(0, -1).find(({ certificate }) => certificate.signature.weak);
  if (weak) return refused('CA signature digest algorithm too weak', weak.certificate);
  // From the authority down to the leaf, as OpenSSL goes.
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const current = path[depth]!;
    const issuer = path[depth + 1];
    if (issuer && !isSignedBy(current, issuer)) return refused('certificate signature failure', current.certificate);
    const validity = validityAt(current.certificate, now);
    if (validity === 'expired') return refused('certificate has expired', current.certificate);
    if (validity === 'not-yet-valid') return refused('certificate is not yet valid', current.certificate);
  }
  return { kind: 'trusted', by: last };
}
