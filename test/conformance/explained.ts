import { resolveGatewayName } from '../../src/istio/hosts.ts';
import { isDelegate } from '../../src/istio/virtual-services.ts';
import type { ClusterView } from '../../src/model/cluster-view.ts';
import type { Drop, EnvoyConfig, RuleRef, ServerRef } from '../../src/model/envoy-config.ts';
import { keyOf, resourceText } from '../../src/model/resource.ts';

const serverKey = (s: Pick<ServerRef, 'gateway' | 'index'>) => `${keyOf(s.gateway.id)}#${s.index}`;
const ruleKey = (r: Pick<RuleRef, 'virtualService' | 'block' | 'index'>, match: number | null) =>
  `${keyOf(r.virtualService.id)} ${r.block}[${r.index}]${match === null ? '' : `.match[${match}]`}`;

/** Reasons that explain why a whole server is not in the configuration. */
const serverReasons = new Set<Drop['reason']>([
  'server-without-port',
  'duplicate-host',
  'protocol-conflict',
  'route-name-reused',
  'replaced-by-plain-server',
  'privileged-port',
  'no-target-port',
  'no-chain',
]);

/**
 * Everything of the selected Gateways and their VirtualServices that is neither visible in the configuration nor
 * explained by a drop. Written against the objects, not against the code that makes the drops.
 */
export function unexplained(config: EnvoyConfig, view: ClusterView): string[] {
  const missing: string[] = [];
  const chains = config.listeners.flatMap((l) => l.chains);
  const visibleServers = new Set(chains.flatMap((c) => c.servers.map(serverKey)));
  const droppedServers = new Set(
    config.drops.flatMap((d) => {
      if (!serverReasons.has(d.reason)) return [];
      if ('server' in d) return [serverKey(d.server)];
      return [`${keyOf(d.at.resource.id)}#${String(d.at.path[2])}`];
    }),
  );
  for (const gateway of config.gateways) {
    for (const [index, server] of (gateway.spec.servers ?? []).entries()) {
      const key = serverKey({ gateway, index });
      if (!visibleServers.has(key) && !droppedServers.has(key)) missing.push(`server ${key}`);
      missing.push(...unexplainedCredentials({ gateway, index, server }, config, droppedServers.has(key)));
    }
  }
  missing.push(...unexplainedRules(config, view));
  return missing;
}

function unexplainedCredentials(server: ServerRef, config: EnvoyConfig, dropped: boolean): string[] {
  const tls = server.server.tls;
  if (!tls || dropped) return [];
  const ignored = new Set(
    config.drops.flatMap((d) =>
      d.reason === 'credential-ignored' && serverKey(d.server) === serverKey(server) ? [String(d.at.path[4])] : [],
    ),
  );
  const asked = new Set(
    config.listeners.flatMap((l) =>
      l.chains.flatMap((c) =>
        c.servers.some((s) => serverKey(s) === serverKey(server)) && c.tls
          ? [...c.tls.certificates, ...(c.tls.validation ? [c.tls.validation] : [])]
          : [],
      ),
    ),
  );
  const written: [string, string][] = [
    ...(tls.credentialName ? [['credentialName', tls.credentialName] as [string, string]] : []),
    ...(tls.credentialNames ?? []).map((n) => ['credentialNames', n] as [string, string]),
    ...(tls.caCertCredentialName ? [['caCertCredentialName', tls.caCertCredentialName] as [string, string]] : []),
  ];
  const isAsked = (name: string) =>
    [...asked].some((sds) => sds === name || sds === `kubernetes://${name}`) ||
    (name.startsWith('sds://') && asked.has(`kubernetes://${name.slice(6)}`)) ||
    (name.startsWith('builtin://') && (asked.has('default') || asked.has('ROOTCA'))) ||
    (name.startsWith('invalid://') && asked.has('invalid://'));
  const undelivered = (name: string) => {
    const entry = config.secrets.find((s) => s.name === name || s.name === `kubernetes://${name}`);
    if (entry?.payload.kind !== 'not-delivered') return true;
    return config.drops.some(
      (d) =>
        d.reason === 'secret-not-delivered' && d.secret === entry.name && serverKey(d.server) === serverKey(server),
    );
  };
  return written.flatMap(([field, name]) => {
    if (ignored.has(field)) return [];
    if (isAsked(name) && undelivered(name)) return [];
    return [`credential ${name} (${field}) of ${serverKey(server)}`];
  });
}

function unexplainedRules(config: EnvoyConfig, view: ClusterView): string[] {
  const visible = new Set<string>();
  const see = (rule: RuleRef | null) => {
    if (!rule) return;
    visible.add(ruleKey(rule, rule.match));
    visible.add(ruleKey(rule, null));
    see(rule.via ?? null);
  };
  for (const route of config.routes.flatMap((r) => r.virtualHosts.flatMap((v) => v.routes))) {
    see(route.origin);
  }
  for (const chain of config.listeners.flatMap((l) => l.chains)) {
    if (chain.target.kind !== 'http') see(chain.target.rule);
  }
  const droppedRules = new Set<string>();
  const droppedWhole = new Set<string>();
  for (const drop of config.drops) {
    if ('rule' in drop) {
      droppedRules.add(ruleKey(drop.rule, drop.rule.match));
      if (drop.rule.via) droppedRules.add(ruleKey(drop.rule.via, null));
      if (drop.reason === 'delegate-match-conflict') droppedRules.add(ruleKey(drop.root, null));
    }
    if ('virtualService' in drop) droppedWhole.add(keyOf(drop.virtualService.id));
  }
  const selected = new Set(config.gateways.map((g) => keyOf(g.id)));
  const missing: string[] = [];
  for (const source of view.virtualServices) {
    if (isDelegate(source)) continue;
    const binds = (source.spec.gateways ?? []).some((g) => selected.has(resolveGatewayName(g, source.id.namespace)));
    if (!binds || droppedWhole.has(keyOf(source.id))) continue;
    for (const block of ['http', 'tls', 'tcp'] as const) {
      for (const [index, rule] of (source.spec[block] ?? []).entries()) {
        const whole = ruleKey({ virtualService: source, block, index }, null);
        const matches = rule.match ?? [];
        const explained = (match: number | null) => {
          const key = ruleKey({ virtualService: source, block, index }, match);
          return visible.has(key) || droppedRules.has(key) || droppedRules.has(whole);
        };
        // A rule that delegates is seen through its delegate's routes, not match by match.
        const delegates = block === 'http' && (rule as { delegate?: unknown }).delegate !== undefined;
        const parts = matches.length === 0 || delegates ? [null] : block === 'tcp' ? [null] : matches.map((_, i) => i);
        for (const match of parts) {
          const any = match === null && matches.some((_, i) => explained(i));
          if (!explained(match) && !any) missing.push(`${resourceText(source.id)} ${block}[${index}] match ${match}`);
        }
      }
    }
  }
  return missing;
}
