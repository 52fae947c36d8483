import type { PayloadVerdict } from '../../src/model/envoy-config.ts';
import type { Location } from '../../src/model/location.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Workload } from '../../src/model/workload.ts';

/** The verdict on content that nobody looks at. */
export const judge = (): PayloadVerdict => ({ refused: null, keyAlgorithm: null, acceptsClients: true });

const API: Readonly<Record<string, string>> = { Secret: 'v1', Gateway: 'networking.istio.io/v1' };

/** An object of the input, for tests; `location` is where every path of it is found. */
export const resource = <Spec>(
  kind: string,
  namespace: string,
  name: string,
  spec: Spec,
  location: Location | null = null,
): Resource<Spec> => ({
  id: { apiVersion: API[kind] ?? 'networking.istio.io/v1', kind, namespace, name },
  meta: { name, namespace, labels: {}, annotations: {} },
  spec,
  body: {},
  origin: { file: location?.file ?? null, locate: () => location, line: () => null },
});

/** A gateway workload, for tests. */
export const workload = (namespace: string, name: string): Workload => ({
  kind: 'Deployment',
  name,
  namespace,
  labels: {},
  serviceAccount: 'default',
  ports: [],
  unprivileged: false,
  credentialSocket: false,
  hostNetwork: false,
  hostPorts: [],
  portMap: null,
  resource: null,
});
