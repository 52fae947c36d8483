import {
  type EnvoyConfig,
  type FilterChain,
  type SecretEntry,
  type TlsContext,
  unknownBecause,
} from '../model/envoy-config.ts';
import type { ClientCertificate, TlsVersion } from '../model/trace.ts';
import { isRefusedCurve, isTls13Suite, refusedCiphers } from './tls-names.ts';

/** The TLS side of a client. */
export interface TlsClient {
  readonly maxVersion: TlsVersion;
  readonly certificate: ClientCertificate | null;
}

/** How a handshake on one chain ends. `transport` is Envoy's word for it (symptoms.md 5). */
export type Handshake =
  | { readonly kind: 'ok' }
  | { readonly kind: 'not-ready'; readonly secrets: readonly string[]; readonly transport: string }
  | { readonly kind: 'failed'; readonly why: HandshakeFailure; readonly transport: string }
  | { readonly kind: 'undecided'; readonly because: string };

export type HandshakeFailure =
  | 'client-certificate-missing'
  | 'client-certificate-refused'
  | 'client-authority-useless'
  | 'client-name-refused'
  | 'no-common-version'
  | 'versions-inverted'
  | 'no-common-cipher';

const NOT_READY = 'Secret_is_not_supplied_by_SDS';

type State =
  | { readonly kind: 'good'; readonly entry: SecretEntry | null }
  | { readonly kind: 'bad' }
  | { readonly kind: 'unknown'; readonly because: string };

/** Mounted files and mesh certificates are taken as good: they are not in any input. */
function stateOf(name: string, as: 'certificate' | 'ca', config: EnvoyConfig, now: Date): State {
  if (!name.includes('://')) return { kind: 'good', entry: null };
  const entry = config.secrets.find((s) => s.name === name);
  if (!entry || entry.payload.kind === 'not-delivered') {
    const because = entry?.payload.kind === 'not-delivered' ? unknownBecause(entry.payload.reason) : null;
    return because === null ? { kind: 'bad' } : { kind: 'unknown', because };
  }
  // A key pair in the CA's place becomes an empty context, whatever it holds (symptoms.md 4.1, 4.4).
  if (as === 'ca' && entry.payload.kind === 'certificate') return { kind: 'good', entry };
  return entry.payload.judge(now).refused === null ? { kind: 'good', entry } : { kind: 'bad' };
}

/** Unknown ciphers or curves: the context cannot be made, and the chain answers nobody. Source: symptoms.md 8. */
const hasUnknownParameters = (tls: TlsContext): boolean =>
  refusedCiphers(tls.cipherSuites).length > 0 || tls.ecdhCurves.some(isRefusedCurve);

const versions: readonly string[] = ['TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'] satisfies TlsVersion[];

/** The highest version that both sides take, or why there is none. Envoy's own default is 1.2 to 1.3 (D19). */
function agreedVersion(tls: TlsContext, client: TlsClient): TlsVersion | 'none' | 'inverted' {
  const limit = (version: string | null, fallback: TlsVersion) =>
    versions.indexOf(version === null || version === 'TLS_AUTO' ? fallback : version);
  const [low, most] = [limit(tls.minVersion, 'TLSv1_2'), limit(tls.maxVersion, 'TLSv1_3')];
  if (low > most) return 'inverted';
  const high = Math.min(most, versions.indexOf(client.maxVersion));
  return low <= high ? (versions[high] as TlsVersion) : 'none';
}

/** Suites that are older than TLS 1.2; none of them is in Envoy's default list (symptoms.md 7). */
const isOld = (cipher: string): boolean => cipher.endsWith('-SHA');

/** Up to TLS 1.2: some cipher fits some certificate's key. Unknown keys are taken as fitting. */
function hasCommonCipher(tls: TlsContext, version: TlsVersion, keys: readonly (string | null)[]): boolean {
  const listed = tls.cipherSuites.filter((cipher) => !isTls13Suite(cipher));
  const suites = version === 'TLSv1_2' ? listed : listed.filter(isOld);
  if (tls.cipherSuites.length === 0) return version === 'TLSv1_2';
  return suites.some((cipher) => {
    if (!/^(ECDHE|AES|DES)/.test(cipher)) return true;
    const wanted = cipher.startsWith('ECDHE-ECDSA') ? 'ec' : 'rsa';
    return keys.some((key) => key === null || key === wanted || (key === 'ed25519' && wanted === 'ec'));
  });
}

