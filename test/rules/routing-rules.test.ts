import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assumedWorkloads } from '../../src/cli/assumed-workloads.ts';
import { compile } from '../../src/istio/compile.ts';
import type { ClusterView } from '../../src/model/cluster-view.ts';
import { buildView } from '../../src/model/decode.ts';
import type { EnvoyConfig, Route, RuleRef } from '../../src/model/envoy-config.ts';
import type { Finding } from '../../src/model/finding.ts';
import { resourceText } from '../../src/model/resource.ts';
import type { RuleId } from '../../src/rules/index.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import { recordedCases, recordedRandom } from '../conformance/oracle.ts';

/** The rules about VirtualServices: how they reach servers, where they lead, and redirects. */
const ids: readonly RuleId[] = [
  'backend-plain-to-https',
  'destination-host',
  'destination-port',
  'destination-subset',
  'double-tls',
  'dr-credential-secret',
  'duplicate-vs-host',
  'http-server-tls-route',
  'https-redirect-missing',
  'invalid-regex',
  'redirect-blocks-acme',
  'redirect-code-rejected',
  'redirect-dropped',
  'redirect-loop-behind-lb',
  'redirect-namespaced-host',
  'redirect-without-https',
  'route-shadowed-across-vs',
  'server-no-routes',
  'sni-missing',
  'sni-not-in-hosts',
  'sni-required',
  'vs-host-not-in-gateway',
  'vs-match-gateway-unknown',
  'vs-match-port',
  'vs-no-gateways',
  'vs-not-visible-to-gateway',
  'weights-all-zero',
  'wildcard-vs-hidden',
];

interface Judged {
  readonly view: ClusterView;
  readonly configs: readonly EnvoyConfig[];
  readonly findings: readonly Finding[];
}

function judged(yaml: string, complete: boolean): Judged {
  const { documents } = parseText(yaml, 'input.yaml');
  const options = { source: 'files', complete, defaultNamespace: 'default', parseMesh: parseValue } as const;
  const decoded = buildView(documents, options);
  const workloads = decoded.workloads.length === 0 ? assumedWorkloads(decoded.gateways) : decoded.workloads;
  const view = { ...decoded, workloads };
  const configs = compile(view);
  const result = judge({
    view,
    configs,
    now: new Date('2026-12-01T00:00:00Z'),
    settings: { expiringWithinDays: 30 },
    rules: { only: ids },
  });
  expect(result.internalErrors).toEqual([]);
  return { view, configs, findings: result.findings };
}

describe('clusters that work', () => {
  const folder = new URL('working/', import.meta.url);
  for (const name of readdirSync(folder)) {
    it.each([false, true])(`${name} is silent, complete: %s`, (complete) => {
      const { findings } = judged(readFileSync(new URL(name, folder), 'utf8'), complete);
      const loud = findings.filter((f) => f.severity !== 'info');
      expect(loud.map((f) => `${f.rule}: ${f.message}`)).toEqual([]);
    });
  }
});

/** `spec.http[0].match[1].port` names a rule and one of its matches. */
function ruleIn(path: string): Pick<RuleRef, 'block' | 'index' | 'match'> | null {
  const found = /^spec\.(http|tls|tcp)\[(\d+)\](?:\.match\[(\d+)\])?/.exec(path);
  if (!found) return null;
  const match = found[3] === undefined ? null : Number(found[3]);
  return { block: found[1] as RuleRef['block'], index: Number(found[2]), match };
}

const isOf = (finding: Finding, ref: RuleRef): boolean => {
  const { namespace, name } = ref.virtualService.id;
  const { block, index, match } = ruleIn(finding.path) ?? {};
  const sameMatch = match === null || ref.match === match;
  return (
    namespace === finding.resource.namespace &&
    name === finding.resource.name &&
    ref.block === block &&
    ref.index === index &&
    sameMatch
  );
};

const routesOf = (configs: readonly EnvoyConfig[]): Route[] =>
  configs.flatMap((c) => c.routes.flatMap((r) => r.virtualHosts.flatMap((v) => v.routes)));

const rulesOfChains = (configs: readonly EnvoyConfig[]): RuleRef[] =>
  configs.flatMap((c) =>
    c.listeners.flatMap((l) =>
      l.chains.flatMap(({ target }) => (target.kind !== 'http' && target.rule !== null ? [target.rule] : [])),
    ),
  );

const isUsed = (finding: Finding, configs: readonly EnvoyConfig[]): boolean =>
  [...routesOf(configs).map((r) => r.origin), ...rulesOfChains(configs)].some((ref) => isOf(finding, ref));

const clustersOf = ({ action }: Route): readonly string[] =>
  action.kind === 'cluster'
    ? [action.cluster]
    : action.kind === 'weighted'
      ? action.weighted.map((w) => w.cluster)
      : [];

/** Domains that redirect to HTTPS on plain HTTP. */
const redirected = (configs: readonly EnvoyConfig[]): string[] =>
  configs.flatMap((c) => c.routes.flatMap((r) => r.virtualHosts.flatMap((v) => (v.requireTls ? v.domains : []))));

