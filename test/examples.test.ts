import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../src/istio/compile.ts';
import { buildView } from '../src/model/decode.ts';
import type { Finding } from '../src/model/finding.ts';
import { rules } from '../src/rules/index.ts';
import { judge } from '../src/rules/run.ts';
import { readFiles } from '../src/sources/files.ts';
import { parseText, parseValue } from '../src/sources/yaml.ts';

const cwd = join(import.meta.dirname, '..');
const tutorial = 'examples/tls-gateway';
const fixed = 'examples/tls-gateway-fixed';

/** Runs a folder through the real pipeline; `edit` changes the text of each file on its way. */
async function doctor(folder: string, edit?: (text: string) => string) {
  const read = await readFiles([folder], { cwd });
  expect(read.problems).toEqual([]);
  const documents = edit
    ? read.files.flatMap((file) => parseText(edit(readFileSync(join(cwd, file), 'utf8')), file).documents)
    : read.documents;
  const view = buildView(documents, {
    source: 'files',
    complete: false,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  expect(view.schemaProblems).toEqual([]);
  const configs = compile(view);
  const now = new Date('2026-12-01T00:00:00Z');
  const judgement = judge({ view, configs, now, settings: { expiringWithinDays: 30 } });
  expect(judgement.internalErrors).toEqual([]);
  const says = (severities: readonly string[]) =>
    judgement.findings.filter((f) => severities.includes(f.severity)).map(summary);
  return { ...judgement, configs, loud: says(['error', 'warning']).sort(), infos: says(['info']).sort() };
}

const summary = ({ rule, resource, path }: Finding): string =>
  `${rule}: ${resource.kind} ${resource.namespace}/${resource.name} ${path}`;

const finding = (all: readonly Finding[], rule: string, name: string): Finding =>
  all.find((f) => f.rule === rule && f.resource.name === name)!;

describe(tutorial, () => {
  it('holds every defect that its author looked for in vain, and no other', async () => {
    const { loud } = await doctor(tutorial);
    expect(loud).toEqual([
      'cert-cn-only: Secret istio-system/helloworld-secret data["tls.crt"]',
      'cert-cn-only: Secret istio-system/httpbin-mutual-secret data["tls.crt"]',
      'credential-cross-namespace: Gateway test/remark-gateway spec.servers[0].tls.credentialName',
      // Two VirtualServices say what port 80 does with httpbin.example.com; one is never reached.
      'route-shadowed-across-vs: VirtualService test/httpbin spec.http[0].match[0]',
      'server-dropped-duplicate-host: Gateway test/paasthrough-gateway spec.servers[0].hosts[0]',
      'server-dropped-duplicate-host: Gateway test/sni-gateway spec.servers[0].hosts[0]',
    ]);
  });

  it('names the winner of httpbin.example.com:443, both losers, and what their clients see', async () => {
    const { findings } = await doctor(tutorial);
    for (const loser of ['sni-gateway', 'paasthrough-gateway']) {
      const { message, related, symptom } = finding(findings, 'server-dropped-duplicate-host', loser);
      expect(message).toContain(`Gateway test/${loser}`);
      expect(message).toContain('Gateway test/manual-gateway has httpbin.example.com on port 443');
      expect(related.map((r) => r.resource.name)).toContain('manual-gateway');
      expect(symptom).toContain('refuses them without a client certificate');
      expect(symptom).toContain('404');
    }
  });

  it('says why test/httpbin-secret is never delivered, and where it belongs', async () => {
    const { findings } = await doctor(tutorial);
    const { message, symptom, remedy } = finding(findings, 'credential-cross-namespace', 'remark-gateway');
    expect(message).toContain('istio-system');
    expect(symptom).toContain('Recv failure: Connection reset by peer');
    expect(remedy).toContain('Put the Secret into istio-system');
  });

  it('mentions that meshMTLS never reaches a gateway', async () => {
    const { infos } = await doctor(tutorial);
    expect(infos).toContain('mesh-mtls-setting-ignored: ConfigMap istio-system/istio data.mesh');
  });

  it('leaves open who is older, since files do not tell', async () => {
    const { undecided } = await doctor(tutorial);
    expect(undecided.map((u) => u.question).join('\n')).toContain(
      'Gateway test/manual-gateway or Gateway test/sni-gateway',
    );
  });

  it('in a cluster where it was followed from top to bottom lets in everybody', async () => {
    const aged = (text: string) =>
      text
        .replace('name: sni-gateway\n', 'name: sni-gateway\n  creationTimestamp: "2024-01-01T10:00:00Z"\n')
        .replace('name: manual-gateway\n', 'name: manual-gateway\n  creationTimestamp: "2024-01-01T11:00:00Z"\n')
        .replace(
          'name: paasthrough-gateway\n',
          'name: paasthrough-gateway\n  creationTimestamp: "2024-01-01T12:00:00Z"\n',
        );
    const { findings, undecided } = await doctor(tutorial, aged);
    const { message, symptom } = finding(findings, 'server-dropped-duplicate-host', 'manual-gateway');
    expect(message).toContain('Gateway test/sni-gateway has httpbin.example.com on port 443');
    expect(symptom).toContain('without asking for a client certificate');
    expect(undecided.filter((u) => u.question.includes('Gateway test/manual-gateway'))).toEqual([]);
  });
});

describe(fixed, () => {
  it('is silent', async () => {
    const { loud, undecided } = await doctor(fixed);
    expect(loud).toEqual([]);
    expect(undecided).toEqual([]);
  });

  it('serves every host, and drops nothing', async () => {
    const { configs } = await doctor(fixed);
    const names = configs.flatMap((c) =>
      c.listeners.flatMap((l) => l.chains.flatMap((chain) => chain.serverNames ?? [])),
    );
    expect(names.sort()).toEqual([
      'helloworld.example.com',
      'httpbin-mutual.example.com',
      'httpbin.example.com',
      'nginx.example.com',
    ]);
    // The VirtualService of nginx has a block for TLS and one for HTTP; each server reads its own.
    expect(new Set(configs.flatMap((c) => c.drops.map((d) => d.reason)))).toEqual(new Set(['block-ignored']));
    expect(configs.flatMap((c) => c.secrets.filter((s) => s.payload.kind === 'not-delivered'))).toEqual([]);
  });

  it('accepts TLS 1.3 and nothing older', async () => {
    const { configs } = await doctor(fixed);
    const versions = configs.flatMap((c) =>
      c.listeners.flatMap((l) => l.chains.flatMap((chain) => (chain.tls ? [chain.tls.minVersion] : []))),
    );
    expect(new Set(versions)).toEqual(new Set(['TLSv1_3']));
  });
});

describe('the recorded cases of the tutorial', () => {
  it.each([
    // There the certificate of helloworld is one for *.example.com.
    [
      'tutorial-sni',
      [
        'cert-cn-only: Secret istio-system/httpbin-secret data["tls.crt"]',
        'connection-coalescing: Gateway test/sni-gateway spec.servers[1].hosts',
      ],
    ],
    ['tutorial-mutual', ['cert-cn-only: Secret istio-system/httpbin-mutual-secret data["tls.crt"]']],
    ['tutorial-passthrough', []],
    [
      'tutorial-cross-namespace-credential',
      [
        'credential-cross-namespace: Gateway test/sni-gateway spec.servers[0].tls.credentialName',
        'credential-cross-namespace: Gateway test/sni-gateway spec.servers[1].tls.credentialName',
      ],
    ],
    [
      'tutorial-all-three-at-once',
      [
        'cert-cn-only: Secret istio-system/httpbin-mutual-secret data["tls.crt"]',
        'connection-coalescing: Gateway test/sni-gateway spec.servers[1].hosts',
        'route-shadowed-across-vs: VirtualService test/httpbin spec.http[0].match[0]',
        'server-dropped-duplicate-host: Gateway test/paasthrough-gateway spec.servers[0].hosts[0]',
        'server-dropped-duplicate-host: Gateway test/sni-gateway spec.servers[0].hosts[0]',
      ],
    ],
  ])('%s is explained', async (name, causes) => {
    expect((await doctor(`test/oracle/cases/${name}/input.yaml`)).loud).toEqual(causes);
  });
});

it.each([tutorial, fixed])('the README of %s names rules that exist', (folder) => {
  const readme = readFileSync(join(cwd, folder, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/\| `([a-z0-9-]+)` \|$/gm)].map((m) => m[1]!);
  const ids: readonly string[] = rules.map((rule) => rule.id);
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
});
