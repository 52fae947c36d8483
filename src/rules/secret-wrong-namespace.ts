import { gapOf } from '../model/coverage.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { type AnyResource, resourceText } from '../model/resource.ts';
import { copySecret, getSecret, objectName } from './facts/commands.ts';
import {
  fieldText,
  hasOtherCertificate,
  isCopiedTo,
  nothingIsServed,
  otherServers,
  placesOfUses,
  podsPlace,
  secretsNamed,
  undelivered,
} from './facts/credentials.ts';
import { decidedBy } from './facts/gaps.ts';
import { clientHosts, serverText } from './facts/servers.ts';
import { clientsOf, enumerate, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'secret-wrong-namespace',
  summary: 'A Secret exists, but not in the namespace of the gateway pods, where istiod looks for it',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const { config, entry, reason, usedBy } of undelivered(view, configs, 'certificate', 'not-found')) {
      const { namespace, name } = reason;
      const { server, path } = usedBy[0]!;
      const at = serverPlace(server, ...path);
      const found = secretsNamed(view, name, server.gateway.id.namespace);
      // In the right namespace, but of a type that istiod never reads (I9): rule secret-bad-keys.
      if (found.length === 0 || found.some((f) => f.id.namespace === namespace)) continue;
      const hidden = gapOf(view.coverage, 'secrets', namespace);
      const copied = found.find((f) => isCopiedTo(f, namespace));
      if (hidden || copied) {
        yield {
          kind: 'open',
          question: `Is there a Secret ${namespace}/${name}, which ${serverText(server)} needs?`,
          because: hidden?.because ?? `${resourceText(copied!.id)} is annotated to be copied there`,
          decides: decidedBy(hidden, getSecret(reason)),
          at,
          related: placesOfUses(usedBy),
        };
        continue;
      }
      const origin = found[0]!;
      const places = enumerate(found.map((f) => resourceText(f.id)));
      const alternative = hasOtherCertificate(config, server, entry);
      yield {
        kind: 'problem',
        message: `${serverText(server)} names Secret ${name} in ${fieldText(path)}, which istiod looks for in ${namespace} of the pods; ${whereabouts(found)}`,
        at,
        related: [
          ...found.map((f) => ({
            at: { resource: f, path: ['metadata', 'namespace'] },
            message: `${f.id.kind} in namespace ${f.id.namespace}`,
          })),
          ...otherServers(usedBy, 'needs it too'),
          ...podsPlace(config, `these gateway pods read Secrets of namespace ${namespace}`),
        ],
        symptom: alternative
          ? 'the other certificate of the server is served alone: clients that need the missing kind of key fail'
          : clientsOf(
              usedBy.flatMap((u) => clientHosts(u.server.server)),
              RESET,
            ) + (nothingIsServed(config) ? '; after each start of a pod every port refuses connections for 15 s' : ''),
        remedy:
          origin.id.kind === 'Secret'
            ? `Put a copy where the pods are:\n  ${copySecret(origin.id, namespace)}\n${lasting(origin, namespace)}`
            : `Move ${places} to namespace ${namespace}, so that the Secret is made there: metadata: {name: ${objectName(origin.id.name)}, namespace: ${namespace}}`,
        severity: alternative ? 'warning' : 'error',
        workload: config.workload,
      };
    }
  },
});

function whereabouts(found: readonly AnyResource[]): string {
  const own = found.filter((f) => f.id.kind === 'Secret');
  if (own.length > 0)
    return `it is in ${enumerate(
      own.map((f) => f.id.namespace),
      2,
    )}`;
  const makers = found.map((f) => resourceText(f.id));
  return `${enumerate(makers, 1)} ${makers.length > 1 ? 'make' : 'makes'} it elsewhere`;
}

/** A copy is not renewed; what renews the original tells how to do better. */
function lasting(
  origin: { readonly meta: { readonly annotations: Readonly<Record<string, string>> } },
  namespace: string,
): string {
  const certificate = origin.meta.annotations['cert-manager.io/certificate-name'];
  return certificate
    ? `cert-manager renews only the original: better move Certificate ${certificate} to namespace ${namespace}.`
    : 'or run a gateway in the namespace of the Secret.';
}
