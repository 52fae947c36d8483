import type { Drop, DropReason, NotDelivered, RuleRef, ServerRef } from '../model/envoy-config.ts';
import type { AnyResource } from '../model/resource.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { writtenText } from '../model/written-path.ts';

/** The drop of one reason. */
export type DropOf<R extends DropReason> = Extract<Drop, { readonly reason: R }>;

const list = (texts: readonly string[]): string => [...new Set(texts)].join(', ');

const gatewayText = (ref: ServerRef): string => resourceText(ref.gateway.id);

const serverPath = ({ gateway, index }: ServerRef): string => writtenText(gateway, ['spec', 'servers', index]);

/** The winner as seen from the loser: another Gateway, or another server of the same one. */
function serverText(winner: ServerRef, loser: ServerRef): string {
  const server = serverPath(winner);
  if (keyOf(winner.gateway.meta) === keyOf(loser.gateway.meta)) return `${server} of the same Gateway`;
  return `${gatewayText(winner)} ${server}`;
}

const ruleText = (rule: RuleRef): string => {
  const match = rule.match === null ? [] : ['match', rule.match];
  return `${resourceText(rule.virtualService.id)} ${writtenText(rule.virtualService, ['spec', rule.block, rule.index, ...match])}`;
};

function duplicateHost(drop: DropOf<'duplicate-host'>): string {
  const winner = drop.hosts[0]?.winner;
  if (winner === undefined) return 'another server has one of its hosts already';
  const same = keyOf(winner.gateway.meta) === keyOf(drop.server.gateway.meta);
  const who = same ? serverText(winner, drop.server) : gatewayText(winner);
  if ((drop.server.server.hosts ?? []).length <= 1) return `${who} has this host already`;
  return `${who} has ${list(drop.hosts.map((h) => h.host))} already, so the whole server is dropped with all its hosts`;
}

const protocolOf = (ref: ServerRef): string => ref.server.port?.protocol ?? 'no protocol';

const FILTERED: Record<DropOf<'match-filtered'>['by'], (drop: DropOf<'match-filtered'>) => string> = {
  port: (d) =>
    `its match asks for another port than ${d.server.server.port?.number ?? 'none'}, the number in the Gateway`,
  gateways: (d) => `its match names other gateways than ${keyOf(d.server.gateway.meta)}`,
  source: () => 'its match asks for source labels or a source namespace that the gateway pods do not have',
};

const NO_CHAIN: Record<DropOf<'no-chain'>['wants'], string> = {
  tcp: 'no VirtualService gives it a tcp route, so there is nothing to listen for',
  tls: 'no VirtualService gives it a tls route, so there is nothing to listen for',
  service: 'no Service has a name that its hosts cover, so there is nothing to listen for',
};

const CREDENTIAL_IGNORED: Record<DropOf<'credential-ignored'>['because'], string> = {
  passthrough: 'in mode PASSTHROUGH, which is also the default, no certificate is used',
  'istio-mutual': 'in mode ISTIO_MUTUAL the certificate of the mesh is used',
  'plain-http': 'a plain HTTP server uses no certificate',
  'list-wins': 'credentialNames is set beside it and wins',
  'not-mutual': 'only the MUTUAL modes ask clients for a certificate, so the CA is not used',
  'no-credential': 'it is read only beside credentialName or credentialNames',
};

const idText = (kind: string, of: { readonly namespace: string; readonly name: string }): string =>
  `${kind} ${keyOf(of)}`;

const KEYS = { certificate: 'tls.crt and tls.key (or cert and key)', ca: 'ca.crt (or cacert)' } as const;

function badKeys(secret: AnyResource, reason: Extract<NotDelivered, { why: 'bad-keys' }>): string {
  const empty = reason.empty.length === 0 ? '' : `, with nothing in ${list(reason.empty)}`;
  const found = reason.found.length === 0 ? 'no keys' : list(reason.found);
  return `${resourceText(secret.id)} needs ${KEYS[reason.wanted]}, but has ${found}${empty}`;
}

const NOT_DELIVERED: {
  readonly [W in NotDelivered['why']]: (reason: Extract<NotDelivered, { readonly why: W }>) => string;
} = {
  'not-found': (r) =>
    r.hidden ? `${idText('Secret', r)} cannot be read (${r.hidden})` : `there is no ${idText('Secret', r)}`,
  'cross-namespace': (r) => `istiod gives a gateway no Secret of another namespace, so not ${keyOf(r)}`,
  'not-authorized': (r) => `service account ${r.serviceAccount} may not list secrets in namespace ${r.namespace}`,
  'no-reference-grant': (r) => `no ReferenceGrant opens ${idText('Secret', r)} to the Gateway`,
  'bad-keys': (r) => badKeys(r.secret, r),
  'unknown-scheme': () => 'istiod knows no secrets of this form',
  unknown: (r) => r.because,
};

