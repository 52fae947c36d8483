/** The layers of src/ and their arrows: checked by test/layers.test.ts, drawn in docs/architecture.md (`npm run docs`). */
import { posix } from 'node:path';

/** One folder of src/. */
export interface Layer {
  readonly name: string;
  readonly does: string;
  /** Layers it may import, types included. */
  readonly imports: readonly string[];
  /** Packages and Node modules it may import; `node:*` stands for all of Node. */
  readonly packages: readonly string[];
}

/** What changes most depends on what changes least. */
export const layers: readonly Layer[] = [
  {
    name: 'commands',
    does: 'argv to one use case to one renderer; no logic',
    imports: ['cli', 'render', 'model'],
    packages: ['@oclif/core'],
  },
  {
    name: 'cli',
    does: 'flags, session, output, exit codes; the only folder that touches `process`',
    imports: ['sources', 'istio', 'envoy', 'x509', 'rules', 'render', 'probe', 'pages', 'model'],
    packages: ['@oclif/core', 're2js', 'node:*'],
  },
  {
    name: 'sources',
    does: 'files, stdin, YAML, later the cluster: the outside world as documents',
    imports: ['model'],
    packages: ['js-yaml', '@kubernetes/client-node', 'undici', 'node:*'],
  },
  {
    name: 'rules',
    does: 'what is bad about it: one defect per file',
    imports: ['istio', 'envoy', 'x509', 'model'],
    packages: [],
  },
  {
    name: 'istio',
    does: 'what istiod builds, and what it leaves out and why; one file per stage of istiod',
    imports: ['x509', 'model'],
    packages: [],
  },
  {
    name: 'envoy',
    does: 'what Envoy does with what it is sent',
    imports: ['model'],
    packages: [],
  },
  {
    name: 'x509',
    does: 'PEM, chains, keys, names: bytes in, facts out',
    imports: ['model'],
    packages: ['node:crypto', '@peculiar/x509', 'reflect-metadata'],
  },
  {
    name: 'render',
    does: 'a value as text: tables, report formats',
    imports: ['model'],
    packages: ['chalk', 'cli-table3'],
  },
  {
    name: 'probe',
    does: 'real TLS handshakes; unreachable from all other commands',
    imports: ['model'],
    packages: ['node:*'],
  },
  {
    name: 'pages',
    does: 'the examples of docs/rules as input; their certificates are made on the spot',
    imports: ['model'],
    packages: ['node:crypto'],
  },
  { name: 'model', does: 'the vocabulary of all of them; imports nothing', imports: [], packages: [] },
];

/** Packages that few files may import. */
const onlyIn: Readonly<Record<string, readonly string[]>> = {
  'js-yaml': ['src/sources/yaml.ts', 'src/sources/yaml-values.ts'],
  '@kubernetes/client-node': ['src/sources/cluster.ts'],
};

/** Files that may do what their layer may not. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  // The registry of commands: loads each on demand, and nothing else in cli/ knows them.
  'src/cli/plugin.ts': ['commands'],
};

/** Files that collect others; nothing else may be named index.ts or export what it imports. */
const registries = ['src/rules/index.ts', 'src/render/index.ts'];

