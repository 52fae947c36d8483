import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from '../../src/sources/api-connection.ts';
import { type ClusterDocuments, type ClusterOptions, readCluster } from '../../src/sources/cluster.ts';
import type { Access } from '../../src/sources/cluster-access.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import type { ApiObject } from './fake-api.ts';

const root = join(import.meta.dirname, '..', '..');

export const casePath = (name: string): string => join(root, 'test', 'oracle', 'cases', name, 'input.yaml');

interface Template {
  readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec?: Readonly<Record<string, unknown>>;
}

const cluster = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding']);

/** The pods of an object with a template, as its controllers would make them. */
function podsOf(object: ApiObject): ApiObject[] {
  const { kind, metadata } = object;
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(kind)) return [];
  const template = (object['spec'] as { template?: Template }).template ?? {};
  const hash = kind === 'Deployment' ? { 'pod-template-hash': '5d4c8b9f7' } : {};
  const owner =
    kind === 'Deployment' ? { kind: 'ReplicaSet', name: `${metadata.name}-5d4c8b9f7` } : { kind, name: metadata.name };
  return ['abcde', 'fghij'].map((suffix) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      name: `${owner.name}-${suffix}`,
      namespace: metadata.namespace ?? 'default',
      labels: { ...template.metadata?.labels, ...hash },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: template.spec ?? {},
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  }));
}

/** YAML as a cluster would hold it: pods of templates, namespaces, data of Secrets, and what kubectl leaves behind. */
export function asCluster(yaml: string): ApiObject[] {
  const bodies = parseText(yaml, 'input.yaml').documents.map((d) => d.body as unknown as ApiObject);
  const objects = bodies.map((body): ApiObject => {
    const { stringData, ...rest } = body as ApiObject & { stringData?: Record<string, string> };
    const given = Object.entries(stringData ?? {}).map(([k, v]) => [k, Buffer.from(v).toString('base64')]);
    const data = { ...(rest['data'] as Record<string, string>), ...Object.fromEntries(given) };
    const copy = JSON.stringify(body);
    return {
      ...rest,
      ...(body.kind === 'Secret' ? { data } : {}),
      metadata: {
        ...body.metadata,
        ...(cluster.has(body.kind) ? {} : { namespace: body.metadata.namespace ?? 'default' }),
        annotations: {
          ...(body.metadata['annotations'] as Record<string, string>),
          'kubectl.kubernetes.io/last-applied-configuration': copy,
        },
        managedFields: [{ manager: 'kubectl', fieldsV1: { copy } }],
        uid: `${body.kind}-${body.metadata.name}`,
        resourceVersion: '7',
      },
    };
  });
  const known = new Set(objects.filter((o) => o.kind === 'Namespace').map((o) => o.metadata.name));
  const named = [...new Set(objects.map((o) => o.metadata.namespace ?? ''))].filter((n) => n !== '' && !known.has(n));
  const namespaces = named.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  return [...objects, ...objects.flatMap(podsOf), ...namespaces];
}

export const clusterOfCase = (name: string): ApiObject[] => asCluster(readFileSync(casePath(name), 'utf8'));

/** Speaks to this server as user with a token. */
export const accessTo = (server: string, more: Partial<Access> = {}): Access => ({
  name: 'dev',
  server,
  ca: null,
  serverName: null,
  insecure: false,
  proxy: null,
  credentials: {
    token: 'the-token',
    tokenFile: null,
    basic: null,
    certificate: null,
    key: null,
    exec: null,
    impersonate: [],
  },
  namespace: 'default',
  cluster: { server },
  ...more,
});

export const connection = (more: Partial<ConnectionOptions> = {}): ConnectionOptions => ({
  env: process.env,
  interactive: false,
  stderr: () => {},
  timeout: 5000,
  userAgent: 'test',
  clock: Date.now,
  ...more,
});

/** Reads the whole cluster as doctor does. */
export const read = (access: Access, more: Partial<ClusterOptions> = {}): Promise<ClusterDocuments> =>
  readCluster(access, {
    ...connection(),
    namespace: undefined,
    istioNamespace: 'istio-system',
    kubectl: 'kubectl',
    parseMesh: parseValue,
    ...more,
  });

/** A folder with these files; returns its path. */
export function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'tlsgw-test-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { mode: 0o755 });
  return path;
}
