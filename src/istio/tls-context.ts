import type { ServerRef, TlsContext } from '../model/envoy-config.ts';
import type { Path } from '../model/location.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import type { Workload } from '../model/workload.ts';
import { parseProtocol, tlsMode } from './protocol.ts';

/** The suffix of the SDS name under which a CA is asked for (D15, I6). */
export const caSuffix = '-cacert';

const schemes = ['kubernetes://', 'kubernetes-gateway://', 'configmap://'];

/**
 * The SDS resource name for a credential as written in a Gateway. mirrors: D16.
 * An `sds://` name is served by the credential socket or a mesh provider, else istiod looks for a Secret.
 */
function sdsName(credential: string, workload: Workload, mesh: MeshConfig): string {
  if (credential.startsWith('builtin://')) return credential.endsWith(caSuffix) ? 'ROOTCA' : 'default';
  if (credential.startsWith('invalid://')) return 'invalid://';
  if (schemes.some((scheme) => credential.startsWith(scheme))) return credential;
  if (credential.startsWith('sds://')) {
    const name = credential.slice('sds://'.length);
    if (workload.credentialSocket) return credential;
    return mesh.sdsProviders.includes(name) ? name : `kubernetes://${name}`;
  }
  return `kubernetes://${credential}`;
}

/** An SDS name with the field of the server that it comes from. */
export interface CredentialUse {
  readonly name: string;
  readonly path: Path;
  readonly as: 'certificate' | 'ca';
}

interface CredentialPlan {
  readonly certificates: readonly CredentialUse[];
  readonly validation: CredentialUse | null;
  readonly subjectAltNames: readonly string[];
}

/** Which SDS names a terminating server asks for. mirrors: D13-D18. */
export function credentialPlan(ref: ServerRef, workload: Workload, mesh: MeshConfig): CredentialPlan {
  const tls = ref.server.tls ?? {};
  const mode = tlsMode(ref.server);
  const use = (name: string, path: Path, as: CredentialUse['as'] = 'certificate'): CredentialUse => ({
    name,
    path,
    as,
  });
  const mutual = mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL';
  const subjectAltNames = tls.subjectAltNames ?? [];

  if (mode === 'ISTIO_MUTUAL') {
    return {
      certificates: [use('default', ['tls', 'mode'])],
      validation: use('ROOTCA', ['tls', 'mode'], 'ca'),
      subjectAltNames,
    };
  }

  const list = tls.credentialNames ?? [];
  if (list.length > 0 || tls.credentialName) {
    const named: readonly (readonly [string, Path])[] =
      list.length > 0
        ? list.map((name, i) => [name, ['tls', 'credentialNames', i]] as const)
        : [[tls.credentialName!, ['tls', 'credentialName']]];
    const [firstName, firstPath] = named[0]!;
    const ca: readonly [string, Path] = tls.caCertCredentialName
      ? [tls.caCertCredentialName, ['tls', 'caCertCredentialName']]
      : [`${firstName}${caSuffix}`, firstPath];
    return {
      certificates: named.map(([name, path]) => use(sdsName(name, workload, mesh), path)),
      validation: mutual ? use(sdsName(ca[0], workload, mesh), ca[1], 'ca') : null,
      subjectAltNames,
    };
  }

  const files = tls.tlsCertificates ?? [];
  const pairs: readonly (readonly [string | undefined, string | undefined, Path])[] =
    files.length > 0
      ? files.map((f, i) => [f.serverCertificate, f.privateKey, ['tls', 'tlsCertificates', i]] as const)
      : [[tls.serverCertificate, tls.privateKey, ['tls']]];
  const certificates = pairs.map(([certificate, key, path]) =>
    use(certificate && key ? `file-cert:${certificate}~${key}` : 'default', path),
  );
  const root = tls.caCertificates ? `file-root:${tls.caCertificates}` : 'ROOTCA';
  return {
    certificates,
    validation: mutual ? use(root, tls.caCertificates ? ['tls', 'caCertificates'] : ['tls', 'mode'], 'ca') : null,
    // SANs of the file path are only sent with a validation context (case d17-files, rules.md row 63).
    subjectAltNames: mutual ? subjectAltNames : [],
  };
}

/** Cipher names that istiod lets through. mirrors: D20. */
const knownCiphers = new Set([
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA',
  'AES256-SHA',
  'DES-CBC3-SHA',
]);

/** True for a cipher text that istiod passes on: a known name, '', `ALL`, or one not starting with a letter or digit. mirrors: D20. */
export const isPassedCipher = (cipher: string): boolean =>
  cipher === '' || cipher === 'ALL' || !/^[A-Za-z0-9]/.test(cipher) || knownCiphers.has(cipher);

/** Cipher suites that are left after istiod's filter, each once, in order. mirrors: D20. */
export const passedCiphers = (suites: readonly string[]): string[] => [...new Set(suites.filter(isPassedCipher))];

const versions: Readonly<Record<string, string>> = {
  TLS_AUTO: 'TLS_AUTO',
  TLSV1_0: 'TLSv1_0',
  TLSV1_1: 'TLSv1_1',
  TLSV1_2: 'TLSv1_2',
  TLSV1_3: 'TLSv1_3',
};

const envoyVersion = (version: string | undefined): string => versions[version ?? 'TLS_AUTO'] ?? 'TLS_AUTO';

type Parameters = Pick<TlsContext, 'minVersion' | 'maxVersion' | 'cipherSuites' | 'ecdhCurves'>;

/** Protocol versions, ciphers and curves of a server over the mesh's defaults. mirrors: D19. */
function tlsParameters(ref: ServerRef, mesh: MeshConfig): Parameters {
  const tls = ref.server.tls ?? {};
  const none: Parameters = { minVersion: null, maxVersion: null, cipherSuites: [], ecdhCurves: [] };
  if (tlsMode(ref.server) === 'ISTIO_MUTUAL') return none;
  const own = passedCiphers(tls.cipherSuites ?? []);
  const cipherSuites = own.length > 0 ? own : (mesh.tlsDefaults.cipherSuites ?? []);
  const ecdhCurves = mesh.tlsDefaults.ecdhCurves ?? [];
  const serverMin = envoyVersion(tls.minProtocolVersion);
  const minVersion = serverMin === 'TLS_AUTO' ? envoyVersion(mesh.tlsDefaults.minProtocolVersion) : serverMin;
  const maxVersion = envoyVersion(tls.maxProtocolVersion);
  const nothing =
    minVersion === 'TLS_AUTO' && maxVersion === 'TLS_AUTO' && cipherSuites.length === 0 && ecdhCurves.length === 0;
  return nothing ? none : { minVersion, maxVersion, cipherSuites, ecdhCurves };
}

/** The TLS context of a chain that terminates TLS. mirrors: D11-D19. */
export function tlsContext(ref: ServerRef, workload: Workload, mesh: MeshConfig): TlsContext {
  const mode = tlsMode(ref.server);
  const plan = credentialPlan(ref, workload, mesh);
  const isHttps = parseProtocol(ref.server.port?.protocol ?? '') === 'HTTPS';
  const h2 = ['h2', 'http/1.1'];
  return {
    certificates: plan.certificates.map((c) => c.name),
    validation: plan.validation?.name ?? null,
    subjectAltNames: plan.subjectAltNames,
    requireClientCertificate: mode === 'MUTUAL' || mode === 'ISTIO_MUTUAL',
    alpn: mode === 'ISTIO_MUTUAL' && !isHttps ? ['istio-peer-exchange', ...h2] : h2,
    ...tlsParameters(ref, mesh),
  };
}
