import type { ClusterView } from '../../model/cluster-view.ts';
import type { AnyResource } from '../../model/resource.ts';

/** A name whose certificate is proven by an HTTP-01 challenge, with the objects of cert-manager that say so. */
export interface AcmeName {
  readonly name: string;
  readonly sources: readonly [AnyResource, ...AnyResource[]];
}

type Body = Readonly<Record<string, unknown>>;

// Objects of cert-manager are not checked against a schema: anything may stand anywhere.
const body = (value: unknown): Body => (typeof value === 'object' && value !== null ? (value as Body) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => list(value).filter((v): v is string => typeof v === 'string');

/** How closely a solver is meant for a name, as cert-manager ranks them; null when it is not. */
function rank(solver: Body, name: string, labels: Readonly<Record<string, string>>): number | null {
  const selector = body(solver['selector']);
  const [dnsNames, dnsZones] = [texts(selector['dnsNames']), texts(selector['dnsZones'])];
  const wanted = Object.entries(body(selector['matchLabels']));
  if (!wanted.every(([key, value]) => labels[key] === value)) return null;
  const zones = dnsZones.filter((zone) => name === zone || name.endsWith(`.${zone}`));
  const isNamed = dnsNames.includes(name);
  if (dnsNames.length + dnsZones.length > 0 && !isNamed && zones.length === 0) return null;
  return (isNamed ? 1e6 : 0) + Math.max(0, ...zones.map((z) => z.length)) * 1000 + wanted.length;
}

function solvesByHttp(issuer: AnyResource, name: string, labels: Readonly<Record<string, string>>): boolean {
  let best: { solver: Body; rank: number } | null = null;
  for (const solver of list(body(body(issuer.spec)['acme'])['solvers']).map(body)) {
    const own = rank(solver, name, labels);
    if (own !== null && own > (best?.rank ?? -1)) best = { solver, rank: own };
  }
  return best !== null && best.solver['http01'] !== undefined && best.solver['http01'] !== null;
}

/**
 * Names with an open HTTP-01 challenge, of a Certificate or Ingress whose issuer proves them so, or that an issuer's solver
 * is for. Wildcards cannot be proven by HTTP.
 */
export function acmeHttpNames(view: ClusterView): AcmeName[] {
  const issuers = new Map<string, AnyResource>();
  for (const kind of ['Issuer', 'ClusterIssuer']) {
    for (const issuer of view.others.get(kind) ?? []) {
      issuers.set(`${kind} ${issuer.id.namespace}/${issuer.id.name}`, issuer);
    }
  }
  const certificates = (view.others.get('Certificate') ?? []).flatMap((certificate): AcmeName[] => {
    const spec = body(certificate.spec);
    const { kind = 'Issuer', name: issuerName } = body(spec['issuerRef']);
    const issuer = issuers.get(`${kind} ${kind === 'Issuer' ? certificate.id.namespace : ''}/${issuerName}`);
    if (!issuer) return [];
    return [...new Set([...texts(spec['dnsNames']), ...texts([spec['commonName']])])]
      .filter((name) => !name.startsWith('*') && solvesByHttp(issuer, name, certificate.meta.labels))
      .map((name) => ({ name, sources: [certificate, issuer] }));
  });
  const challenges = (view.others.get('Challenge') ?? []).flatMap((challenge): AcmeName[] => {
    const { type, dnsName } = body(challenge.spec);
    return type === 'HTTP-01' && typeof dnsName === 'string' ? [{ name: dnsName, sources: [challenge] }] : [];
  });
  const named = [...issuers.values()].flatMap((issuer) =>
    list(body(body(issuer.spec)['acme'])['solvers']).flatMap((solver): AcmeName[] =>
      texts(body(body(solver)['selector'])['dnsNames'])
        .filter((name) => !name.startsWith('*') && solvesByHttp(issuer, name, {}))
        .map((name) => ({ name, sources: [issuer] })),
    ),
  );
  // cert-manager makes a Certificate for each Ingress that names an issuer.
  const ingresses = (view.others.get('Ingress') ?? []).flatMap((ingress): AcmeName[] => {
    const { annotations, labels } = ingress.meta;
    const issuer =
      issuers.get(`ClusterIssuer /${annotations['cert-manager.io/cluster-issuer']}`) ??
      issuers.get(`Issuer ${ingress.id.namespace}/${annotations['cert-manager.io/issuer']}`);
    if (!issuer) return [];
    return list(body(ingress.spec)['tls'])
      .flatMap((tls) => texts(body(tls)['hosts']))
      .filter((name) => !name.startsWith('*') && solvesByHttp(issuer, name, labels))
      .map((name) => ({ name, sources: [ingress, issuer] }));
  });
  return [...certificates, ...challenges, ...named, ...ingresses];
}
