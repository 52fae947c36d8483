import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { binary, emptyFolder, root, shell } from './run.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Blocks of a page whose first line is ```LANGUAGE. */
const blocks = (page: string, language: string): string[] => {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...read(page).matchAll(fence)].map((match) => match[1]!);
};

/** A gateway that works without a Secret, and conflicts with another one for the same host. */
const passthrough = (namespace: string, host: string) => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: ${namespace}}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: tls, protocol: TLS}
    hosts: [${host}]
    tls: {mode: PASSTHROUGH}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: ${namespace}}
spec:
  hosts: [${host}]
  gateways: [shop]
  tls:
  - match: [{sniHosts: [${host}]}]
    route: [{destination: {host: shop, port: {number: 443}}}]
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: ${namespace}}
spec:
  selector: {app: shop}
  ports: [{name: tls, port: 443}]
`;

const realKubectl = spawnSync('bash', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).stdout.trim();

/** What this machine does not have, or must not ask: a cluster, Helm, the registry. */
const programs = {
  'kubectl-tlsgw': `#!/bin/sh\nexec "${process.execPath}" "${binary}" "$@"\n`,
  kubectl: `#!/bin/sh
case $1 in
  tlsgw) shift ;;
  *) exec ${realKubectl === '' ? 'false' : realKubectl} "$@" ;;
esac
case $1 in
  snapshot) for file in "$REPOSITORY"/gateways/*.yaml; do echo ---; cat "$file"; done ;;
  *) exec kubectl-tlsgw "$@" ;;
esac
`,
  helm: '#!/bin/sh\n[ "$1" = template ] && [ -d "$3" ] && cat "$3/rendered.yaml"\n',
  npm: '#!/bin/sh\n[ "$1 $2" = "install --global" ]\n',
};

/** A repository as the pages speak of it, with these programs before all others. */
function repository(): { readonly cwd: string; readonly env: Record<string, string> } {
  const place = emptyFolder();
  const [cwd, bin] = [join(place, 'repository'), join(place, 'bin')];
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  cpSync(join(root, 'examples/tls-gateway-fixed'), join(cwd, 'gateways'), { recursive: true });
  write('gateways/shop.yaml', passthrough('shop', 'shop.example.com'));
  write('environments/dev/shop.yaml', passthrough('dev', 'environment.example.com'));
  write('environments/prod/shop.yaml', passthrough('prod', 'environment.example.com'));
  write('overlays/prod/kustomization.yaml', 'resources: [shop.yaml]\n');
  write('overlays/prod/shop.yaml', passthrough('prod', 'kustomized.example.com'));
  write('charts/shop/rendered.yaml', passthrough('chart', 'rendered.example.com'));
  write('values-prod.yaml', '{}\n');
  mkdirSync(bin);
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  return { cwd, env: { PATH: `${bin}:${process.env.PATH ?? ''}`, REPOSITORY: cwd } };
}

const strict = (text: string): string => `set -euo pipefail\n${text}`;

const pages = ['docs/ci.md', 'docs/configuration.md', 'docs/formats.md', 'docs/getting-started.md'];
const snippets = pages.flatMap((page) => blocks(page, 'sh').map((text) => ({ page, text })));

describe('commands in the pages', () => {
  it.concurrent.each(snippets)('run: $page $text', async ({ page, text }) => {
    if (realKubectl === '' && / -k |kustomize/.test(text)) return;
    const { code, stderr } = await shell(strict(text), repository());
    expect({ page, text, code, stderr: code === 0 ? '' : stderr }).toEqual({ page, text, code: 0, stderr: '' });
  });

  it('need --each where environments lie side by side', async () => {
    const { code, stdout } = await shell('kubectl tlsgw lint environments', repository());
    expect(code).toBe(1);
    expect(stdout).toContain('server-dropped-duplicate-host');
  });
});

interface Job {
  readonly steps: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, string>> }[];
}

describe('files in docs/ci.md', () => {
  it('for GitHub give the action only inputs and outputs that it has', () => {
    const action = load(read('action.yml')) as Record<'inputs' | 'outputs', Record<string, object>>;
    const workflows = blocks('docs/ci.md', 'yaml github-workflow');
    expect(workflows).toHaveLength(2);
    for (const text of workflows) {
      const { jobs } = load(text) as { jobs: Record<string, Job> };
      const ours = Object.values(jobs).flatMap((job) =>
        job.steps.filter(({ uses }) => uses?.includes('/kubectl-tlsgw@')),
      );
      expect(ours).toHaveLength(1);
      for (const input of Object.keys(ours[0]?.with ?? {})) expect(Object.keys(action.inputs)).toContain(input);
      for (const [, output = ''] of text.matchAll(/outputs\.([\w-]+)/g))
        expect(Object.keys(action.outputs)).toContain(output);
    }
    const table = [...read('docs/ci.md').matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1]!);
    expect(table.sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it('for GitLab run as its runner would, and leave reports', async () => {
    const job = (load(read('ci/gitlab.yml')) as { tlsgw: Record<string, unknown> }).tlsgw;
    const [own = ''] = blocks('docs/ci.md', 'yaml gitlab-ci');
    const { tlsgw } = load(own) as { tlsgw: { variables: Record<string, string> } };
    const defaults = job.variables as Record<string, string>;
    for (const name of Object.keys(tlsgw.variables)) expect(Object.keys(defaults)).toContain(name);
    const lines = [...(job.before_script as string[]), ...(job.script as string[])].join('\n');
    const { cwd, env } = repository();
    const variables = { ...defaults, ...tlsgw.variables, CI: 'true' };
    const { code, stderr } = await shell(strict(lines), { cwd, env: { ...env, ...variables } });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const { reports } = job.artifacts as { reports: Record<string, string> };
    expect(JSON.parse(readFileSync(join(cwd, reports.codequality!), 'utf8'))).toEqual(expect.any(Array));
    expect(readFileSync(join(cwd, reports.junit!), 'utf8')).toContain('<testsuites');
  });

  it('for pre-commit name the hook that there is', () => {
    const [hook] = load(read('.pre-commit-hooks.yaml')) as { id: string; entry: string }[];
    const [text = ''] = blocks('docs/ci.md', 'yaml pre-commit-config');
    const { repos } = load(text) as { repos: { hooks: { id: string }[] }[] };
    expect(repos[0]?.hooks[0]?.id).toBe(hook?.id);
    const { bin } = JSON.parse(read('package.json')) as { bin: Record<string, string> };
    expect(Object.keys(bin)).toContain(hook?.entry.split(' ')[0]);
  });

  it('name the version of this package', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    for (const file of ['docs/ci.md', 'ci/gitlab.yml'])
      for (const [, named] of read(file).matchAll(/(?:kubectl-tlsgw@|rev: v|ref: v)(\d+\.\d+\.\d+)/g))
        expect({ file, named }).toEqual({ file, named: version });
  });
});
