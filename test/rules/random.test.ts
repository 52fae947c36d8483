import { describe, expect, it } from 'vitest';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Server } from '../../src/model/specs.ts';
import { now } from '../../src/pages/expand.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import { type RecordedCluster, recordedRandom } from '../conformance/oracle.ts';
import { longMessages, sharedIdentities } from './identities.ts';

/** The parts of config.json that findings are held against (test/oracle/README.md). */
interface Config {
  readonly listeners?: readonly { readonly chains?: readonly { readonly http?: { readonly route: string } }[] }[];
  readonly secrets?: Readonly<Record<string, unknown>>;
}

const clusters = recordedRandom();

function report(cluster: RecordedCluster) {
  const view = buildView(parseText(cluster.yaml, cluster.name).documents, {
    source: 'files',
    complete: false,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  const judgement = judge({ view, configs: compile(view), now, settings: { expiringWithinDays: 30 } });
  const serverOf = ({ resource, path }: Finding): Server | undefined => {
    const gateway = view.gateways.find((g) => g.id.name === resource.name && g.id.namespace === resource.namespace);
    return gateway?.spec.servers?.[Number(/^spec\.servers\[(\d+)\]/.exec(path)?.[1])];
  };
  /** Another server of its Gateway gives the same route name. */
  const hasTwin = (of: Finding): boolean => {
    const own = serverOf(of);
    const servers = view.gateways.find(
      (g) => g.id.name === of.resource.name && g.id.namespace === of.resource.namespace,
    )?.spec.servers;
    return (
      (servers ?? []).filter((s) => s.port?.name === own?.port?.name && s.port?.number === own?.port?.number).length > 1
    );
  };
  return { ...judgement, serverOf, hasTwin };
}

/** What istiod recorded for the gateways that a finding speaks about; no workload: for all of them. */
const recordedFor = (cluster: RecordedCluster, { workload }: Finding): Config[] =>
  cluster.results
    .filter((r) => workload === null || r.workload === workload.replace('/', '.'))
    .map((r) => r.config as Config);

const undelivered = new Set(['secret-not-found', 'secret-wrong-namespace', 'credential-cross-namespace']);

/** The SDS name of the credential at the end of a path (D16; the random clusters have no sds:// names). */
function sdsName(server: Server | undefined, path: string): string {
  const [, field, index] = /tls\.(\w+)(?:\[(\d+)\])?$/.exec(path) ?? [];
  const value = (server?.tls as Readonly<Record<string, unknown>> | undefined)?.[field ?? ''];
  const text = String(index === undefined ? value : (value as readonly unknown[])[Number(index)]);
  return text.includes('://') ? text : `kubernetes://${text}`;
}

describe('findings about random clusters agree with what Istio recorded', () => {
  for (let part = 0; part < 5; part++) {
    it(`part ${part + 1} of 5`, { timeout: 60_000 }, () => {
      let checked = 0;
      for (const cluster of clusters.filter((_, i) => i % 5 === part)) {
        const { findings, internalErrors, serverOf, hasTwin } = report(cluster);
        expect(internalErrors, cluster.name).toEqual([]);
        expect(sharedIdentities(findings), cluster.name).toEqual([]);
        expect(longMessages(findings), cluster.name).toEqual([]);
        for (const finding of findings) {
          const configs = recordedFor(cluster, finding);
          const where = `${cluster.name}: ${finding.rule}: ${finding.message}`;
          if (undelivered.has(finding.rule)) {
            const sds = sdsName(serverOf(finding), finding.path);
            const known = configs.map((c) => c.secrets?.[sds]).filter((s) => s !== undefined);
            expect(known.length, where).toBeGreaterThan(0);
            expect(known, where).toContain('not delivered');
            checked++;
          }
          if (finding.rule.startsWith('server-dropped-') && !hasTwin(finding)) {
            const server = serverOf(finding);
            if (server?.port?.protocol !== 'HTTPS' || !server.tls || server.tls.mode === 'PASSTHROUGH') continue;
            const bind = server.bind ? `.${server.bind}` : '';
            const route = `https.${server.port.number}.${server.port.name}.${finding.resource.name}.${finding.resource.namespace}${bind}`;
            const routes = configs.map((c) =>
              (c.listeners ?? []).flatMap((l) => (l.chains ?? []).map((ch) => ch.http?.route)),
            );
            expect(
              routes.some((list) => !list.includes(route)),
              where,
            ).toBe(true);
            checked++;
          }
        }
      }
      expect(checked).toBeGreaterThan(100);
    });
  }
});
