import type { Drop, DropReason, NotDelivered, RuleRef, ServerRef } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import type { Place } from '../model/resource.ts';

const NOT_DELIVERED_RULE: Record<NotDelivered['why'], string | null> = {
  'not-found': 'secret-not-found',
  'cross-namespace': 'credential-cross-namespace',
  'not-authorized': 'gateway-sa-cannot-list-secrets',
  'no-reference-grant': 'gwapi-cert-ref',
  'bad-keys': 'secret-bad-keys',
  'unknown-scheme': null,
  unknown: null,
};

const RULE: Record<DropReason, string | null> = {
  'server-without-port': null,
  'hosts-replaced-by-star': 'hosts-replaced-by-star',
  'duplicate-host': 'server-dropped-duplicate-host',
  'protocol-conflict': 'server-dropped-protocol-conflict',
  'route-name-reused': 'duplicate-port-name',
  'replaced-by-plain-server': null,
  'route-list-overwritten': null,
  'privileged-port': 'privileged-port-skipped',
  'no-target-port': null,
  'no-chain': null,
  'sni-hidden-by-star': null,
  'credential-ignored': null,
  'vs-server-dropped': null,
  'vs-not-visible': 'vs-not-visible-to-gateway',
  'vs-host-mismatch': 'vs-host-not-in-gateway',
  'vs-delegate': null,
  'delegate-not-found': null,
  'delegate-is-root': null,
  'delegate-not-exported': null,
  'delegate-match-conflict': null,
  'rule-after-catch-all': null,
  'match-filtered': null,
  'block-ignored': null,
  'rule-not-first': null,
  'duplicate-sni': null,
  'rule-without-match': null,
  'route-shadowed': 'route-shadowed-across-vs',
  'secret-not-delivered': null,
};

/** The rule whose page explains this drop, or null when the reason alone does not decide it. */
export function dropRule(drop: Drop): string | null {
  if (drop.reason === 'secret-not-delivered') return NOT_DELIVERED_RULE[drop.because.why];
  if (drop.reason === 'no-chain' && drop.wants === 'tls') return 'passthrough-no-tls-route';
  if (drop.reason === 'no-chain' && drop.server.server.tls) return 'tls-protocol-needs-tcp-route';
  if (drop.reason === 'match-filtered' && drop.by === 'port') return 'vs-match-port';
  if (drop.reason === 'block-ignored' && drop.reads === 'http') return 'http-server-tls-route';
  return RULE[drop.reason];
}

const servers = (refs: readonly ServerRef[]): readonly Place[] => [...new Set(refs)].map((ref) => serverPlace(ref));
const rules = (refs: readonly RuleRef[]): readonly Place[] => [...new Set(refs)].map((ref) => rulePlace(ref));

/** What stands in the place of the thing that was left out; empty where nothing does. */
export function dropWinners(drop: Drop): readonly Place[] {
  switch (drop.reason) {
    case 'duplicate-host':
      return servers(drop.hosts.map((h) => h.winner));
    case 'protocol-conflict':
    case 'route-name-reused':
    case 'replaced-by-plain-server':
    case 'route-list-overwritten':
      return servers([drop.winner]);
    case 'rule-after-catch-all':
    case 'rule-not-first':
    case 'route-shadowed':
      return rules([drop.winner]);
    case 'duplicate-sni':
      return rules(drop.hosts.map((h) => h.winner));
    case 'delegate-match-conflict':
      return rules([drop.root]);
    default:
      return [];
  }
}
