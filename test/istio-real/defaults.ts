import { type Body, body, list, text } from './documents.ts';

/** An object without a date is older than any other (test/oracle/README.md). */
const EPOCH = '1970-01-01T00:00:00Z';

const CLUSTER_SCOPED = new Set(['ClusterRole', 'ClusterRoleBinding', 'Namespace', 'GatewayClass']);

/** The object with its namespace and a creation date. */
export function created(document: Body): Body {
  const metadata = body(document['metadata']);
  const namespace = CLUSTER_SCOPED.has(text(document['kind'])) ? {} : { namespace: metadata['namespace'] ?? 'default' };
  const creationTimestamp = metadata['creationTimestamp'] ?? EPOCH;
  return { ...document, metadata: { ...metadata, ...namespace, creationTimestamp } };
}

/** Addresses in a /16 net, one for each index. */
export const address = (net: string, index: number): string => `${net}.${Math.floor(index / 250)}.${(index % 250) + 1}`;

/** A Service as the API server keeps it; `index` gives it an address of its own. */
export function admittedService(service: Body, index: number): Body {
  const spec = body(service['spec']);
  const ports = list(spec['ports']).map((port) => ({ protocol: 'TCP', targetPort: port['port'], ...port }));
  return { ...service, spec: { clusterIP: address('10.0', index), type: 'ClusterIP', ...spec, ports } };
}

/** A Secret as the API server keeps it: stringData is merged into data. */
export function admittedSecret(secret: Body): Body {
  const { stringData, ...rest } = secret;
  const written = Object.entries(body(stringData)).map(([key, value]) => [
    key,
    Buffer.from(`${value}`).toString('base64'),
  ]);
  return { ...rest, data: { ...body(rest['data']), ...Object.fromEntries(written) } };
}

/** A container as the API server keeps it. */
export function admittedContainer(container: Body): Body {
  if (container['ports'] === undefined) return container;
  return { ...container, ports: list(container['ports']).map((port) => ({ protocol: 'TCP', ...port })) };
}
