import { type AddressInfo, createServer } from 'node:net';
import type { Pod } from './recorded.ts';

/** Where listeners of pods are found on this machine. */
export interface Ports {
  /** The loopback port that stands for an address and port of a pod; null when nobody can listen there. */
  of(pod: Pod, address: string, port: number): number | null;
}

/** Ports of 127.0.0.1 that nobody uses at this moment; all are held until the last is found, so that none comes twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const WILDCARDS = ['0.0.0.0', '::'];

/** Gives every listener of these pods a loopback port; `more` are for other purposes. */
export async function assignPorts(pods: readonly Pod[], more: number): Promise<Ports & { readonly more: number[] }> {
  const key = (pod: Pod, address: string, port: number) => `${pod.index} ${address} ${port}`;
  const keys = pods.flatMap((pod) => pod.sent.listeners.map(({ address, port }) => key(pod, address, port)));
  const free = await freePorts(new Set(keys).size + more);
  const ports = new Map([...new Set(keys)].map((k, i) => [k, free[i]!]));
  return {
    more: free.slice(ports.size),
    of: (pod, address, port) =>
      [address, ...WILDCARDS].map((a) => ports.get(key(pod, a, port))).find((p) => p !== undefined) ?? null,
  };
}
