import type { ClusterView } from '../model/cluster-view.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { kubectl, patchObject } from './facts/commands.ts';
import {
  doubtfulBy,
  findService,
  fullName,
  meantByDots,
  meantByName,
  noClusterSymptom,
  type ReadDestination,
  ruleText,
} from './facts/destinations.ts';
import { decidedBy } from './facts/gaps.ts';
import { registryOf } from './facts/registry.ts';
import { destinationPlace, type WrittenDestination } from './facts/uses.ts';
import { defineRule, type Open, type Problem } from './rule.ts';

export default defineRule({
  id: 'destination-host',
  summary: 'A route leads to a host that is no Service and no ServiceEntry',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const unknownHost = ({ host }: ReadDestination) => (registryOf(view).byHostname.has(host) ? null : host);
    for (const { read, places } of doubtfulBy(view, configs, unknownHost)) {
      const said = judge(view, read, places);
      if (said) yield said;
    }
  },
});

function judge(
  view: ClusterView,
  { host, written }: ReadDestination,
  places: readonly WrittenDestination[],
): Problem | Open | null {
  const first = places[0]!;
  const found = findService(view, host, first);
  if (found.kind !== 'missing') return null;
  const at = destinationPlace(first, 'host');
  const { absence, namespace } = found;
  // A name with a dot is taken as it is: the Service it was meant for proves that it is wrong (E3).
  const dotted = namespace === null ? meantByDots(view, host) : null;
  if (absence.kind === 'unknown' && !dotted) {
    return {
      kind: 'open',
      question: `Is there a Service or ServiceEntry ${host}, to which ${ruleText(first)} sends?`,
      because: absence.because,
      decides: decidedBy(
        absence.gap,
        kubectl(
          namespace ?? first.virtualService.id.namespace,
          'get',
          'services,serviceentries.networking.istio.io',
          '-o',
          'yaml',
        ),
      ),
      at,
    };
  }
  const meant = dotted ?? meantByName(view, host, namespace);
  const read = host === written ? '' : `, which istiod reads as ${host}`;
  const why = dotted
    ? `: a name with a dot is not completed, so Service ${keyOf(dotted.id)} is not found`
    : `${read}: ${absence.kind === 'absent' && absence.certain ? 'there is' : 'the input has'} no such Service or ServiceEntry${meant ? `; there is ${resourceText(meant.id)}` : ''}`;
  return {
    kind: 'problem',
    message: `${ruleText(first)} sends to ${written}${why}`,
    at,
    related: [
      ...(meant ? [{ at: { resource: meant, path: ['metadata'] }, message: `this is ${fullName(view, meant)}` }] : []),
      ...places.slice(1).map((p) => ({ at: destinationPlace(p, 'host'), message: `${ruleText(p)} sends there too` })),
    ],
    symptom: noClusterSymptom(first),
    remedy: meant
      ? places
          .map((p) => patchObject(p.virtualService, 'replace', destinationPlace(p, 'host').path, fullName(view, meant)))
          .join('\n')
      : namespace === null
        ? `Make ${host} known with a ServiceEntry, or name a Service: NAME.NAMESPACE.svc.${view.mesh.domain}`
        : `Create the Service, or name an existing one: ${kubectl(namespace, 'get', 'services')}`,
    severity: dotted || (absence.kind === 'absent' && absence.certain) ? 'error' : 'warning',
  };
}
