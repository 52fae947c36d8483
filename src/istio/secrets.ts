import type { ClusterView, ConfigMap, Gateway, Secret } from '../model/cluster-view.ts';
import { gapOf } from '../model/coverage.ts';
import type { Drop, FilterChain, NotDelivered, SecretEntry, SecretPayload, ServerRef } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { append, oncePer } from '../model/once.ts';
import { type AnyResource, resourceText } from '../model/resource.ts';
import { bytesOf, isFilled, secretBytes } from '../model/secret.ts';
import { operatorKinds, secretsMadeFrom } from '../model/secret-sources.ts';
import type { Workload } from '../model/workload.ts';
import { readFirstCertificate } from '../x509/certificate.ts';
import { judgeAuthority, judgePair } from './payload-verdict.ts';
import { hasRbac, mayListSecrets } from './rbac.ts';
import { parentNamespaceAnnotation } from './select.ts';
import { type CredentialUse, caSuffix, credentialPlan } from './tls-context.ts';

/** Written by the Gateway API conversion: only this service account may use the references (B4). */
const serviceAccountAnnotation = 'internal.istio.io/service-account-name';

/** Secret types that istiod never watches (I9). */
const unwatchedTypes = new Set(['helm.sh/release.v1', 'kubernetes.io/service-account-token']);

type Usage = SecretEntry['usedBy'][number];

interface ParsedName {
  readonly scheme: 'kubernetes' | 'kubernetes-gateway' | 'configmap';
  readonly namespace: string;
  readonly name: string;
}

/** Splits an SDS name; null when istiod serves nothing for it. mirrors: I3. */
function parseName(sds: string, proxyNamespace: string): ParsedName | null {
  const found = /^(kubernetes|kubernetes-gateway|configmap):\/\/(.*)$/s.exec(sds);
  if (!found) return null;
  const scheme = found[1] as ParsedName['scheme'];
  const parts = found[2]!.split('/');
  if (parts.length < 2) {
    return scheme === 'kubernetes' ? { scheme, namespace: proxyNamespace, name: parts[0]! } : null;
  }
  return { scheme, namespace: parts[0]!, name: parts[1]! };
}

/** The secrets that the proxy asks istiod for, delivered or not. mirrors: H26, I1-I13. */
export function buildSecrets(
  chains: readonly FilterChain[],
  gateways: readonly Gateway[],
  view: ClusterView,
  workload: Workload,
): { readonly secrets: readonly SecretEntry[]; readonly drops: readonly Drop[] } {
  const wanted = new Map<string, Usage[]>();
  const seen = new Set<ServerRef>();
  const want = (server: ServerRef, { name, path, as }: CredentialUse): void => {
    if (name.includes('://')) append(wanted, name, { server, path, as });
  };
  for (const chain of chains) {
    if (!chain.tls) continue;
    for (const server of chain.servers) {
      if (seen.has(server)) continue;
      seen.add(server);
      const plan = credentialPlan(server, workload, view.mesh);
      for (const use of plan.certificates) want(server, use);
      if (plan.validation) want(server, plan.validation);
    }
  }
  let references: ReadonlySet<string> | null = null;
  const isVerified = (sds: string): boolean => {
    references ??= verifiedReferences(gateways, view, workload);
    return references.has(sds);
  };
  const drops: Drop[] = [];
  const secrets = [...wanted].map(([name, usedBy]): SecretEntry => {
    const payload = payloadOf(name, view, workload, isVerified);
    if (payload.kind === 'not-delivered') drops.push(...usedBy.map((use) => undelivered(name, use, payload.reason)));
    return { name, payload, usedBy };
  });
  return { secrets, drops };
}

const undelivered = (secret: string, use: Usage, because: NotDelivered): Drop => ({
  reason: 'secret-not-delivered',
  secret,
  server: use.server,
  because,
  at: serverPlace(use.server, ...use.path),
  mirrors: 'I2',
});

