import type { ClusterView, Service } from '../../model/cluster-view.ts';
import type { EnvoyConfig, Listener, ServerRef } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import type { Place } from '../../model/resource.ts';
import type { ServicePort } from '../../model/specs.ts';
import type { Workload } from '../../model/workload.ts';
import { podPorts } from './ports.ts';

/** A port under which clients, or a load balancer for them, reach a port of the pods. */
export interface FrontPort {
  readonly number: number;
  /** null: described in .tlsgw.yaml. */
  readonly service: Service | null;
  readonly at: Place | null;
}

function targetOf(port: ServicePort, workload: Workload): number | null {
  if (typeof port.targetPort !== 'string') return port.targetPort ?? port.port ?? null;
  return workload.ports.find((p) => p.name === port.targetPort)?.containerPort ?? null;
}

const portsInFront = oncePer((view: ClusterView) =>
  oncePer((config: EnvoyConfig) => oncePer((listener: Listener) => portsBefore(view, config, listener.port))),
);

/** The ports in front of a listener's: every Service port that leads there, whatever istiod makes of it. */
const frontPorts = (view: ClusterView, config: EnvoyConfig, listener: Listener): readonly FrontPort[] =>
  portsInFront(view)(config)(listener);

function portsBefore(view: ClusterView, { workload }: EnvoyConfig, podPort: number): readonly FrontPort[] {
  const described = Object.entries(workload.portMap ?? {}).flatMap(([number, target]) =>
    target === podPort ? [{ number: Number(number), service: null, at: null }] : [],
  );
  const found = podPorts(view, workload).services.flatMap((service) =>
    (service.spec.ports ?? []).flatMap((port, index) =>
      targetOf(port, workload) === podPort && port.port !== undefined
        ? [{ number: port.port, service, at: { resource: service, path: ['spec', 'ports', index] } }]
        : [],
    ),
  );
  return [...described, ...found];
}

/** True when clients reach a listener by this number; as its servers declare where no Service is known. */
export function isReachedOn(
  number: number,
  view: ClusterView,
  config: EnvoyConfig,
  listener: Listener,
  servers: readonly ServerRef[],
): boolean {
  const front = frontPorts(view, config, listener);
  return front.length > 0
    ? front.some((port) => port.number === number)
    : servers.some(({ server }) => server.port?.number === number);
}

const aws = 'service.beta.kubernetes.io/aws-load-balancer-';

/** The list of an annotation, `null` where it is not set. */
const listOf = (service: Service, name: string): string[] | null =>
  service.meta.annotations[`${aws}${name}`]?.split(',').map((part) => part.trim()) ?? null;

/** True when the annotations tell the load balancer to take TLS off on this port and to go on in plain text. */
function terminatesByAnnotation(service: Service, number: number): boolean {
  if (service.meta.annotations[`${aws}ssl-cert`] === undefined) return false;
  const backend = service.meta.annotations[`${aws}backend-protocol`]?.toLowerCase() ?? 'tcp';
  if (backend === 'ssl' || backend === 'https') return false;
  const ports = listOf(service, 'ssl-ports');
  // Without a list all ports are meant, but nobody speaks TLS to port 80.
  if (ports === null || ports.includes('*')) return number !== 80;
  const name = (service.spec.ports ?? []).find((p) => p.port === number)?.name;
  return ports.includes(String(number)) || (name !== undefined && ports.includes(name));
}

/** True when the annotations say that TLS goes through the load balancer, or is started anew behind it. */
const encryptsBackend = (service: Service): boolean =>
  /^(ssl|https)$/i.test(service.meta.annotations[`${aws}backend-protocol`] ?? '');

/**
 * The port in front of a plain HTTP listener on which clients speak TLS: 443, or one that an annotation names. Something
 * in front takes TLS off then, and the gateway sees plain HTTP.
 */
export const tlsPortInFront = (view: ClusterView, config: EnvoyConfig, listener: Listener): FrontPort | null =>
  frontPorts(view, config, listener).find(
    ({ number, service }) =>
      (number === 443 && !(service && encryptsBackend(service))) ||
      (service !== null && terminatesByAnnotation(service, number)),
  ) ?? null;

const trusted = /numTrustedProxies\W{1,6}[1-9]/;

/** The proxy's own configuration, which overrides that of the mesh. */
function ownProxyConfig({ resource }: Workload): string {
  if (!resource) return '';
  const template = (
    resource.spec as {
      readonly template?: {
        readonly metadata?: { readonly annotations?: Readonly<Record<string, unknown>> | null } | null;
      } | null;
    } | null
  )?.template;
  const annotations = template?.metadata?.annotations ?? resource.meta.annotations;
  return String(annotations['proxy.istio.io/config'] ?? '');
}

/** True when the gateway believes the X-Forwarded-Proto of a proxy in front: then it does not redirect TLS clients. */
export const trustsForwardedProto = (view: ClusterView, { workload }: EnvoyConfig): boolean =>
  trusted.test(view.meshSource?.spec.data['mesh'] ?? '') || trusted.test(ownProxyConfig(workload));
