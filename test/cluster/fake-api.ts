import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** What a request wants, as RBAC sees it. */
export interface Wish {
  readonly verb: 'get' | 'list' | 'create';
  readonly group: string;
  readonly resource: string;
  /** '' for the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

export interface FakeOptions {
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca?: string };
  /** Who may do what; everything by default. */
  readonly allow?: (wish: Wish, request: IncomingMessage) => boolean;
  /** Answers in place of the server when it returns true. `count` is the number of the request, from 1. */
  readonly fault?: (url: URL, response: ServerResponse, count: number, request: IncomingMessage) => boolean;
  /** Service accounts (`ns:name`) that may not list Secrets. */
  readonly denied?: readonly string[];
  readonly token?: string;
  readonly discovery?: 'aggregated' | 'groups';
}

export interface FakeApi {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** `GET /api/v1/pods?limit=500` and so on. */
  readonly requests: string[];
  readonly heads: IncomingMessage[];
  connections(): number;
  close(): Promise<void>;
}

const plurals: Readonly<Record<string, string>> = {
  Gateway: 'gateways',
  VirtualService: 'virtualservices',
  DestinationRule: 'destinationrules',
  ServiceEntry: 'serviceentries',
  EnvoyFilter: 'envoyfilters',
  Service: 'services',
  Secret: 'secrets',
  ConfigMap: 'configmaps',
  Namespace: 'namespaces',
  Pod: 'pods',
  Certificate: 'certificates',
  Ingress: 'ingresses',
  HTTPRoute: 'httproutes',
};

const always = ['networking.istio.io/v1', 'networking.istio.io/v1alpha3', 'networking.k8s.io/v1', 'apps/v1'];

function send(response: ServerResponse, body: unknown, code = 200): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const status = (response: ServerResponse, code: number, reason: string, message: string): void =>
  send(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code }, code);

/** `a=b,c in (d,e),f` as label selectors are written. */
function selects(selector: string, labels: Readonly<Record<string, string>>): boolean {
  return [...selector.matchAll(/([\w./-]+)(?:\s+in\s+\(([^)]*)\)|=([^,]*))?/g)].every(([, key = '', list, value]) => {
    const own = labels[key];
    if (list !== undefined) return own !== undefined && list.split(',').includes(own);
    return value === undefined ? own !== undefined : own === value;
  });
}

