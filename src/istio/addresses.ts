import type { ClusterView, Service } from '../model/cluster-view.ts';
import type { Path } from '../model/location.ts';

/** An address of a Service, or the name under which its load balancer is reached, and where it stands. */
export interface ServiceAddress {
  readonly service: Service;
  readonly address: string;
  readonly path: Path;
}

/** One spelling for each address: IPv6 as the URL standard writes it, everything else in lower case. */
const canonicalAddress = (text: string): string =>
  text.includes(':') && URL.canParse(`http://[${text}]/`)
    ? new URL(`http://[${text}]/`).hostname.slice(1, -1)
    : text.toLowerCase();

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every address of a Service, those of its load balancer first. */
export function addressesOf(service: Service): ServiceAddress[] {
  const { spec, body } = service;
  const status = isRecord(body['status']) ? body['status'] : {};
  const balancer = isRecord(status['loadBalancer']) ? status['loadBalancer']['ingress'] : [];
  const given = (Array.isArray(balancer) ? balancer : []).flatMap((item, i): [unknown, Path][] => {
    const path = ['status', 'loadBalancer', 'ingress', i];
    return isRecord(item)
      ? [
          [item['ip'], [...path, 'ip']],
          [item['hostname'], [...path, 'hostname']],
        ]
      : [];
  });
  const listed = (field: 'externalIPs' | 'clusterIPs'): [unknown, Path][] =>
    (spec[field] ?? []).map((address, i) => [address, ['spec', field, i]]);
  const all: [unknown, Path][] = [
    ...given,
    [spec.loadBalancerIP, ['spec', 'loadBalancerIP']],
    ...listed('externalIPs'),
    [spec.clusterIP, ['spec', 'clusterIP']],
    ...listed('clusterIPs'),
  ];
  return all.flatMap(([address, path]) =>
    typeof address === 'string' && address !== '' && address !== 'None' ? [{ service, address, path }] : [],
  );
}

/** The Services that have this address, each once. */
export function servicesAt(view: ClusterView, address: string): ServiceAddress[] {
  const wanted = canonicalAddress(address);
  return [...view.services.values()].flatMap(
    (service) => addressesOf(service).find((found) => canonicalAddress(found.address) === wanted) ?? [],
  );
}
