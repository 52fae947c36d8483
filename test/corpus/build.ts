import { type CertificateOptions, type Made, makeCa, makeLeaf } from '../../src/pages/certificates.ts';

/** Any Kubernetes object, as it stands in a file. */
export type Obj = { readonly [key: string]: unknown };

const API: Record<string, string> = {
  Gateway: 'networking.istio.io/v1',
  VirtualService: 'networking.istio.io/v1',
  DestinationRule: 'networking.istio.io/v1beta1',
  ServiceEntry: 'networking.istio.io/v1alpha3',
  Deployment: 'apps/v1',
  DaemonSet: 'apps/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
  Certificate: 'cert-manager.io/v1',
  Issuer: 'cert-manager.io/v1',
  ClusterIssuer: 'cert-manager.io/v1',
  Challenge: 'acme.cert-manager.io/v1',
  ExternalSecret: 'external-secrets.io/v1beta1',
  SealedSecret: 'bitnami.com/v1alpha1',
};

/** An object from `namespace/name` (or a bare name: no namespace); `meta` holds labels, annotations and the like. */
export function obj(kind: string, id: string, body: Obj, meta: Obj = {}): Obj {
  const [namespace, name] = id.includes('/') ? id.split('/') : [undefined, id];
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...meta };
  return { apiVersion: API[kind] ?? 'v1', kind, metadata, ...body };
}

export const gw = (id: string, selector: Obj | null, servers: readonly Obj[], meta: Obj = {}): Obj =>
  obj('Gateway', id, { spec: { ...(selector === null ? {} : { selector }), servers } }, meta);

export const vs = (id: string, spec: Obj, meta: Obj = {}): Obj => obj('VirtualService', id, { spec }, meta);

export const dr = (id: string, host: string, trafficPolicy: Obj, more: Obj = {}): Obj =>
  obj('DestinationRule', id, { spec: { host, trafficPolicy, ...more } });

/** A destination list with one entry. */
export const to = (host: string, port?: number, more: Obj = {}): readonly Obj[] => [
  { destination: { host, ...(port === undefined ? {} : { port: { number: port } }), ...more } },
];

/** The http block that sends everything to one place. */
export const toAll = (host: string, port?: number): readonly Obj[] => [{ route: to(host, port) }];

/** A Service; a port is a number or the whole port. */
export const svc = (id: string, ports: readonly (number | Obj)[] = [80], more: Obj = {}, meta: Obj = {}): Obj =>
  obj(
    'Service',
    id,
    {
      spec: {
        selector: { app: id.split('/')[1] },
        ports: ports.map((p) => (typeof p === 'number' ? { name: `http-${p}`, port: p, targetPort: 8080 } : p)),
        ...more,
      },
    },
    meta,
  );

const names = (hosts: string | readonly string[]): readonly string[] => (typeof hosts === 'string' ? [hosts] : hosts);
let portNames = 0;
const port = (number: number, protocol: string): Obj => {
  portNames += 1;
  return { number, name: `${protocol.toLowerCase()}-${portNames}`, protocol };
};

/** A server that ends TLS; `credential` null leaves the field out. */
export const https = (
  hosts: string | readonly string[],
  credential: string | null,
  tls: Obj = {},
  number = 443,
  protocol = 'HTTPS',
): Obj => ({
  port: port(number, protocol),
  hosts: names(hosts),
  tls: { mode: 'SIMPLE', ...(credential === null ? {} : { credentialName: credential }), ...tls },
});

export const pass = (hosts: string | readonly string[], number = 443, protocol = 'TLS'): Obj => ({
  port: port(number, protocol),
  hosts: names(hosts),
  tls: { mode: 'PASSTHROUGH' },
});

export const plain = (hosts: string | readonly string[], more: Obj = {}, number = 80, protocol = 'HTTP'): Obj => ({
  port: port(number, protocol),
  hosts: names(hosts),
  ...more,
});

export const redirect = (hosts: string | readonly string[], number = 80): Obj =>
  plain(hosts, { tls: { httpsRedirect: true } }, number);

export const root: Made = makeCa({ cn: 'ISRG Root X9', slot: 'corpus-root', notAfter: '2040-01-01' });
export const intermediate: Made = makeCa({ cn: 'R99', slot: 'corpus-r99', ca: root, notAfter: '2035-01-01' });
export const otherRoot: Made = makeCa({ cn: 'Old Root', slot: 'corpus-other', notAfter: '2040-01-01' });

/** A leaf for these hosts below the intermediate. */
export const leaf = (hosts: string | readonly string[], more: CertificateOptions = {}): Made =>
  makeLeaf({ cn: names(hosts)[0] ?? null, sans: names(hosts), ca: intermediate, slot: names(hosts).join(), ...more });

export const b64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

export const secret = (id: string, data: Record<string, string | Uint8Array>, more: Obj = {}, meta: Obj = {}): Obj =>
  obj(
    'Secret',
    id,
    {
      type: data['tls.crt'] !== undefined && data['tls.key'] !== undefined ? 'kubernetes.io/tls' : 'Opaque',
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, b64(value)])),
      ...more,
    },
    meta,
  );

/** The Secret that an ACME issuer writes: leaf and intermediate. */
export const tls = (
  id: string,
  hosts: string | readonly string[],
  extra: Record<string, string | Uint8Array> = {},
  options: CertificateOptions = {},
): Obj => {
  const made = leaf(hosts, options);
  return secret(id, { 'tls.crt': made.pem + intermediate.pem, 'tls.key': made.key(), ...extra });
};
