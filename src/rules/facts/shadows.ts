import type { VirtualService } from '../../model/cluster-view.ts';
import type { Drop, EnvoyConfig, Route, RuleRef, VirtualHost } from '../../model/envoy-config.ts';
import { append, oncePer } from '../../model/once.ts';
import { writtenPort } from './servers.ts';

/** The VirtualService that is bound to the Gateway: of a delegate's rule the one that delegates (E6). */
export const rootOf = (rule: RuleRef): VirtualService => (rule.via ?? rule).virtualService;

/** Made by istiod from the Gateway API or an Ingress (L12, L21). */
export const isGenerated = (rule: RuleRef): boolean => rootOf(rule).id.name.includes('~');

/** The rewrite belongs to where a route leads, though it is no part of the cluster's name. */
const targetOf = ({ action, origin }: Route): string => {
  const rule = origin.virtualService.spec.http?.[origin.index];
  return JSON.stringify([action, rule?.rewrite ?? null]);
};

/** True when two routes do not end at the same place. */
export const leadElsewhere = (a: Route, b: Route): boolean => targetOf(a) !== targetOf(b);

/** A route that no request reaches, because one of another VirtualService comes first and leads elsewhere. */
export interface ShadowedAcross {
  readonly rule: RuleRef;
  readonly winner: RuleRef;
  readonly domains: readonly string[];
}

const virtualHostsByName = oncePer((config: EnvoyConfig) => {
  const index = new Map<string, VirtualHost[]>();
  for (const { virtualHosts } of config.routes) for (const host of virtualHosts) append(index, host.name, host);
  return index;
});

/** The http routes of a workload that a route of another VirtualService shadows. */
export function* shadowedAcross(config: EnvoyConfig): Generator<ShadowedAcross> {
  for (const drop of config.drops) {
    if (drop.reason !== 'route-shadowed' || rootOf(drop.rule) === rootOf(drop.winner)) continue;
    if (isGenerated(drop.rule) || isGenerated(drop.winner)) continue;
    for (const host of virtualHostsByName(config).get(drop.virtualHost) ?? []) {
      // Where everything is redirected to HTTPS no route is used (F6).
      if (host.requireTls) continue;
      const route = host.routes.find((r) => r.origin === drop.rule);
      const winner = host.routes.find((r) => r.origin === drop.winner);
      if (route && winner && leadElsewhere(route, winner))
        yield { rule: drop.rule, winner: drop.winner, domains: host.domains };
    }
  }
}

type NotFirst = Extract<Drop, { readonly reason: 'rule-not-first' }>;

/** True when a tcp rule would fit its server if another did not come first (G4). */
function fits({ rule, server }: NotFirst): boolean {
  const matches = rule.virtualService.spec.tcp?.[rule.index]?.match ?? [];
  // Gateways are resolved in the compiled rule only; those of a match are a subset of where it is bound.
  return matches.length === 0 || matches.some((m) => (!m.port || m.port === server.server.port?.number) && !m.gateways);
}

/** The tcp rules that no connection reaches on any server, because a rule of another VirtualService takes all (G5). */
export function* tcpShadowedAcross(config: EnvoyConfig): Generator<ShadowedAcross> {
  const key = ({ virtualService, index }: RuleRef) =>
    `${virtualService.id.namespace}/${virtualService.id.name} ${index}`;
  const used = new Set<string>();
  for (const { chains } of config.listeners) {
    for (const { target } of chains) if (target.kind !== 'http' && target.rule) used.add(key(target.rule));
  }
  for (const drop of config.drops) {
    if (drop.reason !== 'rule-not-first' || rootOf(drop.rule) === rootOf(drop.winner)) continue;
    if (isGenerated(drop.rule) || isGenerated(drop.winner) || used.has(key(drop.rule)) || !fits(drop)) continue;
    const routeOf = (rule: RuleRef) => JSON.stringify(rule.virtualService.spec.tcp?.[rule.index]?.route ?? []);
    if (routeOf(drop.rule) === routeOf(drop.winner)) continue;
    yield { rule: drop.rule, winner: drop.winner, domains: [writtenPort(drop.server)] };
  }
}
