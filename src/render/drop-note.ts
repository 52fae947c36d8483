import type { Drop, DropReason, NotDelivered, RuleRef, ServerRef } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import { pathText } from '../model/location.ts';
import type { Place } from '../model/resource.ts';
import { resourceText } from '../model/resource.ts';
import { dropText } from './drop-text.ts';
import { visible } from './visible.ts';

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

// A delegate's rules are in the table, under the name of its root; credentials are the secret table's business.
const SILENT: ReadonlySet<DropReason> = new Set(['vs-delegate', 'credential-ignored', 'secret-not-delivered']);

const ROUTE_REASONS: ReadonlySet<DropReason> = new Set([
  'route-list-overwritten',
  'delegate-not-found',
  'delegate-is-root',
  'delegate-not-exported',
  'delegate-match-conflict',
  'rule-after-catch-all',
  'match-filtered',
  'block-ignored',
  'route-shadowed',
]);

/** Whether the thing would stand in this table; a VirtualService with rules of both kinds belongs to both. */
function inTable(drop: Drop, table: 'listeners' | 'routes'): boolean {
  if ('virtualService' in drop) {
    const { tls = [], tcp = [], http = [] } = drop.virtualService.spec;
    const layer4 = tls.length + tcp.length > 0;
    return table === 'listeners' ? layer4 : !layer4 || http.length > 0;
  }
  const routes = ROUTE_REASONS.has(drop.reason) && !('rule' in drop && drop.rule.block !== 'http');
  return routes === (table === 'routes');
}

function subject(drop: Drop): string {
  const place = `${resourceText(drop.at.resource.id)} ${pathText(drop.at.path)}`.trimEnd();
  if (!('server' in drop) || 'rule' in drop) return place;
  const { hosts = [], port } = drop.server.server;
  return `${place} (${hosts.join(', ') || 'no hosts'} on ${port?.number ?? 'no port'})`;
}

/** One dropped thing in one line: where, why, and the rule that explains it. */
export function dropLine(drop: Drop): string {
  const rule = dropRule(drop);
  return visible(`${subject(drop)}: ${dropText(drop)}${rule === null ? '' : `   ${rule}`}`);
}

/** The note for stderr beside a table: what is not in it, because istiod drops it; '' when there is nothing to say. */
export function dropNote(drops: readonly Drop[], table: 'listeners' | 'routes'): string {
  const lines = drops.filter((d) => !SILENT.has(d.reason) && inTable(d, table)).map((d) => `  ${dropLine(d)}\n`);
  const unique = [...new Set(lines)];
  return unique.length === 0 ? '' : `note: not in this table, because istiod drops it:\n${unique.join('')}`;
}
