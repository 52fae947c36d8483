import { parseValue } from '../../src/sources/yaml.ts';
import { type Body, body, isBody, list, text } from './documents.ts';

/** Keeps the first item of each key. */
function firstOfEach<T>(items: readonly T[], key: (item: T) => unknown): T[] {
  const seen = new Set<unknown>();
  return items.filter((item) => !seen.has(key(item)) && seen.add(key(item)));
}

/** The API server wants port names and numbers of a Service to be different, and a name where there are several. */
function admissibleService(spec: Body): Body {
  const numbered = list(spec['ports']).filter(({ port }) => typeof port === 'number' && port > 0);
  const numbers = firstOfEach(numbered, ({ port, protocol = 'TCP' }) => `${port} ${protocol}`);
  const named = numbers.map((port, i) => (numbers.length > 1 && !port['name'] ? { ...port, name: `n${i}` } : port));
  return { ...spec, ports: firstOfEach(named, ({ name }) => name) };
}

/** The CRD wants number, protocol and name of a port. */
function admissibleGateway(spec: Body): Body {
  if (!Array.isArray(spec['servers'])) return spec;
  const withPort = (server: Body) =>
    isBody(server['port'])
      ? { ...server, port: { number: 443, protocol: 'HTTPS', name: 'https', ...server['port'] } }
      : server;
  return { ...spec, servers: list(spec['servers']).map(withPort) };
}

const hasHost = (route: Body): boolean => text(body(route['destination'])['host']) !== '';

/** The CRD wants a destination with a host; without one in an HTTP rule the harness itself panics. */
function admissibleVirtualService(spec: Body): Body {
  const rules = (block: unknown) =>
    list(block).map((rule) =>
      rule['route'] === undefined ? rule : { ...rule, route: list(rule['route']).filter(hasHost) },
    );
  const blocks = ['http', 'tls', 'tcp'].filter((block) => Array.isArray(spec[block]));
  return { ...spec, ...Object.fromEntries(blocks.map((block) => [block, rules(spec[block])])) };
}

/** The API server wants containers of a pod to have different names. */
function admissibleDeployment(spec: Body): Body {
  const template = body(spec['template']);
  const pod = body(template['spec']);
  const containers = firstOfEach(list(pod['containers']), ({ name }) => name);
  return { ...spec, template: { ...template, spec: { ...pod, containers } } };
}

const ADMISSIBLE: Readonly<Record<string, (spec: Body) => Body>> = {
  Service: admissibleService,
  Gateway: admissibleGateway,
  VirtualService: admissibleVirtualService,
  Deployment: admissibleDeployment,
};

/** The CRD wants one of these in a match of a text; istiod would take the one that comes last. */
const ONE_OF = ['exact', 'prefix', 'regex'];

function withOneMatch(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOneMatch);
  if (!isBody(value)) return value;
  const [, ...superfluous] = ONE_OF.filter((key) => value[key] !== undefined);
  const kept = Object.entries(value).filter(([key]) => !superfluous.includes(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, withOneMatch(item)]));
}

/** Istio refuses to start with a mesh configuration that is no mapping. */
function isMapping(mesh: unknown): boolean {
  try {
    return isBody(parseValue(`${mesh}`));
  } catch {
    return false;
  }
}

/** The object without what the API server would refuse; null where nothing is left. */
export function admissible(document: Body): Body | null {
  const { kind, spec, data } = document;
  if (kind === 'ConfigMap' && !isMapping(body(data)['mesh'])) return null;
  if (!isBody(spec)) return document;
  const admit = ADMISSIBLE[text(kind)] ?? ((same: Body) => same);
  return { ...document, spec: withOneMatch(admit(spec)) };
}