/** How the handshake of this client ends on this chain. Source: symptoms.md 3-5, 7, 8; D12. */
export function handshake(chain: FilterChain, config: EnvoyConfig, client: TlsClient, now: Date): Handshake {
  const { tls } = chain;
  if (!tls) return { kind: 'ok' };
  const ready = readiness(tls, config, now);
  if (ready.kind !== 'ready') return ready.result;
  const version = agreedVersion(tls, client);
  if (version === 'inverted') return failed('versions-inverted', 'NO_SUPPORTED_VERSIONS_ENABLED');
  if (version === 'none') return failed('no-common-version', 'UNSUPPORTED_PROTOCOL');
  if (version !== 'TLSv1_3' && !hasCommonCipher(tls, version, ready.keys))
    return failed('no-common-cipher', 'NO_SHARED_CIPHER');
  return clientAuthentication(tls, ready.authority, client, now);
}

/** Only whether the chain has what it needs to begin a handshake; null when it has. */
export function notReady(chain: FilterChain, config: EnvoyConfig, now: Date): Handshake | null {
  if (!chain.tls) return null;
  const ready = readiness(chain.tls, config, now);
  return ready.kind === 'ready' ? null : ready.result;
}

const failed = (why: HandshakeFailure, transport: string): Handshake => ({ kind: 'failed', why, transport });

type Readiness =
  | { readonly kind: 'ready'; readonly keys: readonly (string | null)[]; readonly authority: State | null }
  | { readonly kind: 'not-ready'; readonly result: Handshake };

function readiness(tls: TlsContext, config: EnvoyConfig, now: Date): Readiness {
  const end = (result: Handshake): Readiness => ({ kind: 'not-ready', result });
  const lacking = (secrets: readonly string[]): Readiness => end({ kind: 'not-ready', secrets, transport: NOT_READY });
  if (hasUnknownParameters(tls)) return lacking([]);
  const certificates = tls.certificates.map((name) => ({ name, state: stateOf(name, 'certificate', config, now) }));
  const good = certificates.filter((c) => c.state.kind === 'good');
  // One certificate is enough: it serves alone (symptoms.md 3).
  if (good.length === 0) {
    const unknown = certificates.find((c) => c.state.kind === 'unknown');
    if (unknown?.state.kind === 'unknown') return end({ kind: 'undecided', because: unknown.state.because });
    return lacking(certificates.map((c) => c.name));
  }
  const authority = tls.validation === null ? null : stateOf(tls.validation, 'ca', config, now);
  if (authority?.kind === 'unknown') return end({ kind: 'undecided', because: authority.because });
  if (authority?.kind === 'bad') return lacking([tls.validation!]);
  if (authority?.entry?.payload.kind === 'certificate' && tls.subjectAltNames.length > 0)
    return lacking([tls.validation!]);
  const keys = good.map(({ state }) =>
    state.kind === 'good' && state.entry?.payload.kind === 'certificate'
      ? state.entry.payload.judge(now).keyAlgorithm
      : null,
  );
  return { kind: 'ready', keys, authority };
}

const VERIFY_FAILED = 'CERTIFICATE_VERIFY_FAILED';

function clientAuthentication(tls: TlsContext, authority: State | null, client: TlsClient, now: Date): Handshake {
  if (authority === null || authority.kind !== 'good') return { kind: 'ok' };
  const payload = authority.entry?.payload;
  // A key pair in the CA's place: Envoy checks no client certificate at all (symptoms.md 4.4).
  if (payload?.kind === 'certificate') return { kind: 'ok' };
  const { certificate } = client;
  if (certificate === null) {
    const mandatory = tls.requireClientCertificate || tls.subjectAltNames.length > 0;
    return mandatory ? failed('client-certificate-missing', 'PEER_DID_NOT_RETURN_A_CERTIFICATE') : { kind: 'ok' };
  }
  const fromMesh = certificate.authority === 'mesh';
  const trusted = payload === undefined ? fromMesh : !fromMesh && certificate.authority !== 'foreign';
  if (!trusted) return failed('client-certificate-refused', VERIFY_FAILED);
  if (payload?.kind === 'ca' && !payload.judge(now).acceptsClients)
    return failed('client-authority-useless', VERIFY_FAILED);
  const wanted = tls.subjectAltNames;
  if (wanted.length > 0 && !wanted.some((name) => certificate.subjectAltNames.includes(name))) {
    return failed('client-name-refused', `${VERIFY_FAILED}: SAN matcher`);
  }
  return { kind: 'ok' };
}