const gatewayScheme = 'kubernetes-gateway://';

/** Which `kubernetes-gateway://` names the proxy may have. mirrors: B4. */
function verifiedReferences(gateways: readonly Gateway[], view: ClusterView, workload: Workload): ReadonlySet<string> {
  const verified = new Set<string>();
  for (const gateway of gateways) {
    const namespace = gateway.meta.annotations[parentNamespaceAnnotation] ?? gateway.meta.namespace;
    const account = gateway.meta.annotations[serviceAccountAnnotation] ?? '';
    if (namespace !== workload.namespace) continue;
    if (account !== '' && account !== workload.serviceAccount) continue;
    for (const [index, server] of (gateway.spec.servers ?? []).entries()) {
      const names = credentialPlan({ gateway, index, server }, workload, view.mesh).certificates.map((c) => c.name);
      for (const name of names) {
        if (!name.startsWith(gatewayScheme)) continue;
        if (name.slice(gatewayScheme.length).split('/')[0] !== workload.namespace) continue;
        verified.add(name);
        if (server.tls?.mode === 'MUTUAL') verified.add(`${name}${caSuffix}`);
      }
    }
  }
  return verified;
}

const refuse = (reason: NotDelivered): SecretPayload => ({ kind: 'not-delivered', reason });

function payloadOf(
  sds: string,
  view: ClusterView,
  workload: Workload,
  isVerified: (sds: string) => boolean,
): SecretPayload {
  if (workload.namespace === null) {
    return refuse({ why: 'unknown', because: 'the namespace of the gateway pods is not in the input' });
  }
  const parsed = parseName(sds, workload.namespace);
  if (!parsed) return refuse({ why: 'unknown-scheme' });
  const { namespace, name, scheme } = parsed;
  const ca = scheme === 'configmap' || name.endsWith(caSuffix);
  if (scheme === 'configmap') return caFromConfigMap(view, namespace, name);
  if (scheme === 'kubernetes-gateway' && !isVerified(sds)) {
    return refuse({ why: 'no-reference-grant', namespace, name });
  }
  if (scheme === 'kubernetes') {
    if (namespace !== workload.namespace) return refuse({ why: 'cross-namespace', namespace, name });
    if (
      !ca &&
      hasRbac(view, namespace, workload.serviceAccount) &&
      !mayListSecrets(view, namespace, workload.serviceAccount)
    ) {
      return {
        kind: 'not-delivered',
        reason: { why: 'not-authorized', namespace, serviceAccount: workload.serviceAccount },
        otherwise: certificateFromSecret(view, namespace, name),
      };
    }
  }
  return ca ? caFromSecret(view, namespace, name) : certificateFromSecret(view, namespace, name);
}

function watchedSecret(view: ClusterView, namespace: string, name: string): Secret | undefined {
  const secret = view.secrets.get(`${namespace}/${name}`);
  return secret && !unwatchedTypes.has(secret.spec.type) ? secret : undefined;
}

/** Objects of operators by the Secrets they make, `namespace/name`, or `/name` where the namespace is not told. */
const makersOf = oncePer((view: ClusterView): ReadonlyMap<string, AnyResource> => {
  const index = new Map<string, AnyResource>();
  for (const resource of operatorKinds.flatMap((kind) => view.others.get(kind) ?? [])) {
    for (const { namespace, name } of secretsMadeFrom(resource)) {
      const key = `${namespace ?? ''}/${name}`;
      if (!index.has(key)) index.set(key, resource);
    }
  }
  return index;
});

/** An operator makes a Secret of this name, so that it exists, or may exist, with content we cannot see (rules.md). */
function madeByOperator(view: ClusterView, namespace: string, name: string): NotDelivered | null {
  const index = makersOf(view);
  const sure = index.get(`${namespace}/${name}`);
  if (sure)
    return { why: 'unknown', because: `${resourceText(sure.id)} makes this Secret; its content is not in the input` };
  const maybe = index.get(`/${name}`);
  if (!maybe) return null;
  const because = `${resourceText(maybe.id)} may make Secret ${namespace}/${name}; into which namespaces is not in the input`;
  return { why: 'unknown', because, maybe: { namespace, name } };
}