/** What each layer must leave to the cli, by the layers that may have it. */
const words: readonly { readonly what: RegExp; readonly allowed: readonly string[]; readonly why: string }[] = [
  { what: /(?<![\w.])(?:process|console)\s*[.[]/, allowed: ['cli'], why: 'only cli/ touches the process' },
  { what: /\bisTTY\b/, allowed: ['cli'], why: 'only cli/ knows terminals' },
  {
    what: /\bDate\.now\b|\bnew Date(?!\s*\(\s*[^\s)])/,
    allowed: ['cli', 'commands', 'probe'],
    why: 'the time is an argument',
  },
];

const longest = 300;
/** Files that may be longer, with the reason. */
const long: Readonly<Record<string, string>> = {
  'src/model/envoy-config.ts': 'types only, one vocabulary',
};

/** A module as a file names it. */
export interface Import {
  readonly from: string;
  /** Erased by the compiler. */
  readonly isType: boolean;
  readonly isExport: boolean;
}

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')).replace(/(^|\s)\/\/.*$/gm, '$1');

/** Everything that a TypeScript file imports, `import()` and `export ... from` included. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const statements = [...code.matchAll(/^(import|export)\b([^;'"]*?)\bfrom\s*['"]([^'"]+)['"]/gm)];
  const bare = [...code.matchAll(/^import\s*['"]([^'"]+)['"]/gm)];
  const calls = [...code.matchAll(/\b(?:import|require)\s*\(\s*([^)]*)\)/g)];
  return [
    ...statements.map(([, keyword, names, from]) => {
      return { from: from!, isType: /^\s*type\b/.test(names!), isExport: keyword === 'export' };
    }),
    ...bare.map(([, from]) => ({ from: from!, isType: false, isExport: false })),
    ...calls.map(([, argument]) => {
      return {
        from: /^['"]([^'"]+)['"]$/.exec(argument!.trim())?.[1] ?? `(${argument})`,
        isType: false,
        isExport: false,
      };
    }),
  ];
}

/** The file that a relative import leads to. */
export const targetOf = (file: string, from: string): string => posix.join(posix.dirname(file), from);

const layerOf = (file: string): string => file.split('/')[1] ?? '';

/** The package of an import: `@oclif/core/flags` is part of `@oclif/core`. */
const packageOf = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');

const allows = (allowed: readonly string[], name: string): boolean =>
  allowed.includes(name) || (name.startsWith('node:') && allowed.includes('node:*'));

function wrongPackage(file: string, layer: Layer, from: string): string | null {
  const name = packageOf(from);
  const owners = onlyIn[name];
  if (owners !== undefined && !owners.includes(file)) return `${from}: only ${owners.join(' and ')} may`;
  if (allows(layer.packages, name)) return null;
  return `${from}: ${layer.name}/ may import ${layer.packages.join(', ') || 'no package'}`;
}

/** What a rule, or a fact that rules share, may import of its own layer. */
const shared = /^src\/rules\/(?:rule\.ts$|facts\/)/;

const isRuleOrFact = (file: string, text: string): boolean =>
  file.startsWith('src/rules/facts/') || /^export default defineRule\(/m.test(text);

function wrongFile(file: string, layer: Layer, from: string, text: string): string | null {
  const target = targetOf(file, from);
  if (!target.startsWith('src/')) return layer.name === 'cli' ? null : `${from}: only cli/ may read files outside src/`;
  const other = layerOf(target);
  if (other === 'rules' && isRuleOrFact(file, text) && !shared.test(target)) {
    return `${from}: a rule may import rule.ts and facts/, no other rule and no part of the engine`;
  }
  if (other === layer.name || layer.imports.includes(other) || exceptions[file]?.includes(other)) return null;
  return `${from}: ${layer.name}/ may import ${layer.imports.join(', ') || 'no other layer'}`;
}

/** Everything that is forbidden in one file of src/, in words. */
export function violations(file: string, text: string): string[] {
  const layer = layers.find(({ name }) => name === layerOf(file));
  if (!layer) return [`${file}: no layer has this folder (tools/layers.ts)`];
  const found: string[] = [];
  for (const { from, isExport } of importsOf(text)) {
    const wrong = from.startsWith('.') ? wrongFile(file, layer, from, text) : wrongPackage(file, layer, from);
    if (wrong !== null) found.push(`${file} imports ${wrong}`);
    if (isExport) found.push(`${file} exports what it imports from ${from}: import it where it is`);
  }
  if (file.endsWith('/index.ts') && !registries.includes(file))
    found.push(`${file}: only ${registries.join(', ')} collect`);
  const code = withoutComments(text);
  for (const { what, allowed, why } of words) {
    const line = allowed.includes(layer.name) ? -1 : code.split('\n').findIndex((l) => what.test(l));
    if (line >= 0) found.push(`${file}:${line + 1}: ${text.split('\n')[line]!.trim()}: ${why}`);
  }
  const length = text.trimEnd().split('\n').length;
  if (length > longest && long[file] === undefined) found.push(`${file} has ${length} lines, more than ${longest}`);
  return found;
}

/** The files that import each other in circles, given what each imports. */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (open.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    if (circle.length > 1 || graph.get(file)?.includes(file)) found.push(circle.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** The arrows as a diagram, and the layers as a table. */
export function diagram(): string {
  const arrows = layers.flatMap(({ name, imports }) => {
    const others = imports.filter((i) => i !== 'model');
    return others.length === 0 ? [] : [`  ${name} --> ${others.join(' & ')}`];
  });
  const all = layers.filter((l) => l.name !== 'model' && l.imports.length === 1).map((l) => l.name);
  const rows = layers.map(
    ({ name, does, packages }) => `| \`${name}\` | ${does} | ${packages.map((p) => `\`${p}\``).join(', ') || '-'} |`,
  );
  return `\`\`\`mermaid
flowchart TD
${arrows.join('\n')}
  ${all.join(' & ')} --> model
\`\`\`

Every layer may import \`model\`; the diagram leaves out the arrows that follow from others.

| layer | what it does | packages |
|---|---|---|
${rows.join('\n')}
`;
}

export const architectureFile = 'docs/architecture.md';

/** Puts the diagram between the markers of the page. */
export function withDiagram(page: string): string {
  const [begin, end] = ['<!-- layers: generated by npm run docs -->\n', '<!-- end of layers -->'];
  const [head, rest] = page.split(begin);
  const tail = rest?.split(end)[1];
  if (tail === undefined) throw new Error(`${architectureFile} has lost its markers ${begin.trim()} and ${end}`);
  return `${head}${begin}\n${diagram()}\n${end}${tail}`;
}