/** An API server on loopback that holds these objects; good enough for kubectl. */
export async function fakeApi(objects: readonly ApiObject[], options: FakeOptions = {}): Promise<FakeApi> {
  const store = new Map<string, ApiObject[]>();
  for (const object of objects) {
    const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0]! : '';
    const key = `${group}/${plurals[object.kind] ?? `${object.kind.toLowerCase()}s`}`;
    const list = store.get(key);
    if (list) list.push(object);
    else store.set(key, [object]);
  }
  const versions = new Map<string, Map<string, Set<string>>>();
  const kinds = new Map<string, string>();
  for (const version of [...always, ...objects.map((o) => o.apiVersion)]) {
    const [group, name] = version.includes('/') ? (version.split('/') as [string, string]) : ['', version];
    versions.set(group, (versions.get(group) ?? new Map()).set(name, versions.get(group)?.get(name) ?? new Set()));
  }
  const declare = (apiVersion: string, kind: string) => {
    const [group, name] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
    versions.get(group)?.get(name)?.add(plural);
    kinds.set(`${group}/${plural}`, kind);
  };
  for (const kind of ['Gateway', 'VirtualService', 'DestinationRule', 'ServiceEntry'])
    declare('networking.istio.io/v1', kind);
  declare('networking.istio.io/v1alpha3', 'EnvoyFilter');
  declare('networking.k8s.io/v1', 'Ingress');
  for (const object of objects) declare(object.apiVersion, object.kind);

  const requests: string[] = [];
  const heads: IncomingMessage[] = [];
  let connections = 0;

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://x');
    requests.push(`${request.method} ${decodeURIComponent(url.pathname + url.search)}`);
    heads.push(request);
    if (options.fault?.(url, response, requests.length, request)) return;
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) {
      status(response, 401, 'Unauthorized', 'Unauthorized');
      return;
    }
    if (url.pathname === '/version') return send(response, { major: '1', minor: '34', gitVersion: 'v1.34.0' });
    if (url.pathname === '/api') return send(response, { kind: 'APIVersions', versions: ['v1'] });
    if (url.pathname === '/apis') return discovery(request, response);
    const resources = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))$/.exec(url.pathname);
    if (resources) return apiResources(response, resources[2] ?? '', resources[1] ?? resources[3] ?? '');
    if (url.pathname.endsWith('/subjectaccessreviews')) return review(request, response);
    resource(url, request, response);
  };

  const discovery = (request: IncomingMessage, response: ServerResponse) => {
    const groups = [...versions].filter(([group]) => group !== '');
    if (options.discovery === 'aggregated' && /as=APIGroupDiscoveryList/.test(request.headers.accept ?? '')) {
      const items = groups.map(([name, own]) => ({
        metadata: { name },
        versions: [...own].map(([version, names]) => ({
          version,
          resources: [...names].map((plural) => ({ resource: plural, scope: 'Namespaced', verbs: ['get', 'list'] })),
        })),
      }));
      return send(response, { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items });
    }
    const of = groups.map(([name, own]) => {
      const list = [...own.keys()].map((version) => ({ groupVersion: `${name}/${version}`, version }));
      return { name, versions: list, preferredVersion: list[0] };
    });
    send(response, { kind: 'APIGroupList', apiVersion: 'v1', groups: of });
  };

  const apiResources = (response: ServerResponse, group: string, version: string) => {
    const names = [...(versions.get(group)?.get(version) ?? [])];
    const list = names.map((name) => {
      const kind = kinds.get(`${group}/${name}`) ?? '';
      return { name, singularName: kind.toLowerCase(), namespaced: kind !== 'Namespace', kind, verbs: ['get', 'list'] };
    });
    const groupVersion = group === '' ? version : `${group}/${version}`;
    send(response, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: list });
  };

  const review = (request: IncomingMessage, response: ServerResponse) => {
    const allowed = {
      verb: 'create',
      group: 'authorization.k8s.io',
      resource: 'subjectaccessreviews',
      namespace: '',
      name: '',
    } as const;
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      if (options.allow?.(allowed, request) === false) return forbidden(response, allowed);
      const { spec } = JSON.parse(text) as { spec: { user: string } };
      const account = spec.user.replace('system:serviceaccount:', '');
      send(
        response,
        {
          kind: 'SubjectAccessReview',
          apiVersion: 'authorization.k8s.io/v1',
          spec,
          status: { allowed: !(options.denied ?? []).includes(account) },
        },
        201,
      );
    });
  };

  const forbidden = (response: ServerResponse, { verb, group, resource: name, namespace }: Wish) => {
    const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const full = group === '' ? name : `${name}.${group}`;
    status(
      response,
      403,
      'Forbidden',
      `${full} is forbidden: User "dev" cannot ${verb} resource "${name}" in API group "${group}" ${where}`,
    );
  };

  const resource = (url: URL, request: IncomingMessage, response: ServerResponse) => {
    const match =
      /^\/(?:api\/(?<core>v1)|apis\/(?<group>[^/]+)\/(?<version>[^/]+))(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[a-z]+)(?:\/(?<name>[^/]+))?$/.exec(
        url.pathname,
      ) ?? /^\/api\/(?<core>v1)\/(?<plural>namespaces)\/(?<name>[^/]+)$/.exec(url.pathname);
    const { core, group = '', version = core ?? '', namespace = '', plural = '', name = '' } = match?.groups ?? {};
    if (
      !versions.get(group)?.get(version)?.has(plural) &&
      !(group === '' && plural in { pods: 1, secrets: 1, services: 1, configmaps: 1, namespaces: 1 })
    ) {
      return status(response, 404, 'NotFound', 'the server could not find the requested resource');
    }
    const wish: Wish = { verb: name === '' ? 'list' : 'get', group, resource: plural, namespace, name };
    if (options.allow?.(wish, request) === false) return forbidden(response, wish);
    const all = (store.get(`${group}/${plural}`) ?? []).filter(
      (o) => namespace === '' || o.metadata.namespace === namespace,
    );
    const partial = /as=PartialObjectMetadata/.test(request.headers.accept ?? '');
    const shown = (o: ApiObject) =>
      partial ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: o.metadata } : o;
    if (name !== '') {
      const found = all.find((o) => o.metadata.name === name);
      return found ? send(response, shown(found)) : status(response, 404, 'NotFound', `${plural} "${name}" not found`);
    }
    const labels = url.searchParams.get('labelSelector');
    const field = /^metadata\.name=(.*)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
    const items = all.filter(
      (o) =>
        (labels === null || selects(labels, o.metadata.labels ?? {})) &&
        (field === undefined || o.metadata.name === field),
    );
    const limit = Number(url.searchParams.get('limit') ?? 0);
    const from = Number(url.searchParams.get('continue') ?? 0);
    const page = limit > 0 ? items.slice(from, from + limit) : items;
    const rest =
      limit > 0 && from + limit < items.length
        ? { continue: String(from + limit), remainingItemCount: items.length - from - limit }
        : {};
    const kind = partial ? 'PartialObjectMetadataList' : `${kinds.get(`${group}/${plural}`) ?? 'Object'}List`;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    // Items of built-in kinds come without kind and apiVersion.
    const bare = page.map((o) =>
      group === '' && !partial ? { ...o, kind: undefined, apiVersion: undefined } : shown(o),
    );
    send(response, { kind, apiVersion, metadata: { resourceVersion: '1', ...rest }, items: bare });
  };

  const server: Server = options.tls
    ? (createTlsServer(
        { ...options.tls, ...(options.tls.ca ? { requestCert: true, rejectUnauthorized: false } : {}) },
        answer,
      ) as unknown as Server)
    : createServer(answer);
  server.on(options.tls ? 'secureConnection' : 'connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    server,
    requests,
    heads,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
