import type { ClusterView } from '../../model/cluster-view.ts';
import { append, oncePer } from '../../model/once.ts';
import type { AnyResource } from '../../model/resource.ts';
import { configMapBytes, secretBytes } from '../../model/secret.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { readTrustFile } from '../../x509/trust-file.ts';

/** Keys under which certificates are customary; the rest of a ConfigMap may be anything. */
const isCertificateKey = (key: string): boolean => /^(cert|cacert)$|\.(crt|pem|cer)$/.test(key);

/** An authority and where it was found. */
export interface KnownAuthority {
  readonly certificate: Certificate;
  readonly resource: AnyResource;
  readonly key: string;
  /** Its number among the certificates of the field, from 1. */
  readonly number: number;
}

/** The authorities in the Secrets and ConfigMaps of the input, by subject, each once. */
export const knownAuthorities = oncePer((view: ClusterView): ReadonlyMap<string, readonly KnownAuthority[]> => {
  const bySubject = new Map<string, KnownAuthority[]>();
  const seen = new Set<string>();
  const add = (resource: AnyResource, key: string, bytes: Uint8Array | null) => {
    const { certificates } = readTrustFile(bytes ?? new Uint8Array());
    for (const [index, certificate] of certificates.entries()) {
      if (!certificate.isCa || seen.has(certificate.sha256)) continue;
      seen.add(certificate.sha256);
      append(bySubject, certificate.subject.key, { certificate, resource, key, number: index + 1 });
    }
  };
  for (const secret of view.secrets.values()) {
    for (const key of Object.keys(secret.spec.data)) {
      if (isCertificateKey(key)) add(secret, key, secretBytes(secret, key));
    }
  }
  for (const configMap of view.configMaps.values()) {
    for (const key of [...Object.keys(configMap.spec.data), ...Object.keys(configMap.spec.binaryData)]) {
      if (isCertificateKey(key)) add(configMap, key, configMapBytes(configMap, key));
    }
  }
  return bySubject;
});
