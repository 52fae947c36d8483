import type { ClusterView, Service } from '../model/cluster-view.ts';
import type { ServicePort } from '../model/specs.ts';
import type { Workload } from '../model/workload.ts';
import { compareText } from './hosts.ts';
import { compareCreation } from './order.ts';
import { type Protocol, parseProtocol } from './protocol.ts';
import { selectorMatches } from './select.ts';

/** One Service port of the pod as istiod sees it: what leads from a Gateway's port to the listener's. */
export interface ServiceTarget {
  readonly service: Service;
  readonly hostname: string;
  readonly servicePort: number;
  readonly targetPort: number;
  readonly protocol: Protocol;
}

/** A Service port that has no target, and why (rule service-port-without-target). */
export interface LostServicePort {
  readonly service: Service;
  readonly index: number;
  readonly why: 'no-container-port' | 'same-target';
}

/** `name.namespace.svc.cluster.local`. */
export const serviceHostname = (service: Service, domain: string): string =>
  `${service.id.name}.${service.id.namespace}.svc.${domain}`;

/** Label on a Service: its ports do not translate Gateway ports; any value counts (A18). */
export const noTranslationLabel = 'experimental.istio.io/disable-gateway-port-translation';

const appProtocols: Readonly<Record<string, string>> = {
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
};

/** Ports that are TCP when their name says nothing (A17). */
const wellKnownTcp = new Set([25, 53, 3306, 27017]);

/** The protocol of a Service port from appProtocol or its name. mirrors: A17. */
export function servicePortProtocol(port: ServicePort): Protocol {
  if (port.protocol === 'UDP') return 'UDP';
  const fallback = (protocol: Protocol): Protocol =>
    protocol === 'UnsupportedProtocol' && wellKnownTcp.has(port.port ?? 0) ? 'TCP' : protocol;
  if (port.appProtocol !== undefined)
    return fallback(parseProtocol(appProtocols[port.appProtocol] ?? port.appProtocol));
  const name = port.name ?? '';
  if (name.toLowerCase().startsWith('grpc-web')) return 'GRPC-Web';
  const dash = name.indexOf('-');
  return fallback(parseProtocol(dash < 0 ? name : name.slice(0, dash)));
}

/** The container port a Service port leads to; null when no container has the name (A15). */
export function targetPortOf(port: ServicePort, workload: Workload): number | null {
  if (typeof port.targetPort === 'string') {
    const wanted = port.protocol ?? 'TCP';
    return workload.ports.find((p) => p.name === port.targetPort && p.protocol === wanted)?.containerPort ?? null;
  }
  // The API server defaults targetPort to the port (0.4).
  return port.targetPort ?? port.port ?? null;
}

/** Services of the pod's namespace that select it, in istiod's order. mirrors: A14, A16. */
export function servicesOf(view: ClusterView, workload: Workload): Service[] {
  const own = [...view.services.values()].filter(
    (s) =>
      s.id.namespace === workload.namespace &&
      Object.keys(s.spec.selector ?? {}).length > 0 &&
      selectorMatches(s.spec.selector, workload.labels),
  );
  return own.sort(
    (a, b) =>
      compareCreation(a, b) || compareText(serviceHostname(a, view.mesh.domain), serviceHostname(b, view.mesh.domain)),
  );
}

/** The pod's Service ports with their targets, in the order istiod walks them. mirrors: A15, A16. */
export function serviceTargets(
  view: ClusterView,
  workload: Workload,
): {
  readonly targets: ServiceTarget[];
  readonly lost: LostServicePort[];
} {
  const targets: ServiceTarget[] = [];
  const lost: LostServicePort[] = [];
  for (const service of servicesOf(view, workload)) {
    const seen = new Set<string>();
    (service.spec.ports ?? []).forEach((port, index) => {
      const targetPort = targetPortOf(port, workload);
      if (targetPort === null) {
        lost.push({ service, index, why: 'no-container-port' });
        return;
      }
      const protocol = servicePortProtocol(port);
      const key = `${targetPort}/${protocol}`;
      if (seen.has(key)) {
        lost.push({ service, index, why: 'same-target' });
        return;
      }
      seen.add(key);
      targets.push({
        service,
        hostname: serviceHostname(service, view.mesh.domain),
        servicePort: port.port ?? 0,
        targetPort,
        protocol,
      });
    });
  }
  return { targets, lost };
}

/** Resolves Gateway ports to listener ports for one workload; the index makes it constant time per server. */
export interface PortResolver {
  /** For Gateways selected by labels: exactly one port. */
  legacy(port: number): number;
  /** For Gateways bound to Services: all targets of that Service port, possibly none. */
  direct(port: number, own: readonly ServiceTarget[]): number[];
}

/** mirrors: A18-A20. */
export function portResolver(workload: Workload, targets: readonly ServiceTarget[]): PortResolver {
  const first = new Map<number, number>();
  for (const target of targets) {
    if (Object.hasOwn(target.service.meta.labels, noTranslationLabel)) continue;
    if (!first.has(target.servicePort)) first.set(target.servicePort, target.targetPort);
  }
  return {
    legacy: (port) => workload.portMap?.[port] ?? first.get(port) ?? port,
    direct: (port, own) => [...new Set(own.filter((t) => t.servicePort === port).map((t) => t.targetPort))],
  };
}
