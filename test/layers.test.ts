import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  architectureFile,
  cycles,
  type Import,
  importsOf,
  layers,
  targetOf,
  violations,
  withDiagram,
} from '../tools/layers.ts';

const root = join(import.meta.dirname, '..');
const files = new Map(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .sort()
    .map((file) => [file, readFileSync(join(root, file), 'utf8')]),
);

/** Circles that the compiler erases; to be opened, and not to be joined by others. */
const knownCircles = ['src/istio/ports.ts src/istio/select.ts', 'src/cli/trace-story.ts src/cli/trace-words.ts'];

describe('the arrows between layers', () => {
  it.each(layers)('$name', ({ name }) => {
    const own = [...files].filter(([file]) => file.startsWith(`src/${name}/`));
    expect(own.length).toBeGreaterThan(0);
    expect(own.flatMap(([file, text]) => violations(file, text))).toEqual([]);
  });

  it('are known for every folder', () => {
    const known = layers.map((layer) => `src/${layer.name}/`);
    expect([...files.keys()].filter((file) => !known.some((folder) => file.startsWith(folder)))).toEqual([]);
  });

  const graph = (counts: (found: Import) => boolean) =>
    new Map(
      [...files].map(([file, text]) => {
        const local = importsOf(text).filter((found) => found.from.startsWith('.') && counts(found));
        return [file, local.map(({ from }) => targetOf(file, from))];
      }),
    );

  it('never lead in a circle', () => {
    expect(cycles(graph(({ isType }) => !isType))).toEqual([]);
  });

  it('nor do those of types, but for the known ones', () => {
    expect(cycles(graph(() => true)).filter((circle) => !knownCircles.includes(circle.join(' ')))).toEqual([]);
  });

  it('lead to the network from the probe command alone', () => {
    const arrows = graph(({ isType }) => !isType);
    const reached = (from: string): Set<string> => {
      const seen = new Set([from]);
      for (const file of seen) for (const next of arrows.get(file) ?? []) seen.add(next);
      return seen;
    };
    const commands = [...files.keys()].filter((file) => file.startsWith('src/commands/'));
    const probing = commands.filter((file) => [...reached(file)].some((next) => next.startsWith('src/probe/')));
    expect(probing).toEqual(['src/commands/probe.ts']);
  });

  it('are drawn in docs/architecture.md as they are checked here (npm run docs)', () => {
    const page = readFileSync(join(root, architectureFile), 'utf8');
    expect(page).toBe(withDiagram(page));
  });
});

const rule = 'export default defineRule({});';