const isVirtualService = (finding: Finding, route: Route): boolean =>
  resourceText(route.virtualService.id) === resourceText(finding.resource);

/** What a finding claims about the configuration, which is equal to the recorded one (conformance.test.ts). */
const claims: Partial<Record<RuleId, (finding: Finding, judged: Judged) => boolean>> = {
  'vs-match-port': (f, { configs }) => !isUsed(f, configs),
  'vs-match-gateway-unknown': (f, { configs }) => !f.message.includes('never used') || !isUsed(f, configs),
  'vs-host-not-in-gateway': (f, { configs, view }) => {
    const index = Number(/hosts\[(\d+)\]/.exec(f.path)?.[1]);
    const vs = view.virtualServices.find(
      (v) => v.id.name === f.resource.name && v.id.namespace === f.resource.namespace,
    );
    const host = vs?.spec.hosts?.[index] ?? '';
    const domains = configs.flatMap((c) =>
      c.routes.flatMap((r) =>
        r.virtualHosts.flatMap((v) => (v.routes.some((x) => isVirtualService(f, x)) ? v.domains : [])),
      ),
    );
    return host.startsWith('*') || !domains.includes(host.toLowerCase());
  },
  'vs-not-visible-to-gateway': (f, { configs }) =>
    f.resource.kind !== 'VirtualService' ||
    !f.message.includes('is bound to') ||
    configs
      .filter(
        (c) =>
          f.message.includes(`${c.workload.namespace} of the gateway`) &&
          c.gateways.some((g) => f.message.includes(`Gateway ${g.id.namespace}/${g.id.name},`)),
      )
      .every((c) => !routesOf([c]).some((r) => isVirtualService(f, r)) || c.gateways.length > 1),
  'server-no-routes': (f, { configs }) => {
    const index = Number(/servers\[(\d+)\]/.exec(f.path)?.[1]);
    const chains = configs.flatMap((config) =>
      config.listeners.flatMap((l) => l.chains.map((chain) => ({ config, chain }))),
    );
    return chains
      .filter(
        ({ chain }) =>
          chain.tls !== null &&
          chain.servers.some(
            (s) =>
              s.index === index &&
              s.gateway.id.name === f.resource.name &&
              s.gateway.id.namespace === f.resource.namespace,
          ),
      )
      .some(({ config, chain }) => {
        const { target } = chain;
        const found = target.kind === 'http' ? config.routes.find((r) => r.name === target.route) : undefined;
        return found?.virtualHosts.every((v) => v.routes.length === 0) === true;
      });
  },
  'http-server-tls-route': (f, { configs }) =>
    !routesOf(configs).some((r) => isVirtualService(f, r)) &&
    !rulesOfChains(configs).some(
      (r) => r.virtualService.id.name === f.resource.name && r.virtualService.id.namespace === f.resource.namespace,
    ),
  'redirect-namespaced-host': (_, { configs }) => redirected(configs).some((d) => d.includes('/')),
  'redirect-without-https': (_, { configs }) => redirected(configs).length > 0,
  'redirect-loop-behind-lb': (_, { configs }) => redirected(configs).length > 0,
  'redirect-code-rejected': (f, { configs }) =>
    routesOf(configs)
      .filter((r) => isOf(f, r.origin))
      .every((r) => r.action.kind === 'none'),
  'redirect-dropped': (f, { configs }) =>
    configs.some((c) =>
      c.drops.some((d) => d.reason === 'duplicate-host' && d.server.gateway.id.name === f.resource.name),
    ),
  'route-shadowed-across-vs': (f, { configs }) =>
    f.path.startsWith('spec.tcp')
      ? !isUsed(f, configs)
      : configs.some((c) => c.drops.some((d) => d.reason === 'route-shadowed' && isOf(f, d.rule))),
  'destination-host': noCluster,
  'destination-port': noCluster,
  'destination-subset': noCluster,
};

/** Some cluster of the destination is among none that istiod generates. */
function noCluster(f: Finding, { configs }: Judged): boolean {
  const using = configs.flatMap((config) =>
    routesOf([config]).flatMap((route) => (isOf(f, route.origin) ? [{ config, route }] : [])),
  );
  return (
    using.length === 0 ||
    using.some(({ config, route }) => clustersOf(route).some((name) => !config.clusters.has(name)))
  );
}

describe('findings agree with the predicted configuration', () => {
  it.each([
    ['recorded cases', () => [...recordedCases('cases'), ...recordedCases('cases-gateway-api')]],
    ['random clusters', recordedRandom],
  ])('%s', { timeout: 120_000 }, (_, clusters) => {
    const wrong: string[] = [];
    for (const { name, yaml } of clusters()) {
      const result = judged(yaml, true);
      for (const finding of result.findings) {
        const claim = claims[finding.rule as RuleId];
        if (claim && !claim(finding, result)) wrong.push(`${name}: ${finding.rule}: ${finding.message}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
