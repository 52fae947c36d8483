import { admittedSecret, admittedService, created } from './defaults.ts';
import { type Body, body, documentsOf, lastOfEach, text } from './documents.ts';
import { type GatewayPod, runningPod } from './pods.ts';

/** What the harness reads of one cluster (harness/answer_test.go). */
export interface Input {
  readonly name: string;
  /** Documents of YAML. */
  readonly kubernetes: string;
  readonly istio: string;
  /** Text of the mesh configuration; '' where there is none. */
  readonly mesh: string;
  readonly gateways: readonly GatewayPod[];
}

/** Secrets of these types count as absent: istiod does not watch them (I9). */
const UNWATCHED = ['helm.sh/release.v1', 'kubernetes.io/service-account-token'];

const isMesh = ({ kind, metadata }: Body): boolean =>
  kind === 'ConfigMap' && body(metadata)['name'] === 'istio' && body(metadata)['namespace'] === 'istio-system';

/** JSON is YAML, and leaves no doubt about the type of a value. */
const yamlOf = (documents: readonly Body[]): string => documents.map((d) => JSON.stringify(d)).join('\n---\n');

/** The object as the API server keeps it; null where istiod does not see it or the harness has no use for it. */
function admitted(document: Body, index: number): Body | null {
  const { kind, apiVersion, type } = document;
  if (kind === 'Secret') return UNWATCHED.includes(text(type)) ? null : admittedSecret(document);
  if (kind === 'Service') return admittedService(document, index);
  return apiVersion === 'v1' && kind !== 'Pod' && !isMesh(document) ? document : null;
}

/** Splits the objects of a cluster into what the harness asks for, with the defaults of the API server. */
export function inputOf(name: string, yaml: string): Input {
  const documents = lastOfEach(documentsOf(yaml)).map(created);
  const isIstio = ({ apiVersion }: Body) => /^[^/]*\bistio\.io\//.test(text(apiVersion));
  const pods = documents.flatMap((document, index) => runningPod(document, index) ?? []);
  const others = documents.map(admitted).filter((document) => document !== null);
  const mesh = documents.find(isMesh);
  return {
    name,
    kubernetes: yamlOf([...others, ...pods.map(({ pod }) => pod)]),
    istio: yamlOf(documents.filter(isIstio)),
    mesh: text(body(mesh?.['data'])['mesh']),
    gateways: pods.flatMap(({ gateway }) => gateway ?? []),
  };
}
