import { address, admittedContainer } from './defaults.ts';
import { type Body, body, list, text } from './documents.ts';

/** One gateway pod as it introduces itself to istiod (harness/answer_test.go). */
export interface GatewayPod {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its env ISTIO_META_UNPRIVILEGED_POD, '' where it has none. */
  readonly unprivileged: string;
}

/** A pod that runs, and how it introduces itself when it is a gateway. */
export interface RunningPod {
  readonly pod: Body;
  readonly gateway: GatewayPod | null;
}

/** The pod of a Pod or the template of its owner; null for other objects. */
function templateOf(document: Body): Body | null {
  if (document['kind'] === 'Pod') return document;
  const owners = ['Deployment', 'DaemonSet', 'StatefulSet'];
  return owners.includes(text(document['kind'])) ? body(body(document['spec'])['template']) : null;
}

const isProxy = (container: Body): boolean => container['name'] === 'istio-proxy';

function isGateway(containers: readonly Body[], annotations: Body): boolean {
  if (annotations['inject.istio.io/templates'] === 'gateway') return true;
  return containers
    .filter(isProxy)
    .some(({ args }) => Array.isArray(args) && args[0] === 'proxy' && args[1] === 'router');
}

/** Only this variable is read (test/oracle/README.md). */
function unprivilegedOf(containers: readonly Body[]): string {
  const variables = containers.filter(isProxy).flatMap(({ env }) => list(env));
  return `${variables.findLast(({ name }) => name === 'ISTIO_META_UNPRIVILEGED_POD')?.['value'] ?? ''}`;
}

/** The one ready pod of an object that has pods, named after the object; null for other objects. */
export function runningPod(document: Body, index: number): RunningPod | null {
  const template = templateOf(document);
  if (template === null) return null;
  const { name, namespace } = body(document['metadata']) as { readonly name: string; readonly namespace: string };
  const metadata = body(template['metadata']);
  const spec = body(template['spec']);
  const labels = Object.fromEntries(Object.entries(body(metadata['labels'])).map(([key, value]) => [key, `${value}`]));
  const annotations = body(metadata['annotations']);
  const containers = list(spec['containers']).map(admittedContainer);
  const initContainers = list(spec['initContainers']).map(admittedContainer);
  const serviceAccount = text(spec['serviceAccountName']) || 'default';
  const ip = address('10.1', index);
  const unprivileged = unprivilegedOf(containers);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, annotations },
    spec: { serviceAccountName: serviceAccount, nodeName: 'node', containers, initContainers },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const gateway = { name, namespace, serviceAccount, ip, labels, unprivileged };
  return { pod, gateway: isGateway(containers, annotations) ? gateway : null };
}
