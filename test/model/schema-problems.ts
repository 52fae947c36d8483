/** An object as plain data. */
export type Body = Readonly<Record<string, unknown>>;

const apiVersions: Readonly<Record<string, string>> = {
  Service: 'v1',
  Secret: 'v1',
  ConfigMap: 'v1',
  Pod: 'v1',
  Deployment: 'apps/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
};

/** An object of this kind with these parts. */
export const object = (kind: string, parts: Body): Body => ({
  apiVersion: apiVersions[kind] ?? 'networking.istio.io/v1',
  kind,
  metadata: { name: 'x', namespace: 'test' },
  ...parts,
});

const server = (tls: Body) => ({
  servers: [{ port: { number: 443, name: 'a', protocol: 'HTTPS' }, hosts: ['a.com'], tls }],
});
const versions = 'TLS_AUTO, TLSV1_0, TLSV1_1, TLSV1_2 or TLSV1_3';
const quoteIt = ': unquoted y, n, yes, no, on and off are booleans in Kubernetes YAML, so quote it';

/** An object with one mistake, and what must be said about it. */
export interface Row {
  readonly kind: string;
  readonly spec?: unknown;
  readonly parts?: Body;
  readonly path: string;
  readonly message: string;
  readonly nearest: string | null;
}

export const rows: readonly Row[] = [
  // Wrong types.
  {
    kind: 'Gateway',
    spec: { servers: [{ port: { number: '443' } }] },
    path: 'spec.servers[0].port.number',
    message: 'spec.servers[0].port.number must be a number, not the text "443"',
    nearest: '443',
  },
  {
    kind: 'Gateway',
    spec: { servers: [{ port: { number: 443.5 } }] },
    path: 'spec.servers[0].port.number',
    message: 'spec.servers[0].port.number must be a whole number, not the number 443.5',
    nearest: null,
  },
  {
    kind: 'Gateway',
    spec: { servers: [{ hosts: 'a.com' }] },
    path: 'spec.servers[0].hosts',
    message: 'spec.servers[0].hosts must be a list, not the text "a.com"',
    nearest: '["a.com"]',
  },
  {
    kind: 'Gateway',
    spec: { servers: [{ hosts: ['a.com', null] }] },
    path: 'spec.servers[0].hosts[1]',
    message: 'spec.servers[0].hosts[1] must be a text, not null',
    nearest: null,
  },
  {
    kind: 'Gateway',
    spec: { servers: { port: {} } },
    path: 'spec.servers',
    message: 'spec.servers must be a list, not an object',
    nearest: null,
  },
  {
    kind: 'Gateway',
    spec: { selector: ['istio'] },
    path: 'spec.selector',
    message: 'spec.selector must be an object, not a list',
    nearest: null,
  },
  {
    kind: 'Gateway',
    spec: server({ httpsRedirect: 'yes' }),
    path: 'spec.servers[0].tls.httpsRedirect',
    message: 'spec.servers[0].tls.httpsRedirect must be true or false, not the text "yes"',
    nearest: 'true',
  },
  {
    kind: 'VirtualService',
    spec: { http: [{ timeout: 5 }] },
    path: 'spec.http[0].timeout',
    message: 'spec.http[0].timeout must be a text, not the number 5',
    nearest: '"5s"',
  },
  {
    kind: 'VirtualService',
    spec: { http: [{ route: [{ destination: { host: 'a', port: 80 } }] }] },
    path: 'spec.http[0].route[0].destination.port',
    message: 'spec.http[0].route[0].destination.port must be an object, not the number 80',
    nearest: '{"number":80}',
  },
  {
    kind: 'VirtualService',
    spec: { http: [{ match: { uri: { prefix: '/' } } }] },
    path: 'spec.http[0].match',
    message: 'spec.http[0].match must be a list, not an object',
    nearest: null,
  },
  {
    kind: 'ServiceEntry',
    spec: { hosts: ['a.com'], ports: [{ name: 443 }] },
    path: 'spec.ports[0].name',
    message: 'spec.ports[0].name must be a text, not the number 443',
    nearest: '"443"',
  },
  // YAML's booleans (0.4).
  {
    kind: 'Gateway',
    spec: { servers: [{ port: { name: false } }] },
    path: 'spec.servers[0].port.name',
    message: `spec.servers[0].port.name must be a text, not the boolean false${quoteIt}`,
    nearest: null,
  },
  {
    kind: 'VirtualService',
    spec: { http: [{ match: [{ headers: { 'x-on': { exact: true } } }] }] },
    path: 'spec.http[0].match[0].headers.x-on.exact',
    message: `spec.http[0].match[0].headers.x-on.exact must be a text, not the boolean true${quoteIt}`,
    nearest: null,
  },
  {
    kind: 'Gateway',
    parts: { metadata: { name: 'x', labels: { 'a.b/c': true } } },
    path: 'metadata.labels["a.b/c"]',
    message: `metadata.labels["a.b/c"] must be a text, not the boolean true${quoteIt}`,
    nearest: null,
  },
  // Enums.
  {
    kind: 'Gateway',
    spec: server({ mode: 'simple' }),
    path: 'spec.servers[0].tls.mode',
    message:
      'spec.servers[0].tls.mode must be one of PASSTHROUGH, SIMPLE, MUTUAL, AUTO_PASSTHROUGH, ISTIO_MUTUAL or OPTIONAL_MUTUAL, not the text "simple"',
    nearest: 'SIMPLE',
  },
  {
    kind: 'Gateway',
    spec: server({ minProtocolVersion: 'TLSv1_2' }),
    path: 'spec.servers[0].tls.minProtocolVersion',
    message: `spec.servers[0].tls.minProtocolVersion must be one of ${versions}, not the text "TLSv1_2"`,
    nearest: 'TLSV1_2',
  },
  {
    kind: 'Gateway',
    spec: server({ maxProtocolVersion: 1.3 }),
    path: 'spec.servers[0].tls.maxProtocolVersion',
    message: `spec.servers[0].tls.maxProtocolVersion must be one of ${versions}, not the number 1.3`,
    nearest: null,
  },
  {
    kind: 'DestinationRule',
    spec: { host: 'a', trafficPolicy: { tls: { mode: 'TLS' } } },
    path: 'spec.trafficPolicy.tls.mode',
    message: 'spec.trafficPolicy.tls.mode must be one of DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL, not the text "TLS"',
    nearest: null,
  },
  // Unknown fields: case and typing errors, then the right place, then what resembles it.
  ...(
    [
      ['Gateway', server({ credentialname: 'a' }), 'spec.servers[0].tls.credentialname', 'credentialName'],
      ['Gateway', server({ credential_name: 'a' }), 'spec.servers[0].tls.credential_name', 'credentialName'],
      ['Gateway', server({ cipherSuite: [] }), 'spec.servers[0].tls.cipherSuite', 'cipherSuites'],
      ['Gateway', server({ minTlsVersion: '1' }), 'spec.servers[0].tls.minTlsVersion', null],
      ['Gateway', { server: [] }, 'spec.server', 'servers'],
      [
        'Gateway',
        { servers: [{ credentialName: 'a' }] },
        'spec.servers[0].credentialName',
        'spec.servers[0].tls.credentialName',
      ],
      ['Gateway', { servers: [{ mode: 'SIMPLE' }] }, 'spec.servers[0].mode', 'spec.servers[0].tls.mode'],
      ['Gateway', server({ hosts: [] }), 'spec.servers[0].tls.hosts', 'spec.servers[0].hosts'],
      ['Gateway', { hosts: ['a'] }, 'spec.hosts', 'spec.servers[].hosts'],
      ['Gateway', { labels: {} }, 'spec.labels', 'metadata.labels'],
      ['Gateway', { servers: [{ tsl: {} }] }, 'spec.servers[0].tsl', 'tls'],
      ['VirtualService', { gateway: ['a'] }, 'spec.gateway', 'gateways'],
      ['VirtualService', { host: ['a'] }, 'spec.host', 'hosts'],
      ['VirtualService', { tls: [{ match: [{ snihosts: [] }] }] }, 'spec.tls[0].match[0].snihosts', 'sniHosts'],
      [
        'VirtualService',
        { http: [{ route: [{ host: 'a' }] }] },
        'spec.http[0].route[0].host',
        'spec.http[0].route[0].destination.host',
      ],
      [
        'VirtualService',
        { http: [{ match: [{ sniHosts: [] }] }] },
        'spec.http[0].match[0].sniHosts',
        'spec.tls[].match[].sniHosts',
      ],
      ['VirtualService', { http: [{ quite: 1 }] }, 'spec.http[0].quite', null],
      ['DestinationRule', { hosts: 'a' }, 'spec.hosts', 'host'],
      ['DestinationRule', { trafficPolicy: { sni: 'a' } }, 'spec.trafficPolicy.sni', 'spec.trafficPolicy.tls.sni'],
      ['ServiceEntry', { port: [] }, 'spec.port', 'ports'],
    ] as const
  ).map(([kind, spec, path, nearest]) => ({ kind, spec, path, message: `unknown field ${path}`, nearest })),
  {
    kind: 'Gateway',
    parts: { servers: [] },
    path: 'servers',
    message: 'unknown field servers',
    nearest: 'spec.servers',
  },
  {
    kind: 'VirtualService',
    spec: { http: [{ uri: { prefix: '/' } }] },
    path: 'spec.http[0].uri',
    message:
      'unknown field spec.http[0].uri: known places are spec.http[0].match[].uri, spec.http[0].redirect.uri and spec.http[0].rewrite.uri',
    nearest: null,
  },
  // Core kinds: types only, and nothing of a value where secrets are.
  {
    kind: 'Service',
    spec: { ports: [{ port: '80', targetPort: 'http' }] },
    path: 'spec.ports[0].port',
    message: 'spec.ports[0].port must be a number, not the text "80"',
    nearest: '80',
  },
  {
    kind: 'Service',
    spec: { ports: [{ targetPort: true }] },
    path: 'spec.ports[0].targetPort',
    message: `spec.ports[0].targetPort must be a number or a text, not the boolean true${quoteIt}`,
    nearest: null,
  },
  {
    kind: 'Secret',
    parts: { data: { 'tls.key': 123456 } },
    path: 'data["tls.key"]',
    message: 'data["tls.key"] must be a text, not a number',
    nearest: null,
  },
  {
    kind: 'ConfigMap',
    parts: { data: 'password' },
    path: 'data',
    message: 'data must be an object, not a text',
    nearest: null,
  },
  {
    kind: 'Deployment',
    spec: { template: { spec: { containers: [{ env: [{ name: 'PASSWORD', value: 123456 }] }] } } },
    path: 'spec.template.spec.containers[0].env[0].value',
    message: 'spec.template.spec.containers[0].env[0].value must be a text, not a number',
    nearest: null,
  },
  {
    kind: 'Pod',
    spec: { containers: [{ ports: [{ containerPort: '8443' }] }] },
    path: 'spec.containers[0].ports[0].containerPort',
    message: 'spec.containers[0].ports[0].containerPort must be a number, not the text "8443"',
    nearest: '8443',
  },
  {
    kind: 'Role',
    parts: { rules: [{ verbs: 'list' }] },
    path: 'rules[0].verbs',
    message: 'rules[0].verbs must be a list, not the text "list"',
    nearest: '["list"]',
  },
  {
    kind: 'RoleBinding',
    parts: { subjects: {} },
    path: 'subjects',
    message: 'subjects must be a list, not an object',
    nearest: null,
  },
];
