import { resolveGatewayName } from '../../istio/hosts.ts';
import type { ClusterView, VirtualService } from '../../model/cluster-view.ts';
import { append, oncePer } from '../../model/once.ts';
import type { HttpMatch, HttpRoute, L4Match } from '../../model/specs.ts';
import { isDoubtful } from './sound.ts';

/**
 * The VirtualServices with something that few have, and all by their Gateways. One pass finds them: with 100,000
 * VirtualServices each pass costs a tenth of a second, most of it for fetching them from memory.
 */
export interface Traits {
  /** Rules under `tls`. */
  readonly tls: readonly VirtualService[];
  /** Rules under `tls` or `tcp`, and none under `http`. */
  readonly withoutHttp: readonly VirtualService[];
  /** A match that names a port or gateways. */
  readonly choosy: readonly VirtualService[];
  /** Whatever may hold a regular expression: matches, CORS origins, rewrites. */
  readonly patterned: readonly VirtualService[];
  readonly redirecting: readonly VirtualService[];
  /** A rule with several destinations. */
  readonly splitting: readonly VirtualService[];
  readonly withoutGateways: readonly VirtualService[];
  /** A host that is not written as nearly all are, `*` or lower-case labels with dots between. */
  readonly oddHosts: readonly VirtualService[];
  readonly severalHosts: readonly VirtualService[];
  /** A destination whose host, port or subset may be wrong. */
  readonly doubtful: readonly VirtualService[];
  /** By the `namespace/name` of each Gateway they name, known or not, without the mesh. */
  readonly byGateway: ReadonlyMap<string, readonly VirtualService[]>;
}

const PLAIN_HOST = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]{0,40}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,40}[a-z0-9])?){1,4}$/;

/** Not `1.2.3.4` either. */
const isPlain = (host: string): boolean => PLAIN_HOST.test(host) && !/\d$/.test(host);

const isChoosy = ({ port, gateways }: HttpMatch | L4Match): boolean => port !== undefined || gateways !== undefined;

const isPatterned = (rule: HttpRoute): boolean =>
  rule.match !== undefined || rule.corsPolicy !== undefined || rule.rewrite !== undefined;

export const traitsOf = oncePer((view: ClusterView): Traits => {
  const tls: VirtualService[] = [];
  const withoutHttp: VirtualService[] = [];
  const choosy: VirtualService[] = [];
  const patterned: VirtualService[] = [];
  const redirecting: VirtualService[] = [];
  const splitting: VirtualService[] = [];
  const withoutGateways: VirtualService[] = [];
  const oddHosts: VirtualService[] = [];
  const severalHosts: VirtualService[] = [];
  const doubtful: VirtualService[] = [];
  const byGateway = new Map<string, VirtualService[]>();
  for (const vs of view.virtualServices) {
    const { spec } = vs;
    const http = spec.http ?? [];
    const rules = spec.tls || spec.tcp ? [...http, ...(spec.tls ?? []), ...(spec.tcp ?? [])] : http;
    if ((spec.tls ?? []).length > 0) tls.push(vs);
    if (http.length === 0 && rules.length > 0) withoutHttp.push(vs);
    if (rules.some(({ match }) => match?.some(isChoosy))) choosy.push(vs);
    if (http.some(isPatterned)) patterned.push(vs);
    if (http.some(({ redirect }) => redirect !== undefined)) redirecting.push(vs);
    if (rules.some(({ route }) => (route ?? []).length > 1)) splitting.push(vs);
    if (rules.some(({ route }) => route?.some(({ destination }) => isDoubtful(view, vs, destination))))
      doubtful.push(vs);
    const gateways = spec.gateways ?? [];
    if (gateways.length === 0) withoutGateways.push(vs);
    for (const written of gateways) {
      const key = resolveGatewayName(written, vs.id.namespace);
      // A Gateway that is named twice has it once.
      if (key !== 'mesh' && byGateway.get(key)?.at(-1) !== vs) append(byGateway, key, vs);
    }
    const hosts = spec.hosts ?? [];
    if (!hosts.every(isPlain)) oddHosts.push(vs);
    if (hosts.length > 1) severalHosts.push(vs);
  }
  return {
    tls,
    withoutHttp,
    choosy,
    patterned,
    redirecting,
    splitting,
    withoutGateways,
    oddHosts,
    severalHosts,
    doubtful,
    byGateway,
  };
});
