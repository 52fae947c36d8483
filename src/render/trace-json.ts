import type { Trace } from '../model/trace.ts';
import { configPath } from './config-path.ts';

/** One traced call with the field names of `observed` in test/oracle/traces/README.md; absent parts were not reached. */
export function traceJson(trace: Trace): Record<string, unknown> {
  const host = trace.virtualHost && {
    config: trace.virtualHost.configuration.name,
    virtualHost: trace.virtualHost.host.name,
  };
  const all: Record<string, unknown> = {
    outcome: trace.outcome,
    status: trace.status,
    details: trace.details === '' ? undefined : trace.details,
    listener: trace.listener?.name,
    chain: trace.chain?.index,
    route: trace.route && { ...host, index: trace.route.index },
    virtualHost: trace.route ? undefined : host,
    virtualService: trace.route && configPath(trace.route.route),
    cluster: trace.cluster,
    weighted: trace.weighted,
    redirect: trace.redirect,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
