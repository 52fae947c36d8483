import type { ClusterView, Gateway, VirtualService } from '../model/cluster-view.ts';
import type { AnyResource, ObjectMeta } from '../model/resource.ts';
import type { HttpMatch, HttpRoute, StringMatch } from '../model/specs.ts';
import { compareText, hostsMatch } from './hosts.ts';
import { compareCreation } from './order.ts';
import { gatewayServiceAnnotation } from './select.ts';
import { routeSemanticsAnnotation } from './virtual-services.ts';

/** What is generated from Kubernetes Gateway API objects, and the objects that need more than is compiled. */
export interface GatewayApi {
  readonly gateways: readonly Gateway[];
  readonly virtualServices: readonly VirtualService[];
  readonly uncompiled: readonly AnyResource[];
}

interface ListenerBody {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly hostname?: string;
  readonly allowedRoutes?: { readonly namespaces?: { readonly from?: string } };
}

interface GatewayBody {
  readonly gatewayClassName?: string;
  readonly addresses?: readonly { readonly type?: string; readonly value?: string }[];
  readonly listeners?: readonly ListenerBody[];
}

interface RouteBody {
  readonly parentRefs?: readonly {
    readonly name?: string;
    readonly namespace?: string;
    readonly sectionName?: string;
    readonly port?: number;
  }[];
  readonly hostnames?: readonly string[];
  readonly rules?: readonly RuleBody[];
}

interface RuleBody {
  readonly name?: string;
  readonly filters?: readonly unknown[];
  readonly matches?: readonly MatchBody[];
  readonly backendRefs?: readonly {
    readonly name?: string;
    readonly namespace?: string;
    readonly kind?: string;
    readonly port?: number;
    readonly weight?: number;
    readonly filters?: readonly unknown[];
  }[];
}

interface MatchBody {
  readonly path?: { readonly type?: string; readonly value?: string };
  readonly method?: string;
  readonly headers?: readonly { readonly name?: string; readonly value?: string; readonly type?: string }[];
  readonly queryParams?: readonly { readonly name?: string; readonly value?: string; readonly type?: string }[];
}

/** What a value must be where it is given: a type, a list of something, or an object with fields. */
type Shape = 'string' | 'number' | 'object' | readonly [Shape] | { readonly [field: string]: Shape };

const NAMED: Shape = [{ name: 'string', value: 'string', type: 'string' }];
const GATEWAY: Shape = {
  addresses: [{ type: 'string', value: 'string' }],
  listeners: [{ name: 'string', port: 'number', hostname: 'string', allowedRoutes: { namespaces: 'object' } }],
};
const ROUTE: Shape = {
  parentRefs: [{ name: 'string' }],
  hostnames: ['string'],
  rules: [
    {
      name: 'string',
      filters: ['object'],
      matches: [{ path: { type: 'string', value: 'string' }, method: 'string', headers: NAMED, queryParams: NAMED }],
      backendRefs: [{ name: 'string', namespace: 'string', port: 'number', weight: 'number', filters: ['object'] }],
    },
  ],
};

/** The API server refuses what has another shape; here it is not compiled. */
function hasShape(value: unknown, shape: Shape): boolean {
  if (typeof shape === 'string') return typeof value === shape && value !== null;
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((item) => hasShape(item, shape[0]));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(shape).every(([field, of]) => {
    const given = (value as Readonly<Record<string, unknown>>)[field];
    return given === undefined || hasShape(given, of);
  });
}

const group = 'gateway.networking.k8s.io';
const generatedApi = 'networking.istio.io/v1';

/**
 * Converts plain HTTP Gateways of class `istio` and the HTTPRoutes attached to them, without filters, as istiod does;
 * everything else of Gateway API is listed as uncompiled. mirrors: L1-L6, L11-L13.
 */
export function convertGatewayApi(view: ClusterView): GatewayApi {
  const sources = view.others.get(`${group}/Gateway`) ?? [];
  const routes = view.others.get(`${group}/HTTPRoute`) ?? [];
  const uncompiled = [...view.others].flatMap(([kind, objects]) =>
    kind.startsWith(`${group}/`) && !convertedKinds.has(kind) ? objects : [],
  );
  const compiled = sources.filter(isPlainHttp);
  uncompiled.push(...sources.filter((s) => !compiled.includes(s)), ...routes.filter((r) => !isPlainRoute(r)));
  const gateways = compiled.flatMap((source) =>
    listenersOf(source).map((listener) => internalGateway(source, listener, view)),
  );
  const virtualServices = virtualServicesOf(gateways, routes.filter(isPlainRoute), compiled, view);
  return { gateways, virtualServices, uncompiled };
}

