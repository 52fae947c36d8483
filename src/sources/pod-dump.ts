import { AccessError } from './access-error.ts';
import { type ConnectionOptions, connect } from './api-connection.ts';
import { ApiError } from './api-errors.ts';
import { listAll } from './api-lists.ts';
import type { Access } from './cluster-access.ts';
import { type Entry, isEntry } from './kubeconfig.ts';
import { getFromPod } from './port-forward.ts';

/** Where istio's proxies answer questions about themselves. */
const ADMIN_PORT = 15_000;

interface Candidate {
  readonly name: string;
  readonly ready: boolean;
}

function candidateOf(pod: Entry): Candidate[] {
  const status = isEntry(pod['status']) ? pod['status'] : {};
  if (status['phase'] !== 'Running' || !isEntry(pod['metadata'])) return [];
  const conditions = Array.isArray(status['conditions']) ? status['conditions'].filter(isEntry) : [];
  const ready = conditions.some((c) => c['type'] === 'Ready' && c['status'] === 'True');
  return [{ name: String(pod['metadata']['name']), ready }];
}

/** The config_dump of one running pod with these labels, as text, with the name of the pod. */
export async function dumpOfPod(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  access: Access,
  options: ConnectionOptions,
): Promise<{ readonly pod: string; readonly text: string }> {
  const connection = connect(access, options);
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    const found = await listAll(connection, path, candidateOf, {
      query: `labelSelector=${encodeURIComponent(selector)}`,
    });
    const pods = found.flat().sort((a, b) => Number(b.ready) - Number(a.ready) || (a.name < b.name ? -1 : 1));
    const [first] = pods;
    if (!first) throw new AccessError(`no pod with the labels ${selector} runs in ${namespace}`);
    const at = { namespace, pod: first.name, port: ADMIN_PORT };
    return { pod: first.name, text: await getFromPod(at, '/config_dump', access, connection, options.timeout) };
  } catch (error) {
    if (error instanceof ApiError) throw new AccessError(`the pods of ${namespace} cannot be read: ${error.message}`);
    throw error;
  } finally {
    await connection.close().catch(() => {});
  }
}
