import { parseProtocol } from '../istio/protocol.ts';
import type { RegisteredService } from '../istio/services.ts';
import { visibleTo } from '../istio/visibility.ts';
import type { ClusterView, Service } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import type { Server } from '../model/specs.ts';
import { patchObject } from './facts/commands.ts';
import {
  type AlikeDestinations,
  doubtfulBy,
  findService,
  noClusterSymptom,
  type ReadDestination,
  ruleText,
} from './facts/destinations.ts';
import { clusterParts } from './facts/registry.ts';
import { hasPort } from './facts/sound.ts';
import { enumerate } from './facts/symptoms.ts';
import { destinationPlace, serversOfUses, type Use, usesOfDestination, type WrittenDestination } from './facts/uses.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'destination-port',
  summary: 'A route leads to a port that the Service does not have',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    // A port without a number is taken as it is: rule schema.
    const key = ({ host, destination: { port } }: ReadDestination) =>
      port && port.number === undefined ? null : `${host} ${port?.number}`;
    for (const alike of doubtfulBy(view, configs, key)) {
      const problem = judge(view, configs, alike);
      if (problem) yield problem;
    }
  },
});

function judge(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  { read, places }: AlikeDestinations,
): Problem | null {
  const [place, ...others] = places;
  const found = findService(view, read.host, place);
  if (found.kind !== 'service') return null;
  const { services } = found;
  // An alias has the ports of its target; a ServiceEntry may leave them out.
  if (services.some((s) => s.externalName !== null || s.ports.length === 0)) return null;
  const has = (port: number) => services.some((s) => hasPort(s, port));
  const { number } = read.destination.port ?? {};
  // Pods that do not see the Service: rule vs-not-visible-to-gateway.
  const seen = ({ config: { workload } }: Use) =>
    workload.namespace === null || services.some((s) => visibleTo(s.visibility, workload.namespace ?? ''));
  const uses = places.flatMap((p) => usesOfDestination(configs, p));
  const defaults = uses.filter(seen).flatMap((use) => clusterParts(use.cluster)?.port ?? []);
  const taken = number === undefined ? [...new Set(defaults)] : [number];
  const missing = taken.filter((port) => !has(port));
  if (missing.length === 0) return null;
  const isUdp = services.some((s) => s.ports.some((p) => p.number === number && p.protocol === 'UDP'));
  // The server was meant for UDP: rule udp-server-is-tcp.
  if (isUdp && uses.length > 0 && serversOfUses(uses).every(({ server }) => speaksUdp(server))) return null;
  const service = services[0]!;
  const hint = number === undefined ? null : byTargetPort(services, number);
  const ports = service.ports.map((p) => (p.name ? `${p.number} (${p.name})` : `${p.number}`));
  const name = resourceText(service.resource.id);
  return {
    kind: 'problem',
    message:
      number === undefined
        ? `${ruleText(place)} names no port of ${name}, which has ${enumerate(ports)}: istiod takes the port of the Gateway, ${enumerate(missing.map(String))}`
        : hint !== null
          ? `${ruleText(place)} sends to port ${number} of ${name}, but ${number} is the targetPort: the Service port is ${hint}`
          : isUdp
            ? `${ruleText(place)} sends to port ${number} of ${name}, which is UDP: a gateway has no cluster for it`
            : `${ruleText(place)} sends to port ${number} of ${name}, which has only ${enumerate(ports)}`,
    at: number === undefined ? destinationPlace(place) : destinationPlace(place, 'port', 'number'),
    related: [
      { at: { resource: service.resource, path: ['spec', 'ports'] }, message: 'its ports' },
      ...others.map((p) => ({ at: destinationPlace(p), message: `${ruleText(p)} sends there too` })),
    ],
    symptom: noClusterSymptom(place),
    remedy: places.map((p) => remedyOf(p, number, hint ?? likelyPort(service))).join('\n'),
  };
}

const speaksUdp = ({ port }: Server): boolean => parseProtocol(port?.protocol ?? '') === 'UDP';

/** The port whose targetPort was written instead. */
function byTargetPort(services: readonly RegisteredService[], number: number): number | null {
  for (const { resource } of services) {
    for (const port of (resource as Service).spec.ports ?? []) {
      const own = 'port' in port ? port.port : (port as { number?: number }).number;
      if (port.targetPort === number && own !== undefined) return own;
    }
  }
  return null;
}

const likelyPort = ({ ports }: RegisteredService): number =>
  (ports.find((p) => /^(HTTP|HTTP2|GRPC)$/.test(p.protocol)) ?? ports[0]!).number;

const remedyOf = (place: WrittenDestination, number: number | undefined, port: number): string =>
  number === undefined
    ? patchObject(place.virtualService, 'add', destinationPlace(place, 'port').path, { number: port })
    : patchObject(place.virtualService, 'replace', destinationPlace(place, 'port', 'number').path, port);