/** Why istiod does not deliver a secret, as one plain clause. */
export const notDeliveredText = <W extends NotDelivered['why']>(
  reason: Extract<NotDelivered, { readonly why: W }>,
): string => NOT_DELIVERED[reason.why as W](reason);

const TEXT: { readonly [R in DropReason]: (drop: DropOf<R>) => string } = {
  'server-without-port': () => 'it has no port',
  'hosts-replaced-by-star': (d) => `*/* in its list stands for every host, so istiod forgets ${list(d.hosts)}`,
  'duplicate-host': duplicateHost,
  'protocol-conflict': (d) =>
    `${serverText(d.winner, d.server)} has port ${d.port} for ${protocolOf(d.winner)} already, which ${protocolOf(d.server)} cannot share`,
  'route-name-reused': (d) => `${serverText(d.winner, d.server)} has the same port name and number on port ${d.port}`,
  'replaced-by-plain-server': (d) =>
    `${serverText(d.winner, d.server)} is a plain server of the same protocol on port ${d.port} and takes its place`,
  'route-list-overwritten': (d) => `the routes of port ${d.port} come from ${serverText(d.winner, d.server)} alone`,
  'privileged-port': (d) => `the gateway pods may not bind port ${d.port} (ISTIO_META_UNPRIVILEGED_POD)`,
  'no-target-port': (d) => `no Service port ${d.server.server.port?.number ?? ''} leads to a port of the gateway pods`,
  'no-chain': (d) => NO_CHAIN[d.wants],
  'sni-hidden-by-star': (d) => `* among its hosts takes every name, so ${list(d.hosts)} is not told apart by SNI`,
  'credential-ignored': (d) => CREDENTIAL_IGNORED[d.because],
  'vs-server-dropped': (d) => `istiod drops every server of ${resourceText(d.gateway.id)} that has its hosts`,
  'vs-not-visible': (d) => `its exportTo hides it from the pods of ${resourceText(d.gateway.id)}`,
  'vs-host-mismatch': (d) => `${resourceText(d.gateway.id)} serves none of its hosts (${list(d.hosts)})`,
  'vs-delegate': () => 'it has no hosts, so it works only where another VirtualService delegates to it',
  'delegate-not-found': (d) => `there is no VirtualService ${d.delegate} to delegate to`,
  'delegate-is-root': (d) => `${resourceText(d.delegate.id)} has hosts of its own, so nothing can be delegated to it`,
  'delegate-not-exported': (d) =>
    `${resourceText(d.delegate.id)} is not exported to namespace ${d.rule.virtualService.meta.namespace}`,
  'delegate-match-conflict': (d) => `no match of it can be joined with one of ${ruleText(d.root)}`,
  'rule-after-catch-all': (d) => `${ruleText(d.winner)} takes every request before it`,
  'match-filtered': (d) => FILTERED[d.by](d),
  'block-ignored': (d) => {
    const reads = d.reads === 'service' ? 'no VirtualService at all' : `only ${d.reads} rules`;
    return `${gatewayText(d.server)} ${serverPath(d.server)} reads ${reads}, and this is a rule under ${d.rule.block}`;
  },
  'rule-not-first': (d) => `a port without SNI has room for one rule, and ${ruleText(d.winner)} comes first`,
  'duplicate-sni': (d) => {
    const winner = d.hosts[0]?.winner;
    const who = winner === undefined ? 'another rule' : ruleText(winner);
    return `${who} has ${list(d.hosts.map((h) => h.host))} already, so the whole match is dropped`;
  },
  'rule-without-match': () => 'a tls rule needs a match with sniHosts',
  'route-shadowed': (d) => `in virtual host ${d.virtualHost} ${ruleText(d.winner)} takes every request before it`,
  'secret-not-delivered': (d) => notDeliveredText(d.because),
};

/** Why istiod leaves this out, as one plain sentence about `drop.at`. Its texts may hold anything a user wrote. */
export const dropText = <R extends DropReason>(drop: DropOf<R>): string => TEXT[drop.reason as R](drop);
