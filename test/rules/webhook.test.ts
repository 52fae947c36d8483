import { describe, expect, it } from 'vitest';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import type { Finding } from '../../src/model/finding.ts';
import { now } from '../../src/pages/expand.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import { recordedRandom } from '../conformance/oracle.ts';

/** The rules that say what the admission webhook says about Gateways, with the words of its refusals (J4-J9). */
const refusals: readonly { readonly rule: string; readonly text: RegExp }[] = [
  { rule: 'protocol-tls-mismatch', text: /server (must have|cannot have) TLS settings/ },
  { rule: 'duplicate-port-name', text: /port names in servers must be unique/ },
  { rule: 'tls-files-incomplete', text: /requires a (server certificate|private key|client CA bundle)/ },
  { rule: 'credential-conflict', text: /only one of|cannot have associated/ },
  { rule: 'invalid-host', text: /short names|partial wildcard|domain name|invalid namespace value|at least one host/ },
  { rule: 'schema', text: /invalid protocol|port is required|port name must be set|port number/ },
];

/** `Gateway/ns/name: text` lines, one entry per text. */
function refused(invalid: readonly string[] | null): Map<string, string[]> {
  const byObject = new Map<string, string[]>();
  for (const entry of invalid ?? []) {
    const at = entry.indexOf(': ');
    const texts = entry
      .slice(at + 2)
      .split('\n')
      .map((line) => line.replace(/^\s*\* /, '').trim())
      .filter((line) => line !== '' && !/^\d+ errors? occurred:$/.test(line));
    byObject.set(entry.slice(0, at), [...(byObject.get(entry.slice(0, at)) ?? []), ...texts]);
  }
  return byObject;
}

function findingsOf(yaml: string): readonly Finding[] {
  const view = buildView(parseText(yaml, 'input.yaml').documents, {
    source: 'files',
    complete: false,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  const rules = { only: refusals.map((r) => r.rule) };
  return judge({ view, configs: compile(view), now, settings: { expiringWithinDays: 30 }, rules }).findings;
}

function said(yaml: string): Map<string, Set<string>> {
  const byObject = new Map<string, Set<string>>();
  for (const { resource, rule } of findingsOf(yaml)) {
    const key = `${resource.kind}/${resource.namespace}/${resource.name}`;
    byObject.set(key, (byObject.get(key) ?? new Set()).add(rule));
  }
  return byObject;
}

describe('findings about Gateways and what the admission webhook of Istio 1.30.3 refused', () => {
  it('are the same in all random clusters', { timeout: 120_000 }, () => {
    let texts = 0;
    for (const cluster of recordedRandom()) {
      const { invalid } = cluster as typeof cluster & { readonly invalid: readonly string[] | null };
      const wanted = refused(invalid);
      const got = said(cluster.yaml);
      for (const [object, reasons] of wanted) {
        if (!object.startsWith('Gateway/')) continue;
        for (const reason of reasons) {
          const rule = refusals.find((r) => r.text.test(reason))?.rule;
          expect(rule, `${cluster.name}: no rule speaks for "${reason}"`).toBeDefined();
          expect([...(got.get(object) ?? [])], `${cluster.name}: ${object}: ${reason}`).toContain(rule);
          texts++;
        }
      }
      for (const [object, rules] of got) {
        for (const rule of rules) {
          const { text } = refusals.find((r) => r.rule === rule)!;
          expect(
            (wanted.get(object) ?? []).some((reason) => text.test(reason)),
            `${cluster.name}: the webhook accepts ${object}, and ${rule} does not`,
          ).toBe(true);
        }
      }
    }
    expect(texts).toBeGreaterThan(100);
  });
});

it('a redirect with a TLS mode is to stay plain HTTP: no advice to make port 80 HTTPS', () => {
  const findings = findingsOf(`apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: t}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    tls: {mode: SIMPLE, httpsRedirect: true}
    hosts: [a.example.com]
`);
  expect(findings.map(({ rule }) => rule)).toEqual(['protocol-tls-mismatch']);
  expect(findings[0]?.remedy).toContain('{"op":"replace","path":"/spec/servers/0/tls","value":{"httpsRedirect":true}}');
  expect(findings[0]?.symptom).toContain('server cannot have TLS settings for plain text HTTP ports');
});
