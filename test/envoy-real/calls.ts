import { setTimeout as sleep } from 'node:timers/promises';
import type { Trace } from '../../src/model/trace.ts';
import { differences, predict } from './agree.ts';
import { clients } from './authorities.ts';
import type { LogLine, Running } from './envoy.ts';
import { type Observed, observe } from './observe.ts';
import type { Ports } from './ports.ts';
import type { Pod } from './recorded.ts';
import { connectionOf, type Sent, send } from './send.ts';
import type { Call } from './versions.ts';

/** One call: what is compared, or why it cannot be made. */
export interface Row {
  readonly pod: Pod;
  readonly call: Call;
  readonly predicted: Trace;
  readonly observed: Observed | null;
  readonly differences: readonly string[];
  readonly skipped: string | null;
}

/** Connections at the same time. */
const CONCURRENT = 8;

/** Envoy writes its log a moment after the connection has ended. */
const LOG_MS = 400;
const PATIENCE_MS = 5000;

/** Health check and metrics of every pod (D5). */
const PODS_OWN = new Set([15021, 15090]);

/** Why a recorded call cannot be made here, or null. */
function reasonToSkip(call: Call, port: number | null): string | null {
  const { tls, host } = call;
  if (port === null) return 'no listener of the configuration has this port';
  // The client library fills the pseudo header in by itself.
  if (PODS_OWN.has(call.port)) return "the pod's own listeners are not here";
  if (tls?.clientCert !== undefined && !clients[tls.clientCert]) return 'the example has an authority of its own';
  return host === null && tls?.alpn?.includes('h2') ? 'HTTP/2 without :authority' : null;
}

interface Made {
  readonly pod: Pod;
  readonly call: Call;
  readonly sent: Sent | null;
  readonly skipped: string | null;
}

/** Makes every recorded call of these pods and sets its end beside the prediction. */
export async function compareCalls(pods: readonly Pod[], ports: Ports, envoy: Running): Promise<Row[]> {
  const all = pods.flatMap((pod) => pod.calls.map((call) => ({ pod, call })));
  const made: Made[] = new Array(all.length);
  let next = 0;
  const worker = async () => {
    while (next < all.length) {
      const i = next++;
      const { pod, call } = all[i]!;
      const port = ports.of(pod, call.address, call.port);
      const undecided = predict(pod, call).outcome === 'undecided' ? 'nothing is predicted' : null;
      const skipped = reasonToSkip(call, port) ?? undecided;
      made[i] = { pod, call, skipped, sent: skipped === null ? await send(port!, call) : null };
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  await sleep(LOG_MS);
  let lines = linesByConnection(envoy);
  const isLogged = ({ sent }: Made) => !sent?.connection || lines.has(sent.connection);
  // On a busy machine it takes longer.
  for (const deadline = Date.now() + PATIENCE_MS; !made.every(isLogged) && Date.now() < deadline; await sleep(LOG_MS))
    lines = linesByConnection(envoy);
  return made.map((one) => rowOf(one, lines));
}

function linesByConnection(envoy: Running): ReadonlyMap<string, readonly LogLine[]> {
  const lines = new Map<string, LogLine[]>();
  for (const line of envoy.log()) {
    const connection = connectionOf(line.peer, line.local);
    lines.set(connection, [...(lines.get(connection) ?? []), line]);
  }
  return lines;
}

function rowOf({ pod, call, sent, skipped }: Made, lines: ReadonlyMap<string, readonly LogLine[]>): Row {
  const predicted = predict(pod, call);
  if (sent === null) return { pod, call, predicted, observed: null, differences: [], skipped };
  const refused: Observed = { outcome: 'refused', why: 'connection refused' };
  const observed = sent.connection === null ? refused : observe(call, lines.get(sent.connection) ?? []);
  const found = observed === null ? ['Envoy logged nothing'] : differences(predicted, observed);
  return { pod, call, predicted, observed, differences: found, skipped: null };
}
