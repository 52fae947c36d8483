import { startBackend } from './backend.ts';
import { type Running, startEnvoy } from './envoy.ts';
import { assignPorts, type Ports } from './ports.ts';
import type { Pod } from './recorded.ts';
import { listenersOf } from './resources.ts';

/** Linux gives a user 128 inotify instances, and Envoy takes one for each file that it watches. */
const MOST_FILES = 48;

/** Files that Envoy watches for a pod: its route configurations and Secrets. */
function filesOf(pod: Pod): number {
  const names = new Set<string>();
  const write = (name: string) => {
    names.add(name);
    return name;
  };
  listenersOf(pod, { of: () => 1 }, '', write);
  return names.size;
}

/** Groups of pods that one Envoy can serve at once. */
export function batchesOf(pods: readonly Pod[]): Pod[][] {
  const batches: { pods: Pod[]; files: number }[] = [];
  for (const pod of pods) {
    const files = filesOf(pod);
    const last = batches.at(-1);
    if (last && last.files + files <= MOST_FILES) {
      last.pods.push(pod);
      last.files += files;
    } else batches.push({ pods: [pod], files });
  }
  return batches.map((batch) => batch.pods);
}

/** Runs one Envoy with these pods while `work` lasts; at port `nobody` nothing listens. */
export async function withEnvoy<T>(
  binary: string,
  pods: readonly Pod[],
  work: (envoy: Running, ports: Ports & { readonly nobody: number }) => Promise<T>,
): Promise<T> {
  const ports = await assignPorts(pods, 2);
  const [admin = 0, nobody = 0] = ports.more;
  const backend = await startBackend();
  try {
    const envoy = await startEnvoy(binary, pods, ports, { admin, backend: backend.port });
    try {
      return await work(envoy, { ...ports, nobody });
    } finally {
      await envoy.stop();
    }
  } finally {
    backend.stop();
  }
}
