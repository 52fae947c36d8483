import type { AnyResource } from './resource.ts';

/** Settings of istiod's own pods that change what gateways get; null where the input does not settle them. */
export interface IstiodSettings {
  /** PILOT_SCOPE_GATEWAY_TO_NAMESPACE: a Gateway reaches pods of its own namespace only (A9). */
  readonly scopeGatewayToNamespace: boolean | null;
  /** The istiod that says so, or one of those that disagree. */
  readonly source: AnyResource | null;
}

const SCOPE = 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE';

/** Words that Go's strconv.ParseBool reads as true. */
const goTrue = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

const entriesOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'object' && v !== null) : [];

/** The environment of the container that is istiod; null for any other pod. */
function environmentOf({ id, spec }: AnyResource): readonly Readonly<Record<string, unknown>>[] | null {
  type Pods = {
    readonly containers?: unknown;
    readonly template?: { readonly spec?: { readonly containers?: unknown } };
  };
  const pods = spec as Pods | undefined;
  const containers = entriesOf(id.kind === 'Pod' ? pods?.containers : pods?.template?.spec?.containers);
  const istiod = containers.find((c) => c['name'] === 'discovery');
  return istiod ? entriesOf(istiod['env']) : null;
}

/** Reads them from the Deployment (or pods) of istiod, among all pods and templates of pods of the input; without one Istio's defaults hold. */
export function istiodSettings(pods: readonly AnyResource[], istioNamespace: string): IstiodSettings {
  const found = pods.flatMap((resource) => {
    if (resource.id.namespace !== istioNamespace) return [];
    const environment = environmentOf(resource);
    if (environment === null) return [];
    const value = environment.findLast((e) => e['name'] === SCOPE);
    if (value === undefined) return [{ resource, scope: false }];
    // A value from somewhere else is not in the input.
    return [{ resource, scope: value['valueFrom'] === undefined ? goTrue.has(String(value['value'] ?? '')) : null }];
  });
  const [first, ...others] = found;
  if (first === undefined) return { scopeGatewayToNamespace: false, source: null };
  const other = others.find((o) => o.scope !== first.scope);
  return {
    scopeGatewayToNamespace: other ? null : first.scope,
    source: (first.scope ? first : (other ?? first)).resource,
  };
}
