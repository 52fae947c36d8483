import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from './ports.ts';
import type { Pod } from './recorded.ts';
import { clustersOf, listenersOf } from './resources.ts';

/** A running Envoy with the configurations of all pods. */
export interface Running {
  /** Names of the listeners that it refused, with its words. */
  readonly refused: ReadonlyMap<string, string>;
  /** What was logged so far, one line for each connection or request. */
  log(): readonly LogLine[];
  stop(): Promise<void>;
}

/** One line of the access log; what Envoy has nothing to say about is null. */
export interface LogLine {
  readonly kind: 'http' | 'tcp' | 'listener';
  /** Both ends of the connection: the client's port alone may be in use for two of them. */
  readonly peer: string;
  readonly local: string;
  readonly chain: string | null;
  readonly route: string | null;
  readonly cluster: string | null;
  readonly status: number | null;
  readonly details: string | null;
  readonly flags: string | null;
  readonly transport: string | null;
  readonly location: string | null;
}

/** Time for Envoy to load everything. */
const START_MS = 60_000;

const resources = (of: readonly object[]): string => JSON.stringify({ version_info: '1', resources: of });

/** Writes the configuration of all pods below a folder; each Secret and route configuration is a file of its own. */
function configure(folder: string, pods: readonly Pod[], ports: Ports, admin: number, backend: number): string {
  const names = new Map<string, string>();
  const write = (name: string, of: readonly object[]): string => {
    const path = names.get(name) ?? join(folder, 'xds', `${names.size}.json`);
    // It may hold a private key.
    if (!names.has(name)) writeFileSync(path, resources(of), { mode: 0o600 });
    names.set(name, path);
    return path;
  };
  mkdirSync(join(folder, 'xds'));
  const listeners = pods.flatMap((pod) => listenersOf(pod, ports, join(folder, 'access.log'), write));
  const lds = write('lds', listeners);
  const path = join(folder, 'envoy.json');
  const address = { socket_address: { address: '127.0.0.1', port_value: admin } };
  const config = {
    node: { id: 'test', cluster: 'test' },
    admin: { address },
    dynamic_resources: { lds_config: { path_config_source: { path: lds }, resource_api_version: 'V3' } },
    static_resources: { clusters: pods.flatMap((pod) => clustersOf(pod, backend)) },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const fetchText = (admin: number, path: string): Promise<string> =>
  fetch(`http://127.0.0.1:${admin}${path}`).then((answer) => answer.text());

async function untilReady(process: ChildProcess, admin: number, complaints: () => string): Promise<void> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(100)) {
    if (process.exitCode !== null || process.signalCode !== null) throw new Error(`Envoy ended: ${complaints()}`);
    const state = await fetchText(admin, '/ready').catch(() => '');
    if (!state.startsWith('LIVE')) continue;
    if (/lds\.update_(success|rejected): [1-9]/.test(await fetchText(admin, '/stats?filter=lds'))) return;
  }
  throw new Error(`Envoy was not ready within ${START_MS / 1000} s: ${complaints()}`);
}

async function refusals(admin: number): Promise<Map<string, string>> {
  const dump = JSON.parse(await fetchText(admin, '/config_dump?resource=dynamic_listeners')) as {
    readonly configs?: readonly { readonly name: string; readonly error_state?: { readonly details: string } }[];
  };
  return new Map((dump.configs ?? []).flatMap((c) => (c.error_state ? [[c.name, c.error_state.details]] : [])));
}

/** Starts Envoy with these pods on loopback. */
export async function startEnvoy(
  binary: string,
  pods: readonly Pod[],
  ports: Ports,
  { admin, backend }: { readonly admin: number; readonly backend: number },
): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'tlsgw-envoy-'));
  const path = configure(folder, pods, ports, admin, backend);
  const flags = ['-c', path, '--concurrency', '1', '--disable-hot-restart', '-l', 'error'];
  const envoy = spawn(binary, [...flags, '--file-flush-interval-msec', '50'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  envoy.stderr.on('data', (chunk) => {
    if (complaints.length < 4000) complaints += `${chunk}`;
  });
  const ended = new Promise<void>((resolve) => envoy.once('close', () => resolve()));
  const stop = async () => {
    envoy.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
  try {
    await untilReady(envoy, admin, () => complaints);
    return {
      refused: await refusals(admin),
      log: () => linesOf(join(folder, 'access.log')),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The last line may not be written to its end yet. */
function linesOf(path: string): LogLine[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LogLine);
}
