import type { ClusterView } from '../../model/cluster-view.ts';
import { gapOf } from '../../model/coverage.ts';
import type { EnvoyConfig } from '../../model/envoy-config.ts';
import { type AnyResource, keyOf } from '../../model/resource.ts';
import { covers } from '../../x509/names.ts';
import { type CertificateObject, certificatesFor, isCertificateObject, namesOf } from './cert-manager.ts';
import type { Use } from './contents.ts';
import { certificatesOf, isCopiedTo, secretsNamed, type Undelivered, undelivered } from './credentials.ts';
import { leavesOf } from './leaves.ts';
import { sent } from './live.ts';
import { secretOf } from './sds.ts';
import { testedNames } from './tested-hosts.ts';

/** A Certificate that makes a Secret which a server of a gateway names. */
export interface Order {
  readonly certificate: CertificateObject;
  /** `namespace/name` of the Secret. */
  readonly secret: string;
  readonly use: Use;
}

/** Every Certificate that makes a Secret for a server, once per server and gateway. */
export function* ordersOf(view: ClusterView, configs: readonly EnvoyConfig[]): Generator<Order> {
  for (const config of sent(configs)) {
    const { namespace } = config.workload;
    if (namespace === null) continue;
    for (const { name, usedBy } of config.secrets) {
      // Of the Kubernetes Gateway API the same, with its own scheme (D16).
      const secret = secretOf(name.replace(/^kubernetes-gateway:/, 'kubernetes:'), namespace);
      if (secret?.namespace !== namespace) continue;
      for (const certificate of certificatesFor(view, secret)) {
        for (const { server, path, as } of usedBy) {
          if (as === 'certificate') yield { certificate, secret: keyOf(secret), use: { server, path, config } };
        }
      }
    }
  }
}

/**
 * The names of a server that the Certificate lacks. Those that the Secret's present certificate lacks too are rule
 * cert-san-mismatch; with several credentials another one may have them.
 */
export function missedNames(
  view: ClusterView,
  configs: readonly EnvoyConfig[],
  certificate: CertificateObject,
  { server, config }: Use,
): string[] {
  if ((certificatesOf(config).get(server) ?? []).length > 1) return [];
  const wanted = namesOf(certificate);
  const present = leavesOf(configs, config, server) ?? [];
  return testedNames(view, config, server).filter(
    (name) => !covers(wanted, name) && present.every((leaf) => covers(leaf, name)),
  );
}

/** A Certificate in another namespace than that where istiod looks for the Secret that it makes. */
export interface Misplaced extends Undelivered<'not-found'> {
  readonly certificate: AnyResource;
}

/** Secrets that do not exist for the gateway pods, because the only thing that makes them is a Certificate elsewhere. */
export function* misplacedCertificates(view: ClusterView, configs: readonly EnvoyConfig[]): Generator<Misplaced> {
  for (const found of undelivered(view, configs, 'certificate', 'not-found')) {
    const { namespace, name } = found.reason;
    const makers = secretsNamed(view, name, found.usedBy[0]!.server.gateway.id.namespace);
    const [certificate] = makers;
    // What may be hidden or copied is an open question of rule secret-wrong-namespace.
    if (!certificate || !makers.every(isCertificateObject) || makers.some((one) => isCopiedTo(one, namespace)))
      continue;
    if (gapOf(view.coverage, 'secrets', namespace)) continue;
    yield { ...found, certificate };
  }
}