const convertedKinds = new Set(
  ['Gateway', 'HTTPRoute', 'GatewayClass', 'ReferenceGrant'].map((kind) => `${group}/${kind}`),
);

const bodyOf = (source: AnyResource): GatewayBody => source.spec as GatewayBody;
const listenersOf = (source: AnyResource): readonly ListenerBody[] => bodyOf(source).listeners ?? [];

const isPlainHttp = (source: AnyResource): boolean =>
  hasShape(source.spec, GATEWAY) &&
  bodyOf(source).gatewayClassName === 'istio' &&
  listenersOf(source).every(
    (l) => l.protocol === 'HTTP' && ['All', 'Same'].includes(l.allowedRoutes?.namespaces?.from ?? 'Same'),
  );

const isPlainRoute = (route: AnyResource): boolean =>
  hasShape(route.spec, ROUTE) &&
  ((route.spec as RouteBody).rules ?? []).every(
    (rule) =>
      (rule.filters ?? []).length === 0 &&
      (rule.backendRefs ?? []).length > 0 &&
      (rule.backendRefs ?? []).every(
        (b) => (b.kind ?? 'Service') === 'Service' && b.port !== undefined && (b.filters ?? []).length === 0,
      ),
  );

/** The Services a Gateway is bound to. mirrors: L2. */
function serviceHostnames(source: AnyResource, domain: string): string[] {
  const addresses = bodyOf(source).addresses ?? [];
  const managed =
    addresses.length === 0 || (addresses.length === 1 && (addresses[0]!.type ?? 'IPAddress') === 'IPAddress');
  const { namespace, name } = source.id;
  if (managed) {
    const own =
      source.meta.annotations['gateway.istio.io/name-override'] ?? `${name}-${bodyOf(source).gatewayClassName}`;
    return [`${own}.${namespace}.svc.${domain}`];
  }
  return addresses
    .filter((a) => (a.type ?? 'Hostname') === 'Hostname')
    .map(({ value = '' }) => (value.includes('.') ? value : `${value}.${namespace}.svc.${domain}`));
}

const generatedMeta = (source: AnyResource, name: string, annotations: Record<string, string>): ObjectMeta => ({
  ...source.meta,
  name,
  labels: {},
  annotations,
});

/** One Istio Gateway per listener. mirrors: L4, L5. */
function internalGateway(source: AnyResource, listener: ListenerBody, view: ClusterView): Gateway {
  const name = `${source.id.name}~istio-autogenerated-k8s-gateway~${listener.name ?? ''}`;
  const from = (listener.allowedRoutes?.namespaces?.from ?? 'Same') === 'All' ? '*' : source.id.namespace;
  return {
    id: { ...source.id, apiVersion: generatedApi, kind: 'Gateway', name },
    meta: generatedMeta(source, name, {
      [gatewayServiceAnnotation]: serviceHostnames(source, view.mesh.domain).join(','),
    }),
    spec: {
      servers: [
        {
          port: { number: listener.port ?? 0, name: 'default', protocol: 'HTTP' },
          hosts: [`${from}/${listener.hostname ?? '*'}`],
        },
      ],
    },
    body: source.body,
    origin: source.origin,
  };
}

/** Compares routes by age, then namespace, then name. mirrors: L12. */
const compareRoutes = (a: AnyResource, b: AnyResource): number =>
  compareCreation(a, b) || compareText(a.id.namespace, b.id.namespace) || compareText(a.id.name, b.id.name);

