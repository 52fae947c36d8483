// Generates oclif.manifest.json from the command classes; `--check` only compares. `oclif manifest` wants compiled
// commands beside a package.json: both are made in a temporary folder, since the published bundle has neither.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}oclif.manifest.json`;

/** Returns the text of the manifest. */
async function generate() {
  mkdirSync(`${root}node_modules/.cache`, { recursive: true });
  const folder = mkdtempSync(`${root}node_modules/.cache/tlsgw-manifest-`);
  try {
    const ids = readdirSync(`${root}src/commands`).map((file) => file.replace(/\.ts$/, ''));
    const imports = ids.map((id, i) => `import command${i} from './src/commands/${id}.ts';`);
    const entries = ids.map((id, i) => `${JSON.stringify(id)}: command${i}`);
    await build({
      stdin: {
        contents: `${imports.join('\n')}\nexport const commands = { ${entries.join(', ')} };`,
        resolveDir: root,
      },
      outfile: `${folder}/commands.cjs`,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      packages: 'external',
      logLevel: 'warning',
    });
    writeFileSync(
      `${folder}/package.json`,
      readFileSync(`${root}package.json`, 'utf8').replace('"type": "module",', ''),
    );
    execFileSync(process.execPath, [`${root}node_modules/oclif/bin/run.js`, 'manifest', '--no-jit'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const manifest = JSON.parse(readFileSync(`${folder}/oclif.manifest.json`, 'utf8'));
    return `${JSON.stringify(manifest, null, 2)}\n`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const text = await generate();
let current = '';
try {
  current = readFileSync(target, 'utf8');
} catch {
  // first run
}
if (process.argv.includes('--check')) {
  if (text !== current) {
    console.error('oclif.manifest.json is not what the commands say: npm run manifest');
    process.exitCode = 1;
  }
} else if (text !== current) {
  writeFileSync(`${target}.${process.pid}`, text);
  renameSync(`${target}.${process.pid}`, target);
}
