import { type Entry, isEntry } from './kubeconfig.ts';

const entry = (value: unknown): Entry => (isEntry(value) ? value : {});
const list = (value: unknown): Entry[] => (Array.isArray(value) ? value.filter(isEntry) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Field names as protobuf JSON writes them; Envoy's admin port keeps those of the .proto files. Keys of maps stay. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isEntry(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [key.startsWith('@') ? key : camel(key), camelCased(v)]),
  );
}

/** Envoy's RouteMatch as protobuf JSON. */
export const routeMatchOf = (match: Entry): Entry => camelCased(match) as Entry;

/** Where a route leads, in the form of predictions. */
export function actionOf(route: Entry): Entry {
  if (isEntry(route['redirect'])) return { redirect: camelCased(route['redirect']) };
  if (isEntry(route['direct_response'])) return { directResponse: Number(route['direct_response']['status'] ?? 0) };
  const action = entry(route['route']);
  const weighted = list(entry(action['weighted_clusters'])['clusters']);
  if (weighted.length > 0) {
    return { weighted: weighted.map((w) => ({ cluster: text(w['name']), weight: Number(w['weight'] ?? 0) })) };
  }
  return text(action['cluster']) === '' ? {} : { cluster: action['cluster'] };
}