/** One VirtualService per listener and route hostname, made of all routes that share both. mirrors: L11, L12. */
function virtualServicesOf(
  gateways: readonly Gateway[],
  routes: readonly AnyResource[],
  sources: readonly AnyResource[],
  view: ClusterView,
): VirtualService[] {
  const merged = new Map<string, { gateway: Gateway; host: string; oldest: AnyResource; rules: HttpRoute[] }>();
  for (const route of [...routes].sort(compareRoutes)) {
    const body = route.spec as RouteBody;
    for (const gateway of gateways) {
      if (!attaches(route, gateway, sources)) continue;
      for (const host of body.hostnames ?? ['*']) {
        if (!listenerTakes(gateway, host, route.id.namespace)) continue;
        const key = `${gateway.id.namespace}/${gateway.id.name}/${host}`;
        const rules = rulesOf(route, view.mesh.domain);
        const known = merged.get(key);
        if (known) known.rules.push(...rules);
        else merged.set(key, { gateway, host, oldest: route, rules });
      }
    }
  }
  return [...merged].map(([key, { gateway, host, oldest, rules }]): VirtualService => {
    const name = key.replaceAll('/', '~');
    return {
      id: { ...oldest.id, apiVersion: generatedApi, kind: 'VirtualService', name },
      meta: generatedMeta(oldest, name, { [routeSemanticsAnnotation]: 'gateway' }),
      spec: { hosts: [host], gateways: [`${gateway.id.namespace}/${gateway.id.name}`], http: sortRules(rules) },
      body: oldest.body,
      origin: oldest.origin,
    };
  });
}

function attaches(route: AnyResource, gateway: Gateway, sources: readonly AnyResource[]): boolean {
  const [name, , listener] = gateway.id.name.split('~');
  const isSource = sources.some((s) => s.id.namespace === gateway.id.namespace && s.id.name === name);
  return (
    isSource &&
    ((route.spec as RouteBody).parentRefs ?? []).some(
      (ref) =>
        ref.name === name &&
        (ref.namespace ?? route.id.namespace) === gateway.id.namespace &&
        (ref.sectionName === undefined || ref.sectionName === listener) &&
        (ref.port === undefined || ref.port === gateway.spec.servers?.[0]?.port?.number),
    )
  );
}

function listenerTakes(gateway: Gateway, host: string, namespace: string): boolean {
  return (gateway.spec.servers?.[0]?.hosts ?? []).some((own) => {
    const [from, name] = own.split('/');
    return (from === '*' || from === namespace) && hostsMatch(name!, host);
  });
}

const stringMatch = (type: string | undefined, value: string): StringMatch =>
  type === 'RegularExpression' ? { regex: value } : { exact: value };

const matchesByName = (list: readonly { readonly name?: string; readonly value?: string; readonly type?: string }[]) =>
  Object.fromEntries(list.map((h) => [h.name ?? '', stringMatch(h.type, h.value ?? '')]));

function matchOf({ path, method, headers, queryParams }: MatchBody): HttpMatch {
  const value = path?.value ?? '/';
  const type = path?.type ?? 'PathPrefix';
  return {
    uri: type === 'Exact' ? { exact: value } : type === 'RegularExpression' ? { regex: value } : { prefix: value },
    ...(method ? { method: { exact: method } } : {}),
    ...(headers && headers.length > 0 ? { headers: matchesByName(headers) } : {}),
    ...(queryParams && queryParams.length > 0 ? { queryParams: matchesByName(queryParams) } : {}),
  };
}

/** Each match becomes a rule of its own. mirrors: L13. */
function rulesOf(route: AnyResource, domain: string): HttpRoute[] {
  return ((route.spec as RouteBody).rules ?? []).flatMap((rule, index) => {
    const destinations = (rule.backendRefs ?? []).map((b) => ({
      destination: {
        host: `${b.name ?? ''}.${b.namespace ?? route.id.namespace}.svc.${domain}`,
        port: { number: b.port ?? 0 },
      },
      weight: b.weight ?? 1,
    }));
    return (rule.matches ?? [{}]).map((match) => ({
      name: rule.name ?? `${route.id.namespace}.${route.id.name}.${index}`,
      match: [matchOf(match)],
      route: destinations,
    }));
  });
}

/** Exact path, prefix, regex; longer first; method, headers, query parameters; otherwise stable. mirrors: L13. */
function sortRules(rules: readonly HttpRoute[]): HttpRoute[] {
  const rank = (rule: HttpRoute): readonly number[] => {
    const match = rule.match?.[0] ?? {};
    const { exact, prefix, regex } = match.uri ?? {};
    return [
      exact !== undefined ? 0 : prefix !== undefined ? 1 : 2,
      -(exact ?? prefix ?? regex ?? '').length,
      match.method ? 0 : 1,
      -Object.keys(match.headers ?? {}).length,
      -Object.keys(match.queryParams ?? {}).length,
    ];
  };
  return [...rules].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x.reduce((order, value, i) => order || value - y[i]!, 0);
  });
}
