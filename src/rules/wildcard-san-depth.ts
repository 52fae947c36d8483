import type { ClusterView } from '../model/cluster-view.ts';
import { type Place, resourceText } from '../model/resource.ts';
import { replacePair } from './facts/commands.ts';
import { keyPlace, servedCertificates, type Use, usersOf } from './facts/contents.ts';
import { boundTo, hostsOf } from './facts/routes.ts';
import { enumerate } from './facts/symptoms.ts';
import { uncoveredBy } from './facts/uncovered.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'wildcard-san-depth',
  summary: 'A wildcard server routes a host that its wildcard certificate does not reach: * is one label there',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const served of servedCertificates(configs)) {
      const { pair } = served;
      const deep = new Map<string, Deep>();
      for (const { use, name, through, deeper } of uncoveredBy(view, configs, served)) {
        // An exact host of the server itself: rule cert-san-mismatch.
        if (!through.startsWith('*') || deeper === null) continue;
        const known = deep.get(name) ?? { by: deeper, uses: [] };
        deep.set(name, known);
        known.uses.push(use);
      }
      const [first] = deep;
      if (!first) continue;
      const names = [...deep.keys()];
      const wanted = [...new Set(names.map(wildcardFor))];
      const users = [...new Set([...deep.values()].flatMap((one) => one.uses))];
      yield {
        kind: 'problem',
        message: `${first[1].by} in the certificate in ${resourceText(pair.from.id)} covers one label only, not ${enumerate(names)}, which Istio and Envoy let through`,
        at: keyPlace(pair.from, pair.certKey),
        related: [...routePlaces(view, users, deep), ...usersOf(users, 'serves it')],
        symptom: `curl: (60) SSL: no alternative certificate subject name matches target host name '${first[0].replace('*', 'www')}'; Node: ERR_TLS_CERT_ALTNAME_INVALID`,
        remedy: `Have a certificate issued that also names ${enumerate(wanted, 20)}, and replace the Secret:\n  ${replacePair(pair.from, pair.certKey, pair.keyKey)}`,
      };
    }
  },
});

interface Deep {
  /** The wildcard entry that fits but for its depth. */
  readonly by: string;
  readonly uses: Use[];
}

/** `*.b.d` for `a.b.d`: what would cover it and its neighbours. */
const wildcardFor = (name: string): string => (name.startsWith('*.') ? name : `*${name.slice(name.indexOf('.'))}`);

/** Where VirtualServices name these hosts. */
function routePlaces(
  view: ClusterView,
  uses: readonly Use[],
  deep: ReadonlyMap<string, unknown>,
): { at: Place; message: string }[] {
  const services = new Set(uses.flatMap((use) => boundTo(view, use.server.gateway)));
  return [...services].flatMap((resource) =>
    hostsOf(resource, view.mesh.domain).flatMap((host, index) =>
      deep.has(host) ? [{ at: { resource, path: ['spec', 'hosts', index] }, message: `${host} is routed here` }] : [],
    ),
  );
}
