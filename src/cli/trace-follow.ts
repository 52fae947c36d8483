import { trace } from '../envoy/trace.ts';
import { isDiscovered } from '../istio/discovery.ts';
import { type Entry, entryOf } from '../istio/entry.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Call, Trace } from '../model/trace.ts';
import { re2Matches } from './regex.ts';
import type { Destination } from './resolve.ts';
import type { Session } from './session.ts';

/** A call followed from where the client connects. */
export interface Followed {
  /** null: the call names the listener's port. */
  readonly entry: Entry | null;
  /** What arrives at the pod; null when nothing does, or nothing can be said about it. */
  readonly call: Call | null;
  readonly result: Trace;
}

/** Finds the port of the pod behind the client's (null: `call.port` is the pod's), and traces the call there. */
export function follow(
  call: Call,
  clientPort: number | null,
  to: Pick<Destination, 'services' | 'elsewhere'>,
  config: EnvoyConfig,
  session: Session,
  now: Date,
): Followed {
  const { view } = session;
  if (to.elsewhere !== null)
    return { entry: null, call: null, result: { outcome: 'undecided', details: to.elsewhere } };
  const entry = clientPort === null ? null : entryOf(view, config.workload, clientPort, to.services);
  const port = entry === null ? call.port : entry.kind === 'closed' ? null : entry.podPort;
  if (port === null) return { entry, call: null, result: { outcome: 'refused', details: 'no Service port' } };
  // istiod sees neither Services nor Secrets of such pods (A5); what it builds then is not predicted.
  if (isDiscovered(view, config.workload) === false) {
    const details = `the discoverySelectors of the mesh do not select namespace ${config.workload.namespace}: a reset, or connection refused`;
    return { entry, call: null, result: { outcome: 'undecided', details } };
  }
  const there = { ...call, port };
  return { entry, call: there, result: trace(there, { config, regex: re2Matches, now }) };
}
