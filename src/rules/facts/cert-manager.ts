import type { ClusterView } from '../../model/cluster-view.ts';
import { append, oncePer } from '../../model/once.ts';
import { type AnyResource, keyOf } from '../../model/resource.ts';
import type { coverageOf } from '../../x509/names.ts';
import { kubectl, objectName } from './commands.ts';

/** The parts of a cert-manager Certificate that rules look at. */
interface CertificateSpec {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly commonName: string | null;
  /** Time left at which it is renewed, in milliseconds; null: cert-manager's own choice. */
  readonly renewBefore: number | null;
}

/** A cert-manager Certificate. */
export interface CertificateObject {
  readonly resource: AnyResource;
  readonly spec: CertificateSpec;
  /** Its condition Ready; null: not reported yet, as in authored files. */
  readonly ready: Condition | null;
}

interface Condition {
  /** Position in status.conditions. */
  readonly index: number;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

/** Milliseconds of a Go duration in hours, minutes and seconds (`2160h0m0s`), or null. */
export function durationOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?[hms])+$/.test(value)) return null;
  return [...value.matchAll(/([\d.]+)([hms])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * UNITS[unit!]!, 0);
}

function certificateOf(resource: AnyResource): CertificateObject {
  const spec = record(resource.spec);
  const listed = record(resource.body['status'])['conditions'];
  const conditions = (Array.isArray(listed) ? listed : []).map(record);
  const index = conditions.findIndex((one) => one['type'] === 'Ready');
  const ready = conditions[index];
  return {
    resource,
    spec: {
      dnsNames: texts(spec['dnsNames']),
      ipAddresses: texts(spec['ipAddresses']),
      commonName: text(spec['commonName']) || null,
      renewBefore: durationOf(spec['renewBefore']),
    },
    ready: ready
      ? { index, status: text(ready['status']), reason: text(ready['reason']), message: text(ready['message']) }
      : null,
  };
}

/** True for a Certificate of cert-manager, and not for other kinds of that name. */
export const isCertificateObject = ({ id }: AnyResource): boolean =>
  id.kind === 'Certificate' && /^cert-?manager\.(io|k8s\.io)\//.test(id.apiVersion);

const bySecret = oncePer((view: ClusterView) => {
  const index = new Map<string, CertificateObject[]>();
  for (const resource of view.others.get('Certificate') ?? []) {
    if (!isCertificateObject(resource)) continue;
    const name = record(resource.spec)['secretName'];
    if (typeof name === 'string')
      append(index, keyOf({ namespace: resource.id.namespace, name }), certificateOf(resource));
  }
  return index;
});

/** What a certificate made from this Certificate is good for, as rules about names read it. */
export const namesOf = ({ spec }: CertificateObject): Parameters<typeof coverageOf>[0] => ({
  // ACME issuers add the common name to the names.
  dnsNames: [...spec.dnsNames, ...(spec.commonName === null ? [] : [spec.commonName])],
  ipAddresses: spec.ipAddresses,
  hasSubjectAltName: true,
  subject: { text: '', key: '', commonName: null, refusedByGo: false },
});

/** The Certificates that make this Secret. */
export const certificatesFor = (
  view: ClusterView,
  secret: { readonly namespace: string; readonly name: string },
): readonly CertificateObject[] => bySecret(view).get(keyOf(secret)) ?? [];

/** True for a Secret that cert-manager made, as it says on it or as a Certificate of the input says. */
export const isFromCertManager = (view: ClusterView, secret: AnyResource): boolean =>
  secret.meta.annotations['cert-manager.io/certificate-name'] !== undefined ||
  certificatesFor(view, secret.id).length > 0;

const plural = 'certificates.cert-manager.io';

/** Shows a Certificate and what it waits for; all of the namespace when its name is not known. */
export const describeCertificate = (namespace: string, name: string | null): string =>
  kubectl(namespace, 'describe', plural, ...(name === null ? [] : [objectName(name)]));

/** Adds names to a Certificate, so that the next one is issued for them too. */
export function addNames({ resource: { id }, spec }: CertificateObject, names: readonly string[]): string {
  const patch =
    spec.dnsNames.length > 0
      ? names.map((value) => ({ op: 'add', path: '/spec/dnsNames/-', value }))
      : [{ op: 'add', path: '/spec/dnsNames', value: names }];
  return kubectl(id.namespace, 'patch', plural, objectName(id.name), '--type=json', '-p', JSON.stringify(patch));
}