function notFound(view: ClusterView, kinds: string, namespace: string, name: string): NotDelivered {
  const gap = gapOf(view.coverage, kinds, namespace);
  return { why: 'not-found', namespace, name, ...(gap ? { hidden: gap.because } : {}) };
}

function missing(view: ClusterView, namespace: string, name: string): SecretPayload {
  return refuse(madeByOperator(view, namespace, name) ?? notFound(view, 'secrets', namespace, name));
}

const keyPairs = [
  ['cert', 'key'],
  ['tls.crt', 'tls.key'],
] as const;

/** mirrors: I9. */
function certificateFromSecret(view: ClusterView, namespace: string, name: string): SecretPayload {
  const secret = watchedSecret(view, namespace, name);
  if (!secret) return missing(view, namespace, name);
  const pair = keyPairs.find(([cert, key]) => isFilled(secret, cert) && isFilled(secret, key));
  if (!pair) return badKeys(secret, 'certificate', keyPairs.flat());
  const [certKey, keyKey] = pair;
  return {
    kind: 'certificate',
    // Read when it is asked for: of thousands of certificates most commands want none.
    get certificate() {
      return readFirstCertificate(secretBytes(secret, certKey)!);
    },
    from: secret,
    certKey,
    keyKey,
    judge: () => judgePair(secretBytes(secret, certKey)!, secretBytes(secret, keyKey)!),
  };
}

const caKeys = [
  ['cacert', 'crl'],
  ['ca.crt', 'ca.crl'],
] as const;

/** The Secret with the suffix decides if it exists, else the one without. mirrors: I10. */
function caFromSecret(view: ClusterView, namespace: string, name: string): SecretPayload {
  const stripped = name.endsWith(caSuffix) ? name.slice(0, -caSuffix.length) : name;
  const secret = watchedSecret(view, namespace, name) ?? watchedSecret(view, namespace, stripped);
  if (!secret) {
    const own = missing(view, namespace, name);
    return own.kind === 'not-delivered' && own.reason.why === 'unknown' ? own : missing(view, namespace, stripped);
  }
  return caFrom(secret);
}

/** mirrors: I10. */
function caFromConfigMap(view: ClusterView, namespace: string, name: string): SecretPayload {
  const stripped = name.endsWith(caSuffix) ? name.slice(0, -caSuffix.length) : name;
  const configMap = view.configMaps.get(`${namespace}/${stripped}`);
  if (!configMap) return refuse(notFound(view, 'configmaps', namespace, stripped));
  return caFrom(configMap);
}

/** mirrors: I10. */
function caFrom(from: Secret | ConfigMap): SecretPayload {
  const found = caKeys.find(([key]) => isFilled(from, key));
  if (!found)
    return badKeys(
      from,
      'ca',
      caKeys.map(([key]) => key),
    );
  const [caKey, crlKey] = found;
  return {
    kind: 'ca',
    get certificate() {
      return readFirstCertificate(bytesOf(from, caKey)!);
    },
    from,
    caKey,
    crlKey: isFilled(from, crlKey) ? crlKey : null,
    judge: (now) => judgeAuthority(bytesOf(from, caKey)!, bytesOf(from, crlKey), now),
  };
}

function badKeys(secret: Secret | ConfigMap, wanted: 'certificate' | 'ca', keys: readonly string[]): SecretPayload {
  const found = Object.keys(secret.spec.data).sort();
  const empty = keys.filter((key) => found.includes(key) && secret.spec.data[key] === '');
  return refuse({ why: 'bad-keys', secret, wanted, found, empty });
}
