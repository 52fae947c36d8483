// npm's `prepare`: builds after `npm ci`, and when npm installs the package from git. For a global install from git (as
// pre-commit makes) npm runs this without having installed what the build needs, because the nested npm is global too.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function isInstalled(name) {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function installHere() {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_(global|prefix|local_prefix|location)/i.test(name)),
  );
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', args, {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
    // npm is a command file there.
    shell: process.platform === 'win32',
  });
  if (error || status !== 0) {
    console.error(`kubectl-tlsgw: what the build needs could not be installed; run in ${root}: npm ci`);
    process.exit(status || 1);
  }
}

if (!isInstalled('esbuild')) installHere();
const { buildAll, report } = await import('./build.mjs');
report(await buildAll());
