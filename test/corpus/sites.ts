import { type Obj, obj } from './build.ts';

/** Where gateway pods come from: istioctl's profile, the helm chart, and a home-made DaemonSet. */
export interface Site {
  readonly id: string;
  readonly ns: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly account: string;
  readonly ports: readonly (readonly [number, number | string])[];
}

export const istioctl: Site = {
  id: 'istioctl',
  ns: 'istio-system',
  name: 'istio-ingressgateway',
  labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
  account: 'istio-ingressgateway-service-account',
  ports: [
    [15021, 15021],
    [80, 8080],
    [443, 8443],
  ],
};

export const helm: Site = {
  id: 'helm',
  ns: 'istio-ingress',
  name: 'istio-ingress',
  labels: { app: 'istio-ingress', istio: 'ingress' },
  account: 'istio-ingress',
  ports: [
    [15021, 15021],
    [80, 80],
    [443, 443],
  ],
};

export const edge: Site = {
  id: 'edge',
  ns: 'edge',
  name: 'public-gateway',
  labels: { app: 'public-gateway', tier: 'edge', istio: 'public' },
  account: 'public-gateway',
  ports: [
    [80, 'http2'],
    [443, 'https'],
    [15021, 15021],
  ],
};

export interface SiteOptions {
  readonly env?: Record<string, string>;
  readonly ports?: readonly (readonly [number, number | string])[];
  readonly service?: Obj;
  readonly serviceMeta?: Obj;
  readonly pod?: Obj;
  readonly workloadMeta?: Obj;
  /** Objects instead of the usual Role and RoleBinding. */
  readonly rbac?: readonly Obj[];
  readonly noService?: boolean;
  readonly replicas?: number;
}

/** The selector that people write for a site. */
export const selector = (site: Site): Obj => ({ istio: site.labels['istio'] });

export const role = (site: Site, rules: readonly Obj[], subjects?: readonly Obj[]): readonly Obj[] => [
  obj('Role', `${site.ns}/${site.name}-sds`, { rules }),
  obj('RoleBinding', `${site.ns}/${site.name}-sds`, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `${site.name}-sds` },
    subjects: subjects ?? [{ kind: 'ServiceAccount', name: site.account }],
  }),
];

const mayRead: Obj = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] };

/** Deployment (or DaemonSet), Service, ServiceAccount and Role of a gateway. */
export function pods(site: Site, o: SiteOptions = {}): readonly Obj[] {
  const { env = {}, ports = site.ports } = o;
  const injected = site.id === 'helm';
  const container: Obj = {
    name: 'istio-proxy',
    image: injected ? 'auto' : 'docker.io/istio/proxyv2:1.30.3',
    ...(injected ? {} : { args: ['proxy', 'router', '--domain', '$(POD_NAMESPACE).svc.cluster.local'] }),
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    ports: [
      { name: 'http2', containerPort: 8080, protocol: 'TCP' },
      { name: 'https', containerPort: 8443, protocol: 'TCP' },
    ],
  };
  const template: Obj = {
    metadata: {
      labels: { ...site.labels, 'sidecar.istio.io/inject': injected ? 'true' : 'false' },
      ...(injected ? { annotations: { 'inject.istio.io/templates': 'gateway' } } : {}),
    },
    spec: { serviceAccountName: site.account, containers: [container], ...o.pod },
  };
  const chart = { labels: { ...site.labels, 'app.kubernetes.io/managed-by': 'Helm' }, ...o.workloadMeta };
  const kind = site.id === 'edge' ? 'DaemonSet' : 'Deployment';
  const scale = o.replicas === undefined ? {} : { replicas: o.replicas };
  return [
    obj('ServiceAccount', `${site.ns}/${site.account}`, {}),
    ...(o.rbac ?? role(site, [mayRead])),
    obj(
      kind,
      `${site.ns}/${site.name}`,
      { spec: { ...scale, selector: { matchLabels: site.labels }, template } },
      chart,
    ),
    ...(o.noService
      ? []
      : [
          obj(
            'Service',
            `${site.ns}/${site.name}`,
            {
              spec: {
                type: 'LoadBalancer',
                selector: site.labels,
                ports: ports.map(([port, targetPort]) => ({ name: portName(port), port, protocol: 'TCP', targetPort })),
                ...o.service,
              },
            },
            o.serviceMeta,
          ),
        ]),
  ];
}

const portName = (port: number): string => ({ 15021: 'status-port', 80: 'http2', 443: 'https' })[port] ?? `tcp-${port}`;
