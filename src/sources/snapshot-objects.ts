import type { Gap } from '../model/coverage.ts';
import type { RawDocument } from '../model/document.ts';
import { hidePem, shownName } from '../model/key-text.ts';
import { type Entry, isEntry } from './kubeconfig.ts';
import { SNAPSHOT_API, SNAPSHOT_KIND, type SnapshotCoverage } from './snapshot.ts';

/** Makes of the content of one key what may be published. */
export type Publish = (field: string, bytes: Buffer) => Buffer;

/** What a snapshot says about itself. */
export interface SnapshotHead extends Pick<SnapshotCoverage, 'access' | 'istiodVersions'> {
  readonly gaps: readonly Gap[];
  readonly takenAt: string;
  readonly tool: string;
  readonly istioNamespace: string;
}

const meshFields = [
  'rootNamespace',
  'tlsDefaults',
  'meshMTLS',
  'defaultServiceExportTo',
  'defaultVirtualServiceExportTo',
  'defaultDestinationRuleExportTo',
  'discoverySelectors',
  'ingressClass',
  'ingressSelector',
  'ingressService',
  'ingressControllerMode',
];

/** The fields of the mesh configuration that decide about gateways; others may hold addresses and headers. */
function publishedMesh(text: string, parse: (text: string) => unknown): string {
  const mesh = parse(text);
  if (!isEntry(mesh)) return text.trim() === '' ? '' : '{}';
  const kept: Record<string, unknown> = {};
  for (const field of meshFields) if (mesh[field] !== undefined) kept[field] = mesh[field];
  const providers = Array.isArray(mesh['extensionProviders']) ? mesh['extensionProviders'].filter(isEntry) : [];
  const sds = providers.filter((p) => p['sds'] !== undefined).map(({ name }) => ({ name, sds: {} }));
  return JSON.stringify(sds.length > 0 ? { ...kept, extensionProviders: sds } : kept);
}

const mapped = (values: unknown, change: (key: string, value: string) => string | null): Entry =>
  Object.fromEntries(
    Object.entries(isEntry(values) ? values : {}).flatMap(([key, value]) => {
      const changed = typeof value === 'string' ? change(key, value) : null;
      return changed === null ? [] : [[key, changed]];
    }),
  );

function publishedSecret(body: Entry, publish: Publish): Entry {
  const { apiVersion, kind, metadata, type } = body;
  const data = mapped(body['data'], (key, value) => publish(key, Buffer.from(value, 'base64')).toString('base64'));
  return {
    apiVersion,
    kind,
    metadata,
    ...(type === undefined ? {} : { type }),
    ...(body['data'] === undefined ? {} : { data }),
  };
}

function publishedConfigMap(body: Entry, publish: Publish, parse: (text: string) => unknown): Entry {
  const { apiVersion, kind, metadata } = body;
  const data = mapped(body['data'], (key, value) =>
    key === 'mesh' ? publishedMesh(value, parse) : publish(key, Buffer.from(value)).toString(),
  );
  const binary = mapped(body['binaryData'], (key, value) =>
    publish(key, Buffer.from(value, 'base64')).toString('base64'),
  );
  return { apiVersion, kind, metadata, data, ...(Object.keys(binary).length > 0 ? { binaryData: binary } : {}) };
}

/** Of objects whose content is somebody's secret, or is not read, only what is read. */
function reduced(body: Entry): Entry {
  const { apiVersion, kind, metadata } = body;
  const spec = isEntry(body['spec']) ? body['spec'] : {};
  const pick = (...fields: readonly string[]): Entry => ({
    apiVersion,
    kind,
    metadata,
    spec: Object.fromEntries(fields.filter((f) => spec[f] !== undefined).map((f) => [f, spec[f]])),
  });
  if (kind === 'EnvoyFilter') return pick('workloadSelector', 'targetRefs', 'priority');
  if (kind === 'ExternalSecret') return pick('target');
  if (kind === 'SealedSecret') {
    const template = isEntry(spec['template']) ? spec['template'] : {};
    return { apiVersion, kind, metadata, spec: { template: { metadata: template['metadata'] ?? {} } } };
  }
  return body;
}

/** Key material that stands where nobody expects it: in an annotation, in a header of a route, in place of the name of a Secret. */
function withoutStrayKeys(value: unknown, shown: (text: string) => string): unknown {
  if (typeof value === 'string') return shown(value);
  if (Array.isArray(value)) return value.map((item) => withoutStrayKeys(item, shown));
  if (!isEntry(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [shown(key), withoutStrayKeys(v, shown)]));
}

/** Kinds with fields that name a key or a certificate; the content of Secrets and ConfigMaps is one. */
const naming = new Set<unknown>(['Gateway', 'DestinationRule']);

/** The documents of a snapshot, its header first: everything that was read, without anything that must stay secret. */
export function snapshotObjects(
  documents: readonly RawDocument[],
  head: SnapshotHead,
  publish: Publish,
  parse: (text: string) => unknown,
): unknown[] {
  const { takenAt, tool, istioNamespace, istiodVersions, gaps, access } = head;
  const spec = { takenAt, tool, istioNamespace, istiodVersions, gaps, access };
  const header = { apiVersion: SNAPSHOT_API, kind: SNAPSHOT_KIND, metadata: { name: 'snapshot' }, spec };
  const objects = documents.map(({ body }) => {
    if (body['apiVersion'] === 'v1' && body['kind'] === 'Secret') return publishedSecret(body, publish);
    if (body['apiVersion'] === 'v1' && body['kind'] === 'ConfigMap') return publishedConfigMap(body, publish, parse);
    return reduced(body);
  });
  return [header, ...objects].map((object) => withoutStrayKeys(object, naming.has(object.kind) ? shownName : hidePem));
}
