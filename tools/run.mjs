// Runs a TypeScript tool: `node tools/run.mjs tools/new-rule.ts my-rule`. Node 20 does not read TypeScript itself.
import { mkdirSync, rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [tool, ...args] = process.argv.slice(2);
if (tool === undefined) {
  console.error('usage: node tools/run.mjs TOOL.ts [ARGUMENT...]');
  process.exit(2);
}
// Inside the package, so that the imports of packages resolve.
const folder = `${root}node_modules/.cache/tlsgw`;
const outfile = `${folder}/${basename(tool, '.ts')}-${process.pid}.mjs`;
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [resolve(tool)],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
process.argv = [process.argv[0], resolve(tool), ...args];
try {
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(outfile, { force: true });
}
