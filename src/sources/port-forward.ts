import { request } from 'node:http';
import { Duplex, PassThrough } from 'node:stream';
import { AccessError } from './access-error.ts';
import { type Connection, tlsOf } from './api-connection.ts';
import { kubernetesClient } from './cluster.ts';
import type { Access } from './cluster-access.ts';

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** An agent that speaks through the proxy: the client makes one, and keeps the method to itself. */
const agentOf = (config: unknown, cluster: unknown, tls: unknown): unknown =>
  (config as { createAgent(cluster: unknown, options: unknown): unknown }).createAgent(cluster, tls);

/** The configuration of the official client, with what this program has found out about the cluster and the user. */
async function clientConfig(access: Access, connection: Connection) {
  const { KubeConfig, PortForward } = await kubernetesClient();
  const headers = await connection.headers();
  const tls = tlsOf(access, connection.execCredential());
  const cluster = {
    name: 'cluster',
    server: access.server,
    // It refuses http:// otherwise, which kubectl does not.
    skipTLSVerify: access.insecure || access.server.startsWith('http:'),
    ...(access.proxy === null ? {} : { proxyUrl: access.proxy }),
  };
  // It knows neither groups to impersonate nor answers of plugins that this program has asked already.
  class Config extends KubeConfig {
    override async applyToHTTPSOptions(options: Parameters<InstanceType<typeof KubeConfig>['applyToHTTPSOptions']>[0]) {
      Object.assign(options, tls, { headers });
      if (access.proxy !== null) Object.assign(options, { agent: agentOf(this, cluster, tls) });
    }
  }
  const config = new Config();
  config.loadFromClusterAndUser(cluster, { name: 'user' });
  return new PortForward(config);
}

/** Answers a GET on a port of a pod, through the API server. Nothing runs in the pod for it. */
export async function getFromPod(
  at: PodPort,
  path: string,
  access: Access,
  connection: Connection,
  timeout: number,
): Promise<string> {
  const forward = await clientConfig(access, connection);
  const [toPod, fromPod, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const where = `port ${at.port} of pod ${at.namespace}/${at.pod}`;
  const failed = (why: string): AccessError =>
    new AccessError(
      `${where} cannot be reached: ${why}`,
      `kubectl -n ${at.namespace} port-forward ${at.pod} ${at.port} & curl -s localhost:${at.port}${path} > dump.json; kubectl tlsgw diff --config-dump dump.json`,
    );
  let socket: { close(): void; terminate?(): void } | null = null;
  try {
    return await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(failed(`no answer within ${timeout / 1000} s`)),
        timeout > 0 ? timeout : 2 ** 31 - 1,
      );
      const fail = (why: string): void => {
        clearTimeout(timer);
        reject(failed(why));
      };
      errors.on('data', (data: Buffer) => fail(data.toString('utf8').trim().slice(0, 200)));
      forward.portForward(at.namespace, at.pod, [at.port], fromPod, errors, toPod).then(
        (opened) => {
          const ws = typeof opened === 'function' ? opened() : opened;
          socket = ws;
          if (ws) ws.onclose = () => fromPod.end();
        },
        (error: unknown) => {
          const message = (error as { message?: unknown }).message;
          fail(typeof message === 'string' ? (message.split('\n')[0] ?? '') : 'the port-forward is refused');
        },
      );
      const get = request(
        {
          path,
          headers: { host: 'localhost', connection: 'close' },
          createConnection: () => Duplex.from({ readable: fromPod, writable: toPod }) as never,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            clearTimeout(timer);
            if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
            else fail(`it answers ${response.statusCode}`);
          });
          response.on('error', () => fail('its answer ends too early'));
        },
      );
      get.on('error', (error) => fail(error.message));
      get.end();
    });
  } finally {
    // A polite farewell would wait for the pod's.
    const open = socket as { close(): void; terminate?(): void } | null;
    if (open?.terminate) open.terminate();
    else open?.close();
  }
}