describe('a forbidden arrow fails with the name of the import', () => {
  it.each([
    ['src/model/host.ts', `import { readFileSync } from 'node:fs';`, 'node:fs'],
    ['src/model/host.ts', `import { compile } from '../istio/compile.ts';`, '../istio/compile.ts'],
    ['src/istio/hosts.ts', `import type { Severity } from '../rules/rule.ts';`, '../rules/rule.ts'],
    ['src/istio/hosts.ts', `import { createHash } from 'node:crypto';`, 'node:crypto'],
    ['src/istio/hosts.ts', `import { judge } from '../envoy/accept.ts';`, '../envoy/accept.ts'],
    ['src/envoy/match.ts', `import { isIP } from 'node:net';`, 'node:net'],
    ['src/envoy/match.ts', `import { readChain } from '../x509/bundle.ts';`, '../x509/bundle.ts'],
    ['src/rules/bad.ts', `import { relative } from 'node:path';`, 'node:path'],
    ['src/rules/bad.ts', `import other from './secret-not-found.ts';\n${rule}`, './secret-not-found.ts'],
    ['src/rules/bad.ts', `import { judge } from './run.ts';\n${rule}`, './run.ts'],
    ['src/rules/bad.ts', `import { table } from '../render/grid.ts';`, '../render/grid.ts'],
    ['src/rules/bad.ts', `import { parseText } from '../sources/yaml.ts';`, '../sources/yaml.ts'],
    ['src/rules/facts/bad.ts', `import rule from '../cert-cn-only.ts';`, '../cert-cn-only.ts'],
    ['src/render/table.ts', `import { EOL } from 'node:os';`, 'node:os'],
    ['src/render/table.ts', `import { ruleOf } from '../rules/index.ts';`, '../rules/index.ts'],
    ['src/render/table.ts', `const { load } = await import('js-yaml');`, 'js-yaml'],
    ['src/sources/files.ts', `import { load } from 'js-yaml';`, 'js-yaml'],
    ['src/sources/files.ts', `import { compile } from '../istio/compile.ts';`, '../istio/compile.ts'],
    ['src/sources/envoy.ts', `import * as k8s from '@kubernetes/client-node';`, '@kubernetes/client-node'],
    ['src/cli/session.ts', `const k8s = await import('@kubernetes/client-node');`, '@kubernetes/client-node'],
    ['src/cli/session.ts', `import { flags } from '../commands/doctor.ts';`, '../commands/doctor.ts'],
    ['src/commands/doctor.ts', `import { readFiles } from '../sources/files.ts';`, '../sources/files.ts'],
    ['src/commands/doctor.ts', `import { judge } from '../rules/run.ts';`, '../rules/run.ts'],
    ['src/x509/pem.ts', `import { readFileSync } from 'node:fs';`, 'node:fs'],
    ['src/x509/pem.ts', `import 'chalk';`, 'chalk'],
    ['src/istio/compile.ts', `import(name);`, 'name'],
    ['src/model/coverage.ts', `import pkg from '../../package.json' with { type: 'json' };`, '../../package.json'],
    ['src/istio/index.ts', `export const a = 1;`, 'src/istio/index.ts'],
    ['src/istio/all.ts', `export { compile } from './compile.ts';`, './compile.ts'],
    ['src/istio/all.ts', `export * from './compile.ts';`, './compile.ts'],
    ['src/utils/text.ts', `export const a = 1;`, 'src/utils/text.ts'],
  ])('%s: %s', (file, text, name) => {
    expect(violations(file, `${text}\n`).join('\n')).toContain(name);
  });

  it('also over several lines, and inside comments never', () => {
    const wrong = `import {\n  type A,\n  b,\n} from '../rules/run.ts';\n`;
    expect(violations('src/istio/a.ts', wrong)).toHaveLength(1);
    expect(violations('src/istio/a.ts', `/* ${wrong} */\n// import { b } from '../rules/run.ts';\n`)).toEqual([]);
  });
});

describe('what is not an import fails with its line', () => {
  it.each([
    ['src/rules/bad.ts', 'const now = new Date();'],
    ['src/istio/bad.ts', 'const now = Date.now();'],
    ['src/envoy/bad.ts', 'const now = new Date;'],
    ['src/x509/bad.ts', 'const now = new Date( );'],
    ['src/render/bad.ts', 'const now = new Date();'],
    ['src/render/bad.ts', 'const width = process.stdout.columns;'],
    ['src/sources/bad.ts', `const home = process['env'].HOME;`],
    ['src/commands/bad.ts', 'console.log(text);'],
    ['src/model/bad.ts', 'if (stream.isTTY) return;'],
  ])('%s: %s', (file, line) => {
    expect(violations(file, `const a = 1;\n${line}\n`)).toEqual([expect.stringContaining(`${file}:2: ${line}: `)]);
  });

  it.each([
    ['src/rules/good.ts', 'const then = new Date(0); // not Date.now()'],
    ['src/render/good.ts', 'const then = new Date(time);'],
    ['src/rules/good.ts', 'const text = subprocess.name;'],
    ['src/cli/good.ts', 'process.exitCode = 1;'],
  ])('%s: %s is fine', (file, line) => {
    expect(violations(file, `${line}\n`)).toEqual([]);
  });

  it('as does a file that has grown too long', () => {
    expect(violations('src/istio/a.ts', 'const a = 1;\n'.repeat(301))).toEqual([
      'src/istio/a.ts has 301 lines, more than 300',
    ]);
  });
});

describe('cycles', () => {
  it('finds circles of any length, and none where there is none', () => {
    const graph = (text: string) =>
      new Map(text.split(' ').map((arrow) => [arrow.split('>')[0]!, arrow.split('>')[1]!.split(',')] as const));
    expect(cycles(graph('a>b b>c c>a d>a'))).toEqual([['a', 'b', 'c']]);
    expect(cycles(graph('a>b,c b>d c>d d>e'))).toEqual([]);
    expect(cycles(graph('a>a'))).toEqual([['a']]);
  });
});
