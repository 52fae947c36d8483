/** Scaffolds a rule: `node tools/run.mjs tools/new-rule.ts my-defect error "What is wrong, in one line"`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What a new rule is made of: its file, its page, and the registry with it in its place. */
export interface Scaffold {
  readonly rule: string;
  readonly page: string;
  readonly registry: string;
}

const camel = (id: string): string => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** Returns the texts for a new rule, given the registry as it is. */
export function scaffold(id: string, severity: string, summary: string, since: string, registry: string): Scaffold {
  return {
    rule: `import { serverPlace } from '../model/envoy-config.ts';
import { serversOf, serverText } from './facts/servers.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: '${id}',
  summary: '${summary.replaceAll("'", "\\'")}',
  severity: '${severity}',
  inputs: ['view'],
  since: '${since}',
  *check({ view }) {
    for (const ref of serversOf(view.gateways)) {
      yield { kind: 'problem', message: \`\${serverText(ref)} TODO\`, at: serverPlace(ref), symptom: 'TODO', remedy: 'TODO' };
    }
  },
});
`,
    page: `# ${id}

${summary}.

## What happens

TODO: Istio's behaviour, with its facts.

## What clients see

TODO: the client's words (symptoms.md 5).

## How to fix it

TODO

## Examples

### Broken: TODO

${example(`${' '.repeat(2)}- port: {number: 443, name: https, protocol: HTTPS} # ${severity}: ${id}`)}

\`\`\`trace
kubectl tlsgw trace https://shop.example.com/
=> TODO: how the request ends, or instead of both lines "none: WHY" where no client meets the defect
\`\`\`

### Fixed: TODO

${example('  - port: {number: 443, name: https, protocol: HTTPS}')}

### Near miss: TODO

${example('  - port: {number: 443, name: https, protocol: HTTPS}')}

## Evidence

- TODO: issues, facts, sections of symptoms.md
`,
    registry: register(id, registry),
  };
}

const example = (port: string): string => `\`\`\`yaml with=ingress-gateway,shop-tls
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
${port}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop-tls}
\`\`\``;

/** Adds the import and the entry at their alphabetical places. */
function register(id: string, registry: string): string {
  const imports = [...registry.matchAll(/^import \w+ from '\.\/([\w-]+)\.ts';$/gm)].map((m) => m[1]!);
  const ids = [...imports, id].sort();
  const rest = registry.slice(registry.indexOf('\n\n'));
  const entries = `[\n${ids.map((name) => `  ${camel(name)},\n`).join('')}]`;
  return (
    ids.map((name) => `import ${camel(name)} from './${name}.ts';`).join('\n') +
    rest.replace(/\[[^\]]*\](?= as const;)/, entries)
  );
}

function main([id = '', severity = 'error', summary = 'TODO']: readonly string[]): void {
  const file = `src/rules/${id}.ts`;
  if (!/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id) || !['error', 'warning', 'info'].includes(severity)) {
    throw new Error(
      'usage: node tools/run.mjs tools/new-rule.ts the-defect error|warning|info "Summary without a full stop"',
    );
  }
  if (existsSync(file)) throw new Error(`${file} exists`);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const made = scaffold(id, severity, summary, version, readFileSync('src/rules/index.ts', 'utf8'));
  writeFileSync(file, made.rule);
  writeFileSync(`docs/rules/${id}.md`, made.page);
  writeFileSync('src/rules/index.ts', made.registry);
  console.log(`Write ${file} and docs/rules/${id}.md, then: npm run docs && npx vitest run test/rules`);
}

if (process.argv[1]?.endsWith('tools/new-rule.ts')) main(process.argv.slice(2));
