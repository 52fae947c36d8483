import type { Drop, DropReason, EnvoyConfig, RuleRef } from '../model/envoy-config.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { writtenText } from '../model/written-path.ts';
import { dropRule } from './drop-facts.ts';
import { dropText } from './drop-text.ts';
import { visible } from './visible.ts';

// What stands in the tables all the same: a delegate's rules under the name of its root, a route that is never reached,
// a chain without its certificate.
const SILENT: ReadonlySet<DropReason> = new Set([
  'vs-delegate',
  'route-shadowed',
  'credential-ignored',
  'secret-not-delivered',
]);

const ROUTE_REASONS: ReadonlySet<DropReason> = new Set([
  'route-list-overwritten',
  'delegate-not-found',
  'delegate-is-root',
  'delegate-not-exported',
  'delegate-match-conflict',
  'rule-after-catch-all',
  'match-filtered',
  'block-ignored',
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
  const place = `${resourceText(drop.at.resource.id)} ${writtenText(drop.at.resource, drop.at.path)}`.trimEnd();
  if (!('server' in drop) || 'rule' in drop) return place;
  const { hosts = [], port } = drop.server.server;
  return `${place} (${hosts.join(', ') || 'no hosts'} on ${port?.number ?? 'no port'})`;
}

/** One dropped thing in one line: where, why, and the rule that explains it. */
export function dropLine(drop: Drop): string {
  const rule = dropRule(drop);
  return visible(`${subject(drop)}: ${dropText(drop)}${rule === null ? '' : `   ${rule}`}`);
}

const ruleKey = (rule: RuleRef): string => `${keyOf(rule.virtualService.meta)} ${rule.block} ${rule.index}`;

/** Rules that reached some table: what one server refuses, another one may use. */
function usedRules({ listeners, routes }: Pick<EnvoyConfig, 'listeners' | 'routes'>): ReadonlySet<string> {
  const targets = listeners.flatMap((listener) => listener.chains.map((chain) => chain.target));
  const hosts = routes.flatMap((route) => route.virtualHosts);
  const rules = [
    ...targets.flatMap((target) => (target.kind === 'http' || target.rule === null ? [] : [target.rule])),
    ...hosts.flatMap((host) => host.routes.map((route) => route.origin)),
  ];
  return new Set(rules.flatMap((rule) => [ruleKey(rule), `${ruleKey(rule)} ${rule.match}`]));
}

const isUsed = (rule: RuleRef, used: ReadonlySet<string>): boolean =>
  used.has(rule.match === null ? ruleKey(rule) : `${ruleKey(rule)} ${rule.match}`);

/**
 * The note for stderr beside a table: what is not in it, because istiod drops it; '' when there is nothing to say.
 * Without `config` nothing is said about single rules, since another server may use them.
 */
export function dropNote(
  drops: readonly Drop[],
  table: 'listeners' | 'routes',
  config?: Pick<EnvoyConfig, 'listeners' | 'routes'>,
): string {
  const used = config && usedRules(config);
  const missing = drops.filter(
    (d) =>
      !SILENT.has(d.reason) && inTable(d, table) && (!('rule' in d) || (used !== undefined && !isUsed(d.rule, used))),
  );
  const lines = new Set(missing.map((d) => `  ${dropLine(d)}\n`));
  return lines.size === 0 ? '' : `note: not in this table, because istiod drops it:\n${[...lines].join('')}`;
}
